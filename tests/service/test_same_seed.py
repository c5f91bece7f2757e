"""One seed, one poem: alone, beside others, in a stream, by the command line, by the interface."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.service.serving import read_events

import yayun
from yayun.brief import make_brief
from yayun.composing.road import Options, compose_all

REQUEST = "以《山中》为题写一首五绝,押真韵"
SEED, EFFORT = 5, "quick"
BESIDE = ("写一首七律《登楼》", "写一首五绝《秋夜》,押尤韵", "写一首五绝《江行》,意象用柳", "写一首七绝《寒食》")


@pytest.fixture(scope="module")
def alone() -> dict[int, tuple[str, ...]]:
    """The lines of each seed's poem, written by itself."""
    return {seed: yayun.compose(REQUEST, seed=seed, effort=EFFORT).lines for seed in range(SEED, SEED + 3)}


def told(*args: str) -> list[dict]:
    """What the command line prints with ``--json``."""
    done = subprocess.run(
        [sys.executable, "-m", "yayun", "compose", *args, "--json", "--effort", EFFORT],
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_beside_any_others(alone: dict[int, tuple[str, ...]]) -> None:
    three = compose_all([make_brief(REQUEST, count=3)], Options(seed=SEED, effort=EFFORT))
    assert {poem.seed: poem.lines for poem in three} == alone
    for candidates, beside in ((12, BESIDE), (66, BESIDE[1:2])):  # so many that they go together, and more than that
        options = Options(seed=SEED, candidates=candidates)
        (one,) = compose_all([make_brief(REQUEST)], options)
        many = compose_all([make_brief(text) for text in (REQUEST, *beside)], options)
        assert many[0].lines == one.lines
        (last,) = compose_all([make_brief(beside[-1])], replace(options, seed=many[-1].seed))
        assert last.lines == many[-1].lines


def test_looked_on_or_not(alone: dict[int, tuple[str, ...]]) -> None:
    seen = []
    (poem,) = compose_all(
        [make_brief(REQUEST)], Options(seed=SEED, effort=EFFORT), watch=lambda *told: seen.append(told)
    )
    assert [len(draft.lines) for *_, draft in seen] == [2]
    assert poem.lines == alone[SEED]


def test_unaided_too() -> None:
    three = compose_all([make_brief(REQUEST, count=3)], Options(seed=SEED, mode="free"))
    for poem in three:
        assert yayun.compose(REQUEST, seed=poem.seed, mode="free").lines == poem.lines


def test_by_the_command_line(alone: dict[int, tuple[str, ...]], tmp_path: Path) -> None:
    for poem in told(REQUEST, "--seed", str(SEED), "-n", "2"):
        assert tuple(poem["lines"]) == alone[poem["seed"]]
    batch = tmp_path / "asked.jsonl"
    rows = [{"request": BESIDE[0]}, {"request": REQUEST, "count": 2}, {"request": BESIDE[1]}]
    batch.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    poems = told("--batch", str(batch), "--seed", str(SEED - 1))
    assert [tuple(poem["lines"]) for poem in poems[1:3]] == [alone[SEED], alone[SEED + 1]]
    assert poems[3]["lines"] == list(yayun.compose(BESIDE[1], seed=poems[3]["seed"], effort=EFFORT).lines)
    streamed = subprocess.run(
        [sys.executable, "-m", "yayun", "compose", REQUEST, "--seed", str(SEED), "--stream", "--effort", EFFORT],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert verse(streamed.stdout.partition("\n")[2]) == alone[SEED]


def test_by_the_interface(client: TestClient, alone: dict[int, tuple[str, ...]]) -> None:
    asked = {"request": REQUEST, "seed": SEED, "count": 2, "effort": EFFORT}
    expected = [alone[SEED], alone[SEED + 1]]
    whole = client.post("/api/compose", json=asked).json()["poems"]
    assert [tuple(poem["lines"]) for poem in whole] == expected
    streamed = [
        data for name, data in read_events(client.post("/api/compose?stream=1", json=asked).text) if name == "poem"
    ]
    assert [tuple(poem["lines"]) for poem in streamed] == expected
    chat = {"messages": [{"role": "user", "content": REQUEST}], "seed": SEED, "n": 2, "effort": EFFORT}
    choices = client.post("/v1/chat/completions", json=chat).json()["choices"]
    assert [verse(choice["message"]["content"]) for choice in choices] == expected
    pieces: dict[int, str] = {0: "", 1: ""}
    for line in client.post("/v1/chat/completions", json=chat | {"stream": True}).text.splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line.removeprefix("data: "))["choices"]:
                pieces[choice["index"]] += choice["delta"].get("content", "")
    assert [verse(pieces[i]) for i in range(2)] == expected


def verse(text: str) -> tuple[str, ...]:
    """The lines of punctuated couplets."""
    return tuple(line for line in text.replace("。", "，").replace("\n", "").split("，") if line)
