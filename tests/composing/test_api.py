from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yayun

STOREY = "白日依山尽,黄河入海流。欲穷千里目,更上一层楼。"
FAULTY = "白日依山尽,黄河入海中。欲穷千里目,更上一层楼。"
ASKED = "以'春风'为题写一首五言绝句,押东韵"


def test_what_there_is_shows_before_first_use_and_loads_nothing() -> None:
    code = (
        "import sys, json, yayun; names = dir(yayun); "
        "heavy = {'numpy', 'torch', 'onnxruntime', 'yayun.composing'} & set(sys.modules); "
        "print(json.dumps([names, sorted(heavy), [n for n in names if not hasattr(yayun, n)]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, heavy, missing = json.loads(done.stdout)
    assert {"compose", "acompose", "check", "check_many", "Poem", "Review", "YayunError", "model_dir"} <= set(names)
    assert (heavy, missing) == ([], [])


def test_count_gives_a_list_whose_seeds_reproduce() -> None:
    poems = yayun.compose(ASKED, count=2, seed=5, effort="quick")
    assert [poem.seed for poem in poems] == [5, 6]
    assert yayun.compose("写两首咏竹五绝", count=2, seed=1, effort="quick")[1].title == "咏竹"
    with pytest.raises(yayun.YayunError, match="count=2"):
        yayun.compose("写两首咏竹五绝")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"titel": "春风"}, "title"),
        ({"sed": 1}, "seed"),
        ({"temperature": 9}, "0.05 到 2"),
        ({"temperature": float("nan")}, "0.05 到 2"),
        ({"temperature": "hot"}, "temperature"),
        ({"seed": -1}, "seed"),
        ({"seed": "一"}, "seed"),
        ({"count": 0}, "1 到 100"),
        ({"count": 101}, "1 到 100"),
        ({"count": True}, "count"),
        ({"imagery": [3]}, "imagery"),
        ({"title": 5}, "title"),
        ({"mode": "strict"}, "guided"),
        ({"effort": "hard"}, "careful"),
        ({"first_line_rhymes": "yes"}, "first_line_rhymes"),
        ({"locked": "白日依山尽"}, "locked"),
        ({"candidates": 0}, "candidates"),
        ({"backend": "gpt"}, "embedded"),
        ({"request": 3}, "一句话"),
        ({"request": b"x"}, "一句话"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(yayun.YayunError, match=says) as raised:
        yayun.compose(**({"request": ASKED} | fields))
    assert "\n" not in str(raised.value)


def test_a_brief_is_not_added_to_in_silence() -> None:
    brief = yayun.make_brief(ASKED)
    with pytest.raises(yayun.YayunError, match="title"):
        yayun.compose(brief, title="秋月")
    assert yayun.compose(brief, seed=2, effort="quick").lines == yayun.compose(ASKED, seed=2, effort="quick").lines


def test_numbers_of_other_libraries_are_numbers() -> None:
    poem = yayun.compose(ASKED, seed=np.int64(4), temperature=np.float32(0.5), effort="quick")  # type: ignore[arg-type]
    assert json.loads(json.dumps(poem.to_json()))["seed"] == 4


@pytest.mark.parametrize(
    ("text", "fields", "says"),
    [
        (None, {}, "check_many"),
        (STOREY, {"form": 3}, "form"),
        (STOREY, {"imagery": 3}, "imagery"),
        (STOREY, {"profile": "lenient"}, "strict"),
    ],
)
def test_what_cannot_be_checked_is_said_too(text: Any, fields: dict[str, Any], says: str) -> None:
    with pytest.raises(yayun.YayunError, match=says):
        yayun.check(text, **fields)


def test_awaited_it_is_the_same_poem_and_the_loop_runs_on() -> None:
    async def main() -> tuple[list[yayun.Poem], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        poems = await asyncio.gather(*(yayun.acompose(ASKED, seed=seed, effort="quick") for seed in (1, 2)))
        ticking.cancel()
        return list(poems), ticks

    poems, ticks = asyncio.run(main())
    assert [poem.seed for poem in poems] == [1, 2]
    assert poems[0].lines == yayun.compose(ASKED, seed=1, effort="quick").lines
    assert ticks > 2
    with pytest.raises(yayun.YayunError, match="title"):
        asyncio.run(yayun.acompose(ASKED, titel="x"))  # type: ignore[call-overload]


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ruby = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.ruby += tag == "ruby"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_poems_and_reviews_are_short_in_a_prompt_and_whole_in_a_notebook() -> None:
    poem = yayun.compose(ASKED, seed=1, effort="quick")
    assert "《春风》" in repr(poem)
    assert len(repr(poem)) < 80
    review = yayun.check(FAULTY)
    assert "错 1" in repr(review)
    assert len(repr(review)) < 80
    shown = review._repr_html_()
    read = _Balanced()
    read.feed(shown)
    assert (read.open, read.ruby) == ([], 20)
    assert "出韵" in shown
    assert "不合律" in shown
    assert "△" in shown
    assert review._repr_html_() in poem._repr_html_().replace(poem.review._repr_html_(), shown)


def test_what_is_shown_in_a_notebook_cannot_be_markup() -> None:
    from dataclasses import replace

    poem = replace(yayun.compose(ASKED, seed=1, effort="quick"), title="<script>", unread=("<img>",))
    assert "<script>" not in poem._repr_html_()
    assert "<img>" not in poem._repr_html_()


def test_a_column_is_checked_in_one_call() -> None:
    class NAType:
        """As pandas says that a value is missing."""

    column = [STOREY, None, FAULTY, "abc", float("nan"), NAType(), 3]
    checks = yayun.check_many(column)  # type: ignore[arg-type]
    assert [review and review.passed for review in checks] == [True, None, False, None, None, None, None]
    assert checks[0] == yayun.check(STOREY)
    assert repr(checks) == "<Checks 7 首:合律 1,不合律 1,读不出诗 5>"
    columns = checks.columns()
    assert {len(values) for values in columns.values()} == {7}
    assert columns["findings"][2] == "出韵"
    assert columns["errors"][:3] == [0, None, 1]
    assert "int" in columns["unreadable"][6]
    assert not yayun.check_many([STOREY], rhyme="东")[0].passed  # type: ignore[union-attr]
    assert len(yayun.check_many([])) == 0
    with pytest.raises(yayun.YayunError, match="check"):
        yayun.check_many(STOREY)
    with pytest.raises(yayun.YayunError, match="诗句"):
        yayun.check_many(["abc"])


def test_many_and_one_agree() -> None:
    every = yayun.check_many([STOREY, FAULTY] * 40)  # enough to be read together
    assert [review and review.findings for review in every] == [yayun.check(t).findings for t in (STOREY, FAULTY)] * 40


def test_a_tune_and_another_book_show_themselves_too() -> None:
    lines = "一曲新词酒一杯,去年天气旧亭台。夕阳西下几时回?\n无可奈何花落去,似曾相识燕归来。小园香径独徘徊。"
    tune, book = yayun.check(lines, tune="浣溪沙"), yayun.check(STOREY, book="中华新韵")
    assert "浣溪沙" in repr(tune)
    assert "中华新韵" in repr(book)
    assert max(len(repr(tune)), len(repr(book))) < 80
    assert "相识" in tune._repr_html_()
    assert "黄河" in book._repr_html_()
    assert yayun.check_many([lines], tune="浣溪沙").columns()["form"] == ["词"]


def test_every_field_of_a_brief_and_of_the_options_is_a_field() -> None:
    import inspect

    from yayun.backends.options import Options
    from yayun.composing.api import Fields

    asked = set(inspect.signature(yayun.make_brief).parameters) - {"request", "count"}
    assert asked | set(Options.__dataclass_fields__) <= set(Fields.__annotations__)


def test_the_example_for_pandas_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = pytest.importorskip("pandas", reason="没有 pandas:pip install pandas 后再测文档里的例子")
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(import pandas.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    texts = [
        "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。",
        "",
        "hello",
        "床前明月光，疑是地上霜。举头望明月，低头思故乡。",
    ]
    pandas.DataFrame({"text": texts}).to_csv("poems.csv", index=False)
    scope: dict[str, Any] = {"yayun": yayun}
    *before, last = code.strip().splitlines()
    exec("\n".join(before), scope)
    found = eval(last, scope)
    assert found.sum() == 1  # the faults of the one poem that is not regular
    assert scope["df"]["passed"].tolist()[0] is True
