"""The sheet that is read, and the key that is kept from the reader."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yayun.composing.poem import punctuate
from yayun.errors import YayunError
from yayun.evaluation.reading.subjects import Subject
from yayun.home import atomic_open
from yayun.journal import read_rows
from yayun.prosody.forms.names import canonical_form, short_form
from yayun.script import to_simplified

HUMAN = "人"
GUIDE = """以下每首诗有编号、题目、体裁。请每首写一行:编号,通顺,技巧,像人写

通顺:1 到 5,可用半分。1 字句不成意思;2 大半不通,有一两句过得去;3 大体可懂,有生硬或空洞的句子;4 清楚连贯,合于题目,
至多一处弱;5 通篇清楚连贯,可入选本。技巧:1 到 5,同样。像人写:1 觉得是人写的,0 觉得是机器写的。
每首单独看,不与别首比。不必查书。例:7,3.5,3,0
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A poem as the reader sees it; ``number`` from 1."""

    number: int
    title: str
    form: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a numbered poem is from: ``arm`` is 人 or the name of what wrote it, ``source`` a poem's id or a seed."""

    number: int
    arm: str
    form: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Verse:
    """A poem before it is shuffled among the others."""

    arm: str
    title: str
    form: str
    lines: tuple[str, ...]
    source: str


def human_verse(subject: Subject) -> Verse:
    """The human poem itself."""
    return Verse(HUMAN, subject.title, subject.form, subject.lines, f"{subject.author} {subject.id}")


def shuffled(verses: Sequence[Verse], seed: int) -> tuple[list[Item], list[Origin]]:
    """The sheet and its key."""
    order = random.Random(seed).sample(list(verses), len(verses))
    items = [Item(i, v.title, v.form, v.lines) for i, v in enumerate(order, start=1)]
    return items, [Origin(i, v.arm, v.form, v.title, v.source) for i, v in enumerate(order, start=1)]


def write_sheet(folder: Path, items: Sequence[Item], key: Sequence[Origin]) -> None:
    """``sheet.txt`` with the reader's guide, the same as ``sheet.csv`` and ``sheet.jsonl``, and ``key.jsonl`` apart."""
    for name, text in (
        ("sheet.txt", GUIDE + "\n" + "\n\n".join(map(_plain, items)) + "\n"),
        ("sheet.csv", _csv(items)),
        ("sheet.jsonl", _rows([asdict(item) for item in items])),
        ("key.jsonl", _rows([asdict(origin) for origin in key])),
    ):
        with atomic_open(folder / name) as f:
            f.write(text)


def _plain(item: Item) -> str:
    return "\n".join([f"{item.number} 《{item.title}》 {item.form}", *punctuate(item.lines)])


def _csv(items: Sequence[Item]) -> str:
    """With empty columns for the marks."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["编号", "通顺", "技巧", "像人写", "题目", "体裁", "诗"])
    rows.writerows([i.number, "", "", "", i.title, i.form, "".join(punctuate(i.lines))] for i in items)
    return out.getvalue()


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_key(path: Path) -> dict[int, Origin]:
    """The key by number. Raises YayunError where the file is none."""
    if not path.is_file():
        raise YayunError(f"找不到答案对照 {path}:请给出 reading make 写出的 key.jsonl。")
    try:
        origins = [Origin(**row) for row in read_rows(path)]
    except (TypeError, ValueError) as error:
        raise YayunError(f"{path} 不是 reading make 写出的 key.jsonl。") from error
    return {origin.number: origin for origin in origins}


def read_verse(path: Path, arm: str) -> dict[str, Verse]:
    """Poems by title from a file of JSON lines with ``title``, ``form`` and ``lines``, as ``compose --json`` prints.

    Raises YayunError with the line's number where one can't be used.
    """
    if not path.is_file():
        raise YayunError(f"找不到诗的文件 {path}。")
    found: dict[str, Verse] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            if "error" in row:
                continue
            form = short_form(canonical_form(row["form"]))
            lines = tuple(map(to_simplified, row["lines"]))
            title = to_simplified(row["title"])
        except (ValueError, KeyError, TypeError, YayunError) as error:
            raise YayunError(f"{path} 第 {number} 行不是一首诗:要有 title、form、lines。") from error
        found.setdefault(title, Verse(arm, title, form, lines, str(row.get("seed", ""))))
    return found
