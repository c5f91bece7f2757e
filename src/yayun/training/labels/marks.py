"""Drafts, how a reader is to mark them, and the labels that drafts and marks make."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from yayun.composing.poem import punctuate
from yayun.errors import YayunError
from yayun.script import to_simplified

GUIDE = """你读近体诗多年,严格而前后一致。下面的草稿按题目与体裁分组,每首有编号。
请每首写一行:编号,通顺,逐句,毛病

通顺:1 到 5,可用半分。1 字句不成意思;2 大半不通,有一两句过得去;3 大体可懂,有生硬或空洞的句子;4 清楚连贯,合于题目,
至多一处弱;5 通篇清楚连贯,可入选本。把五分都用上,每首单独看,不在组内排名。
逐句:每句一个数字,连写,句数须与诗相同。0 不通、凑韵或前人不会这样搭配;1 懂得而平弱、空洞;2 好,通而有味。
毛病:最弱一句的主要毛病,一个字母。E 句尾生硬、凑韵;
C 没有人写的搭配;G 虚字凑成、语法不通;L 结句接不上;T 离题或与场合不合;
S 时令、时辰、地点、人称乱了;N 无谓的数目或颜色;0 没有。
例(绝句):7,2.5,1201,C
"""
FAULTS = "ECGLTSN0"
_APART = r"\s*[,，、;；\t ]\s*"
_SENSE, _LINES = r"([1-5](?:\.[05])?)", r"([0-2]+)"
_MARK = re.compile(rf"^\s*(\d+){_APART}{_SENSE}{_APART}{_LINES}{_APART}([{FAULTS}])\b")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draft to be read; ``number`` from 1; ``row``: all that is known of it, kept for the label."""

    number: int
    title: str
    form: str
    lines: tuple[str, ...]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Marked:
    """What a reader says of a draft. ``sense``: 1 to 5; ``lines``: 0, 1 or 2 a line; ``why``: one of ``FAULTS``."""

    number: int
    sense: float
    lines: tuple[int, ...]
    why: str

    @property
    def worst(self) -> int:
        """The first of its poorest lines, from 1; 0 where all are good."""
        least = min(self.lines)
        return 0 if least == 2 else self.lines.index(least) + 1


def read_drafts(path: Path, seed: int) -> list[Drawn]:
    """The drafts of JSON lines (title, form, lines; whatever else is kept), a title's together, shuffled within it so
    that their order tells nothing. Raises YayunError with the line's number where one is none."""
    if not path.is_file():
        raise YayunError(f"找不到草稿文件 {path}。")
    groups: dict[tuple[str, str], list[tuple[tuple[str, ...], Mapping[str, Any]]]] = {}
    for at, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(text)
            lines = row["lines"]
            lines = tuple(lines.split("/") if isinstance(lines, str) else map(str, lines))
            groups.setdefault((str(row["title"]), str(row["form"])), []).append((lines, row))
        except (ValueError, KeyError, TypeError) as error:
            raise YayunError(f"{path} 第 {at} 行不是草稿:要有 title、form、lines。") from error
    rng = random.Random(seed)
    found: list[Drawn] = []
    for (title, form), drafts in sorted(groups.items()):
        for lines, row in rng.sample(drafts, len(drafts)):
            found.append(Drawn(len(found) + 1, title, form, lines, row))
    if not found:
        raise YayunError(f"{path} 里没有草稿。")
    return found


def in_sheets(drafts: Sequence[Drawn], each: int) -> list[list[Drawn]]:
    """Divided into sheets of about ``each`` drafts, a title's all on one."""
    sheets: list[list[Drawn]] = [[]]
    for _, group in groupby(drafts, _section):
        if len(sheets[-1]) >= each:
            sheets.append([])
        sheets[-1] += group
    return sheets


def as_sheet(drafts: Sequence[Drawn]) -> str:
    """What a reader is given, in simplified script: nothing of where a draft is from."""
    parts = [GUIDE]
    for (title, form), group in groupby(drafts, _section):
        parts.append(f"\n《{to_simplified(title)}》 {form}\n")
        parts += (f"{d.number} {''.join(punctuate(tuple(map(to_simplified, d.lines))))}\n" for d in group)
    return "".join(parts)


def _section(draft: Drawn) -> tuple[str, str]:
    return draft.title, draft.form


def read_marks(text: str, drafts: Iterable[Drawn]) -> dict[int, Marked]:
    """The marks among the lines of a reader's answer, by number; what else is written is passed over.

    Raises YayunError where a mark is of another sheet, given twice, or marks more or fewer lines than the poem has.
    """
    expected = {draft.number: len(draft.lines) for draft in drafts}
    found: dict[int, Marked] = {}
    for line in text.splitlines():
        said = _MARK.match(line)
        if said is None:
            continue
        number, lines = int(said[1]), tuple(map(int, said[3]))
        if number not in expected:
            raise YayunError(f"评分里的第 {number} 首不在这份卷子里。")
        if number in found:
            raise YayunError(f"第 {number} 首评了两次。")
        if len(lines) != expected[number]:
            raise YayunError(f"第 {number} 首有 {expected[number]} 句,评了 {len(lines)} 句。")
        found[number] = Marked(number, float(said[2]), lines, said[4])
    return found


def to_label(draft: Drawn, mark: Marked, reader: str) -> dict[str, Any]:
    """A row of ``labels.jsonl``."""
    return {
        **draft.row,
        "lines": "/".join(draft.lines),
        "sense": mark.sense,
        "marks": "".join(map(str, mark.lines)),
        "worst": mark.worst,
        "why": mark.why,
        "reader": reader,
    }
