from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from yayun.brief import Brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options
from yayun.errors import YayunError
from yayun.evaluation.bench import CHUNK, Request, ask, read_requests
from yayun.evaluation.rows import make_row
from yayun.evaluation.samples import Answer, Run, append_log, read_log, runs
from yayun.evaluation.table import Wanted, bench_rows, log_rows
from yayun.prosody.review import review

RUN = Run("embedded", "0" * 12, "guided", True, 0.8, 7)
LINES = (
    ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"),
    ("红豆生南国", "春来发几枝", "愿君多采撷", "此物最相思"),
)


class Composer:
    """Writes one of two classics by the seed, and remembers what it was asked."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.asked: list[int] = []
        self.stop_after = stop_after

    def __call__(self, briefs: Sequence[Brief], options: Options, backend: object = None) -> list[Poem | YayunError]:
        if self.stop_after is not None and len(self.asked) >= self.stop_after:
            raise KeyboardInterrupt
        assert options.seed is not None
        seeds = range(options.seed, options.seed + len(briefs))
        self.asked += seeds
        return [self.poem(brief, seed) for brief, seed in zip(briefs, seeds, strict=True)]

    def poem(self, brief: Brief, seed: int) -> Poem | YayunError:
        if brief.title == "难":
            return YayunError("要求太窄。")
        lines = LINES[seed % 2]
        found = review(lines)
        return Poem(brief.request, brief.title, None, (), found.form, found.rhyme, found.pattern, lines, "", "", found,
                    "embedded", "guided", seed, 0.25)  # fmt: skip


@pytest.fixture
def requests(tmp_path: Path) -> list[Request]:
    path = tmp_path / "requests.jsonl"
    rows = [{"request": f"以《春{'山水风花月'[i % 5]}》为题写一首五言绝句,押{'尤支'[i % 2]}韵"} for i in range(40)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return read_requests(path)


OPTIONS = Options(seed=7)


def test_a_killed_run_goes_on_where_it_stopped(requests: list[Request], tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    ask(requests, OPTIONS, RUN, whole, Composer())
    first = Composer(stop_after=CHUNK)
    with pytest.raises(KeyboardInterrupt):
        ask(requests, OPTIONS, RUN, broken, first)
    with broken.open("ab") as f:  # what a kill in the middle of a write leaves
        f.write('{"index": 16, "request": "以《春'.encode())
    second, seen = Composer(), []
    answers = ask(requests, OPTIONS, RUN, broken, second, progress=seen.append)
    assert first.asked + second.asked == [7 + i for i in range(40)]
    assert broken.read_bytes() == whole.read_bytes()
    assert [a.index for a in answers] == list(range(40))
    assert (seen[0], seen[-1]) == (CHUNK, 40)
    third = Composer()
    assert ask(requests, OPTIONS, RUN, broken, third) == answers
    assert not third.asked


def test_other_flags_and_further_answers_are_asked_anew(requests: list[Request], tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    ask(requests[:3], OPTIONS, RUN, log, Composer())
    again = Composer()
    ask(requests[:3], OPTIONS, replace(RUN, rag=False), log, again)
    assert len(again.asked) == 3
    more = Composer()
    answers = ask(requests[:3], OPTIONS, RUN, log, more, range(2))
    assert len(more.asked) == 3
    assert min(more.asked) > 1000  # not the first answers' seeds
    assert [(a.answer, a.index) for a in answers] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert [(run.rag, len(found)) for run, found in runs(read_log(log))] == [(True, 6), (False, 3)]


def test_a_request_that_cannot_be_met_spoils_no_other_and_counts(tmp_path: Path, requests: list[Request]) -> None:
    hard = replace(requests[1], brief=replace(requests[1].brief, title="难"))
    asked = [requests[0], hard, requests[2]]
    answers = ask(asked, OPTIONS, RUN, tmp_path / "log.jsonl", Composer())
    assert [a.error for a in answers] == [None, "要求太窄。", None]
    row = make_row("x", [a.sample() for a in answers])
    assert row.n == 3
    # index 0 asks for 尤 with seed 7 (红豆, 支); index 2 too: no poem is in the group asked for
    assert row.values["all_rules"] == 0.0
    assert row.values["length"] == pytest.approx(66.67)
    assert row.values["seconds_per_poem"] == 0.25


def test_the_row_recomputed_from_its_log_is_equal(
    requests: list[Request], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yayun.evaluation.table.compose_with", Composer())
    log = tmp_path / "log.jsonl"
    (row,) = bench_rows(requests, replace(OPTIONS, seed=8), log, Wanted())
    (again,) = log_rows(log, Wanted())
    assert again == row
    # Even seeds write 白日 (尤) for the even requests, which ask for 尤: all are as asked.
    assert (row.n, row.values["all_rules"]) == (40, 100.0)
    assert row.values["copied_lines"] == 87.5  # the corpus has one line of the eight in other words (勸君)
    assert row.ci95["all_rules"] == (100.0, 100.0)


def test_the_embedded_model_is_asked(requests: list[Request], tmp_path: Path) -> None:
    (row,) = bench_rows(requests[:2], replace(OPTIONS, mode="free"), tmp_path / "log.jsonl", Wanted())
    assert (row.n, row.name) == (2, "embedded 自由 + 检索")
    (answer, _) = read_log(tmp_path / "log.jsonl")
    assert answer.lines
    assert answer.run.model != RUN.model


def test_requests_are_spread_and_bad_lines_named(tmp_path: Path, requests: list[Request]) -> None:
    assert [r.index for r in read_requests(tmp_path / "requests.jsonl", limit=4)] == [0, 10, 20, 30]
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"request": "写一首五绝"}\n{"request": "写一首", "foo": 1}\n', encoding="utf-8")
    with pytest.raises(YayunError, match="第 2 行"):
        read_requests(bad)
    with pytest.raises(YayunError, match="找不到"):
        read_requests(tmp_path / "none.jsonl")


def test_a_foreign_line_in_a_log_is_an_error(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    append_log(log, [Answer(0, 0, "x", RUN, None, None)])
    with log.open("a") as f:
        f.write('{"hello": 1}\n')
    with pytest.raises(YayunError, match="第 2 行"):
        read_log(log)
    with pytest.raises(YayunError, match="没有评测记录"):
        list(log_rows(tmp_path / "none.jsonl", Wanted()))
