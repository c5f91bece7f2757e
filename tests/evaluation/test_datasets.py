from __future__ import annotations

import json
from pathlib import Path

import pytest

from yayun.errors import YayunError
from yayun.evaluation.datasets import load

TEXT = (
    "登鹳雀楼\n白日依山尽,黄河入海流。\n欲穷千里目,更上一层楼。\n\n"
    "相思\n红豆生南国,春来发几枝。\n愿君多采撷,此物最相思。\n"
)


def test_a_text_file_is_read_poem_by_poem(tmp_path: Path) -> None:
    path = tmp_path / "poems.txt"
    path.write_text(TEXT, encoding="utf-8")
    samples, own = load(str(path))
    assert not own
    assert [(s.title, len(s.lines), s.form) for s in samples] == [("登鹳雀楼", 4, None), ("相思", 4, None)]
    assert [s.title for s in load(str(path), limit=1)[0]] == ["登鹳雀楼"]


def test_json_lines_say_what_was_asked_for(tmp_path: Path) -> None:
    lines = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
    rows = [
        {"request": "写一首五绝,押东韵", "lines": lines, "form": "五言绝句", "rhyme": "尤", "seconds": 0.5},
        {"text": "白日依山尽,黄河入海流。欲穷千里目,更上一层楼。", "form": "五言绝句"},
        {"lines": lines, "form": "五言古绝"},
        {"request": "写一首七律", "error": "要求太窄。"},
    ]
    path = tmp_path / "poems.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    samples, _ = load(str(path))
    assert [(s.form, s.rhyme, len(s.lines)) for s in samples] == [
        ("五绝", "东", 4), ("五绝", None, 4), (None, None, 4), ("七律", None, 0),
    ]  # fmt: skip
    path.write_text('{"lines": ["白日依山尽"]}\n{"verse": 1}\n', encoding="utf-8")
    with pytest.raises(YayunError, match="第 2 行"):
        load(str(path))


def test_the_anthologies_are_taken_from_the_corpus(small_corpus: Path) -> None:
    complete, own = load("全唐诗")
    assert own
    assert len(complete) == 60  # half of the small corpus is Tang
    assert all(s.form is None and s.lines for s in complete)
    held_out, _ = load("唐人近体")
    assert {s.key for s in held_out} < {s.key for s in complete}


def test_an_unknown_name_is_explained() -> None:
    with pytest.raises(YayunError, match="唐诗三百首"):
        load("唐诗四百首")
