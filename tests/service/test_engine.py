"""The queue, with a composer that writes at a test's command."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError

import pytest
from fastapi.testclient import TestClient

from yayun.brief import Brief, make_brief
from yayun.composing.road import Options, Watch
from yayun.errors import YayunError
from yayun.service.app import create_app
from yayun.service.engine import Composition, Engine, Task
from yayun.service.errors import BusyError, ClosingError, FailedError
from yayun.service.settings import Settings
from yayun.service.streams import eased

BRIEF = make_brief(title="春", form="五绝")


class Composer:
    """Writes ``title/index`` for a poem, when it may."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.may = threading.Event(), threading.Event()
        self.may.set()

    def __call__(
        self, briefs: Sequence[Brief], options: Options, watch: Watch | None, seeds: Sequence[int | None]
    ) -> list[str]:
        self.batches.append([b.title for b in briefs])
        self.begun.set()
        assert self.may.wait(60)
        titles = [b.title for b in briefs]
        if "坏" in titles:
            raise YayunError("写不成。")
        if "崩" in titles:
            raise ZeroDivisionError
        return [f"{b.title}/{i}" for b in briefs for i in range(b.count)]


@pytest.fixture
def composer() -> Composer:
    return Composer()


@pytest.fixture
def engine(composer: Composer) -> Iterator[Engine]:
    engine = Engine(waiting=8, together=6, compose=composer)
    yield engine
    composer.may.set()
    engine.close(10)


def composition(title: str, count: int = 1, **options: object) -> Composition:
    return Composition(make_brief(title=title, form="五绝", count=count), Options(**options))


def hold(engine: Engine, composer: Composer) -> None:
    """Keep the model's thread at work."""
    composer.may.clear()
    engine.submit(composition("占"))
    assert composer.begun.wait(10)


def test_what_waits_is_written_together_where_it_goes_together(engine: Engine, composer: Composer) -> None:
    hold(engine, composer)
    jobs = [composition("甲"), composition("乙", 3), composition("丙", temperature=1.0), composition("丁", seed=1),
            composition("戊")]  # fmt: skip
    futures = [engine.submit(job) for job in jobs]
    composer.may.set()
    assert [f.result(10) for f in futures] == [["甲/0"], ["乙/0", "乙/1", "乙/2"], ["丙/0"], ["丁/0"], ["戊/0"]]
    assert composer.batches == [["占"], ["甲", "乙", "丁", "戊"], ["丙"]]
    assert engine.load == 0


def test_no_more_are_taken_than_may_wait(engine: Engine, composer: Composer) -> None:
    hold(engine, composer)
    futures = [engine.submit(composition("等", 3)), engine.submit(composition("等", 4))]
    with pytest.raises(BusyError) as caught:
        engine.submit(composition("多"))
    assert 1 <= caught.value.seconds <= 60
    futures[0].cancel()  # who goes makes room
    engine.submit(composition("多"))
    composer.may.set()
    assert len(futures[1].result(10)) == 4
    with pytest.raises(CancelledError):
        futures[0].result(0)
    assert composer.batches[1] == ["等", "多"]


def test_one_that_fails_does_not_spoil_the_others(engine: Engine, composer: Composer) -> None:
    hold(engine, composer)
    good, bad, other = (engine.submit(composition(title)) for title in ("好", "坏", "也好"))
    composer.may.set()
    assert (good.result(10), other.result(10)) == (["好/0"], ["也好/0"])
    with pytest.raises(YayunError, match="写不成"):
        bad.result(10)
    with pytest.raises(FailedError):
        engine.submit(composition("崩")).result(10)
    assert engine.submit(Task(lambda: 7)).result(10) == 7  # and it goes on


def test_closing_finishes_what_has_begun_and_refuses_the_rest(engine: Engine, composer: Composer) -> None:
    composer.may.clear()
    begun = engine.submit(composition("始"))
    assert composer.begun.wait(10)
    waiting = engine.submit(composition("待"))
    engine.drain()
    with pytest.raises(ClosingError):
        waiting.result(10)
    with pytest.raises(ClosingError):
        engine.submit(composition("迟"))
    composer.may.set()
    assert begun.result(10) == ["始/0"]
    engine.close(10)
    assert not engine._thread.is_alive()


def test_a_full_queue_answers_429_and_a_slow_one_504(composer: Composer) -> None:
    engine = Engine(waiting=2, together=2, compose=composer)
    with TestClient(create_app(Settings(patience=0.05, heartbeat=0.02), lambda _: engine)) as client:
        hold(engine, composer)
        late = client.post("/api/compose", json={"title": "春"})
        assert late.status_code == 504
        streamed = client.post("/api/compose?stream=1", json={"title": "春"})
        assert streamed.text.startswith(": \n\n")
        assert "0 秒内没有写完" in streamed.text
        assert streamed.text.rstrip().splitlines()[-2] == "event: done"
        engine.submit(composition("满"))
        for path, body in (
            ("/api/compose", {"title": "春"}),
            ("/api/compose?stream=1", {"title": "春"}),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": "写一首五绝"}], "stream": True}),
        ):
            busy = client.post(path, json=body)
            assert busy.status_code == 429
            assert int(busy.headers["retry-after"]) >= 1
        composer.may.set()


def test_in_a_crowd_what_names_neither_effort_nor_seed_is_written_quickly_and_says_so(composer: Composer) -> None:
    engine = Engine(waiting=8, together=2, compose=composer)
    settings, options = Settings(crowd=2), Options()
    assert eased(BRIEF, options, engine, settings) == (BRIEF, options)
    hold(engine, composer)
    engine.submit(composition("等"))
    brief, quick = eased(BRIEF, options, engine, settings)
    assert quick.effort == "quick"
    assert "effort" in brief.notes[-1]
    seeded = Options(seed=1)
    assert eased(BRIEF, seeded, engine, settings) == (BRIEF, seeded)
    composer.may.set()
    engine.close(10)
