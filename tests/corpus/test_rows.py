import gzip
import json
import lzma

import pytest

from yayun.corpus.rows import Row, read_rows
from yayun.errors import YayunError

ROW = {"id": "a", "dynasty": "明", "author": "某", "title": "题", "paragraphs": ["白日依山尽，黄河入海流。"]}


def write(path, *lines):
    text = "".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    opener = {".xz": lzma.open, ".gz": gzip.open}.get(path.suffix, open)
    with opener(path, "wt", encoding="utf-8") as f:
        f.write(text)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.xz", ".jsonl.gz"])
def test_plain_and_packed_files_are_read(tmp_path, suffix):
    path = write(tmp_path / f"a{suffix}", ROW, "\n", {**ROW, "genre": "词", "more": 3})
    assert list(read_rows(path)) == [
        Row("a", "明", "某", "题", ("白日依山尽，黄河入海流。",), ""),
        Row("a", "明", "某", "题", ("白日依山尽，黄河入海流。",), "词"),
    ]


def test_an_id_may_be_missing(tmp_path):
    row = {name: value for name, value in ROW.items() if name != "id"}
    assert next(read_rows(write(tmp_path / "a.jsonl", row))).id == ""


@pytest.mark.parametrize(
    "bad",
    [
        "{\n", "[]\n", "3\n", "[" * 100_000 + "\n", {}, {**ROW, "title": None}, {**ROW, "paragraphs": "白日"},
        {**ROW, "paragraphs": [1]}, {**ROW, "id": 3}, {**ROW, "genre": "曲"}, {**ROW, "genre": ["诗"]},
        '{"dynasty":"明","author":"a","title":"\\ud800","paragraphs":["白日依山尽"]}\n',
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_its_line(tmp_path, bad):
    path = write(tmp_path / "坏.jsonl", ROW, bad, ROW)
    with pytest.raises(YayunError, match=r"坏\.jsonl 第 2 行"):
        list(read_rows(path))


def test_other_encodings_are_named_by_their_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(json.dumps(ROW).encode() + b"\n" + json.dumps(ROW, ensure_ascii=False).encode("gb18030"))
    with pytest.raises(YayunError, match=r"第 2 行不是 UTF-8"):
        list(read_rows(path))


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
@pytest.mark.parametrize("damage", ["cut", "foreign", "empty"])
def test_a_damaged_file_is_one_sentence(tmp_path, suffix, damage):
    path = write(tmp_path / f"a.jsonl{suffix}", *[{**ROW, "id": str(n)} for n in range(2000)])
    data = path.read_bytes()
    path.write_bytes({"cut": data[: len(data) // 2], "foreign": b"hello, world", "empty": b""}[damage])
    if (suffix, damage) == (".gz", "empty"):  # gzip takes nothing for nothing
        assert list(read_rows(path)) == []
        return
    with pytest.raises(YayunError, match="缺损"):
        list(read_rows(path))
