from __future__ import annotations

import json

import pytest

from yayun.errors import YayunError
from yayun.text.tables import entries_of

PAIR = ["國破山河在，城春草木深。", "感時花濺淚，恨別鳥驚心。"]
VERSE = "\n".join(PAIR)


def test_chinese_poetry_json() -> None:
    document = json.dumps([{"author": "杜甫", "paragraphs": PAIR, "title": "春望", "id": "x"}] * 2)
    found = entries_of(document, "poet.tang.0.json")
    assert [(e.row, e.title, e.author, e.text) for e in found] == [(i, "春望", "杜甫", VERSE) for i in (1, 2)]


def test_json_in_chapters() -> None:
    poem = {"chapter": "春望", "subchapter": None, "author": "杜甫", "paragraphs": PAIR}
    document = {"title": "唐诗三百首", "content": [{"type": "五言律诗", "content": [poem, poem]}]}
    assert [(e.row, e.title) for e in entries_of(json.dumps(document), "a.json")] == [(1, "春望"), (2, "春望")]


def test_one_json_object_and_a_list_of_strings() -> None:
    assert [e.text for e in entries_of(json.dumps({"text": VERSE}), "a.txt")] == [VERSE]
    assert [e.text for e in entries_of(json.dumps([VERSE, VERSE]), "-")] == [VERSE] * 2


def test_json_lines_with_bad_rows_keep_their_numbers() -> None:
    rows = [json.dumps({"lines": PAIR}), "", "{", "3", json.dumps({"name": 1}), json.dumps({"text": VERSE})]
    found = entries_of("\n".join(rows), "a.jsonl")
    assert [(e.row, bool(e.error)) for e in found] == [(1, False), (3, True), (4, True), (5, True), (6, False)]
    assert found[0].text == VERSE


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("delimiter", "name"), [(",", "a.csv"), ("\t", "a.tsv"), (",", "a.txt"), ("\t", "标准输入")])
def test_tables_with_a_heading(delimiter: str, name: str, end: str) -> None:
    quoted = f'"{VERSE}"'
    text = end.join([delimiter.join(row) for row in (["title", "text"], ["春望", quoted], ["空", ""], ["再", quoted])])
    found = entries_of(text, name)
    assert [(e.row, e.title, bool(e.error)) for e in found] == [(1, "春望", False), (2, "", True), (3, "再", False)]


def test_a_column_by_name() -> None:
    text = "id;内文;题目\n1;白日依山尽，黄河入海流。;登楼\n"
    (found,) = entries_of(text, "a.csv", column="内文")
    assert (found.text, found.title) == ("白日依山尽，黄河入海流。", "登楼")
    with pytest.raises(YayunError, match="id、内文、题目"):
        entries_of(text, "a.csv", column="text")
    with pytest.raises(YayunError, match="--column"):
        entries_of("a,b\n1,2\n", "a.csv")


@pytest.mark.parametrize(
    "text", [VERSE, "白日依山尽,黄河入海流.\n欲穷千里目,更上一层楼.", "[一作春]白日依山尽，黄河入海流。"]
)
def test_any_other_text_is_one_entry(text: str) -> None:
    assert [(e.row, e.text) for e in entries_of(text, "poem.txt")] == [(None, text)]


@pytest.mark.parametrize("text", ["[", '{"a": 1}', "[[]]", "[" * 100_000])
def test_json_without_verse_is_refused_by_name(text: str) -> None:
    with pytest.raises(YayunError, match=r"a\.json"):
        entries_of(text, "a.json")
