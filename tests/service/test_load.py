"""Many clients at once on a real server, with a composer that costs nothing: what is tested is the queue and the
streams, not the verse."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from tests.service.serving import read_events

import yayun
from yayun.brief import Brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options, Watch
from yayun.service.app import create_app
from yayun.service.engine import Engine
from yayun.service.run import Server, bind
from yayun.service.settings import Settings


@contextmanager
def listening(engine: Engine, settings: Settings) -> Iterator[str]:
    """The service on a thread of its own."""
    socket = bind("127.0.0.1", 0)
    server = Server(create_app(settings, lambda _: engine), settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def poem() -> Poem:
    return yayun.compose(title="春", form="五绝", seed=1)


def test_a_hundred_clients_get_a_poem_or_are_told_to_wait_and_no_stream_is_lost(poem: Poem) -> None:
    batches: list[int] = []

    def compose(
        briefs: Sequence[Brief], options: Options, watch: Watch | None, seeds: Sequence[int | None]
    ) -> list[Poem]:
        batches.append(len(briefs))
        return [replace(poem, title=b.title) for b in briefs for _ in range(b.count)]

    async def ask(http: httpx.AsyncClient, i: int) -> int:
        answer = await http.post("/api/compose?stream=1", json={"title": f"第{i}首", "form": "五绝"})
        if answer.status_code == 200:
            found = read_events(answer.text)
            assert [name for name, _ in found][-2:] == ["poem", "done"]
            assert found[-2][1]["title"] == f"第{i}首"  # everybody gets their own
        else:
            assert int(answer.headers["retry-after"]) >= 1
        return answer.status_code

    async def rush(url: str) -> Counter[int]:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as http:
            return Counter(await asyncio.gather(*(ask(http, i) for i in range(200))))

    engine = Engine(waiting=20, together=5, compose=compose)
    with listening(engine, Settings()) as url:
        statuses = asyncio.run(rush(url))
        told = httpx.get(f"{url}/metrics").text
    assert set(statuses) <= {200, 429}
    assert statuses[200] == sum(batches) >= 20
    assert max(batches) <= 5
    assert engine.load == 0
    assert f'yayun_requests_total{{method="POST",route="/api/compose",status="200"}} {statuses[200]}.0' in told


def test_a_client_that_leaves_gives_up_its_place(poem: Poem) -> None:
    may, begun = threading.Event(), threading.Event()

    def compose(
        briefs: Sequence[Brief], options: Options, watch: Watch | None, seeds: Sequence[int | None]
    ) -> list[Poem]:
        begun.set()
        assert may.wait(60)
        return [poem for _ in briefs]

    engine = Engine(waiting=5, together=1, compose=compose)
    with listening(engine, Settings()) as url:
        body = {"title": "春", "form": "五绝"}
        with httpx.stream("POST", f"{url}/api/compose?stream=1", json=body) as first:
            assert begun.wait(60)
            with httpx.stream("POST", f"{url}/api/compose?stream=1", json=body) as second:
                assert second.status_code == 200
                assert engine.load == 2
            while engine.load == 2:  # the second has gone
                time.sleep(0.01)
            may.set()
            assert read_events(first.read().decode())[-1][0] == "done"
    assert engine.load == 0
