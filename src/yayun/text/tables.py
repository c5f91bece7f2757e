"""Many poems in one file: chinese-poetry's JSON, JSON lines, CSV and TSV with a header. Any other text is one entry."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yayun.errors import YayunError
from yayun.text.files import name_of, read_text

VERSE = (
    "lines", "paragraphs", "text", "content", "contents", "poem", "verse", "body", "诗", "詩", "诗文", "詩文",
    "正文", "内容", "內容", "原文", "诗句", "詩句", "诗歌", "全文",
)  # fmt: skip
TITLE = ("title", "题目", "題目", "标题", "標題", "诗题", "詩題", "题", "題", "篇名", "诗名", "rhythmic", "chapter")
AUTHOR = ("author", "作者", "诗人", "詩人", "poet")
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_LONGEST_FIELD = 1_000_000
_ROWS_HINT = "每行应是一个 JSON 对象"


@dataclass(frozen=True, slots=True)
class Entry:
    """A poem of a table, or (``row`` None) a whole text. ``row`` counts from 1, a heading row aside; ``error`` says in
    a sentence why it can't be read."""

    row: int | None
    text: str
    title: str = ""
    author: str = ""
    error: str = ""


def read_entries(file: str, column: str | None = None) -> list[Entry]:
    """The entries of a file or of standard input.

    ``column`` names the column or key with the verse. Raises YayunError for a file in which no column is known to be
    the verse.
    """
    return entries_of(read_text(file), name_of(file), column)


def entries_of(text: str, name: str, column: str | None = None) -> list[Entry]:
    """The entries of a file's text; ``name`` is the file's, whose ending may tell what it is."""
    text = text.removeprefix("\ufeff")
    suffix = Path(name).suffix.lower()
    start = text.lstrip()[:1]
    if suffix in (".jsonl", ".ndjson") or (start == "{" and _is_json_rows(text)):
        return _json_rows(text, column)
    if suffix == ".json" or (start in ("[", "{") and _is_json(text)):
        return _json_document(text, name, column)
    if (delimiter := _delimiter(text, suffix, column)) is not None:
        return _table(text, name, delimiter, column)
    if column is not None:
        raise YayunError(f"{name} 不是 CSV、TSV 或 JSON,没有“{column}”这一列:请去掉 --column。")
    return [Entry(None, text)]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_json_rows(text: str) -> bool:
    """Is the first of several rows an object of its own?"""
    rows = text.strip().splitlines()
    return len(rows) > 1 and _is_json(rows[0])


def _json_rows(text: str, column: str | None) -> list[Entry]:
    found: list[Entry] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                found.append(Entry(number, "", error=f"这一行不是 JSON:{_ROWS_HINT}。"))
                continue
            found.append(_entry(number, value, column))
    return found


def _json_document(text: str, name: str, column: str | None) -> list[Entry]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise YayunError(f"{name} 不是完整的 JSON:请查看它的括号与引号。") from error
    values = list(_objects(document, column))
    if not values:
        raise YayunError(f"{name} 里没有诗:诗要放在 {'、'.join(VERSE[:5])} 等键下,或用 --column 指明。")
    return [_entry(number, value, column) for number, value in enumerate(values, start=1)]


def _objects(value: Any, column: str | None) -> Iterator[Any]:
    """The poems of a document, in order, however deep its chapters go; in a plain list, every element."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if _verse(value, column) is not None:
                yield value
            else:
                waiting.extend(v for v in reversed(list(value.values())) if isinstance(v, dict | list))
        elif isinstance(value, list):
            if any(isinstance(v, dict | list) for v in value):
                waiting.extend(reversed(value))
            else:
                yield from value
        else:
            yield value


def _entry(row: int, value: Any, column: str | None) -> Entry:
    if isinstance(value, str):
        return Entry(row, value)
    if not isinstance(value, dict):
        return Entry(row, "", error=f"这一行不是诗:{_ROWS_HINT}。")
    verse = _verse(value, column)
    if verse is None:
        said = f"没有“{column}”这一项" if column else f"没有诗:诗要放在 {'、'.join(VERSE[:4])} 等键下"
        return Entry(row, "", error=f"这一行{said}。")
    return Entry(row, verse, _word(value, TITLE), _word(value, AUTHOR))


def _verse(row: dict[str, Any], column: str | None) -> str | None:
    """The verse of an object: a string, or strings in a list."""
    for key in (column,) if column else VERSE:
        value = row.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            return "\n".join(value)
    return None


def _word(row: dict[str, Any], keys: Sequence[str]) -> str:
    return next((value.strip() for key in keys if isinstance(value := row.get(key), str) and value.strip()), "")


def _delimiter(text: str, suffix: str, column: str | None) -> str | None:
    """What divides the columns of a table; None for a text that is none."""
    if suffix in _DELIMITERS:
        head = text.split("\n", 1)[0]
        other = max("\t;,", key=head.count)
        return other if head.count(_DELIMITERS[suffix]) == 0 and head.count(other) else _DELIMITERS[suffix]
    heading = text.split("\n", 1)[0]
    for delimiter in "\t,;":
        names = [name.strip(' "\r') for name in heading.split(delimiter)]
        if len(names) > 1 and (column in names if column else _is_heading(names)):
            return delimiter
    return "," if column is not None and heading.strip(' "\r') == column else None


def _is_heading(names: Sequence[str]) -> bool:
    folded = [name.lower() for name in names]
    known = (*VERSE, *TITLE, *AUTHOR)
    return any(name in VERSE for name in folded) and sum(name in known for name in folded) > 1


def _table(text: str, name: str, delimiter: str, column: str | None) -> list[Entry]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[Entry] = []
    try:
        heading = [field.strip() for field in next(reader, [])]
        at = _column(heading, name, column)
        for number, fields in enumerate(filter(any, reader), start=1):
            row = dict(zip((key.lower() for key in heading), fields, strict=False))
            if len(fields) <= at or not fields[at].strip():
                found.append(Entry(number, "", error=f"这一行的“{heading[at]}”是空的。"))
            else:
                found.append(Entry(number, fields[at], _word(row, TITLE), _word(row, AUTHOR)))
    except csv.Error as error:
        raise YayunError(f"{name} 不是完整的表格:第 {reader.line_num} 行读不通,请查看引号。") from error
    return found


def _column(heading: Sequence[str], name: str, column: str | None) -> int:
    """Which column has the verse."""
    if column is not None:
        if column in heading:
            return heading.index(column)
        raise YayunError(f"{name} 没有“{column}”这一列:它有 {'、'.join(heading)[:200]}。")
    folded = [key.lower() for key in heading]
    if (key := next((key for key in VERSE if key in folded), None)) is not None:
        return folded.index(key)
    raise YayunError(f"{name} 的哪一列是诗?请用 --column 指明:它有 {'、'.join(heading)[:200]}。")
