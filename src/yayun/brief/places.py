"""Characters set at places of their own: the feet of a poem that is answered in its rhymes (次韵, 步韵), the ends of
lines (藏尾), a diagonal (斜嵌)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from yayun.brief.finders import Found
from yayun.brief.text import HAN, QUOTE, Text
from yayun.errors import YayunError
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import read_line

Kind = Literal["次韵", "藏尾", "斜嵌"]
_SPLIT = re.compile(r"[\s,，.。、;；:：!！?？/]+")
_VERSE = rf"(?:{HAN}{{7}}|{HAN}{{5}})(?:[,.;!?、 /\n]+(?:{HAN}{{7}}|{HAN}{{5}})){{3,}}[,.;!?]*"
_SAYS = r"(?:要|分别|依次|连起来|合起来|是|为|用|:|,| )*"
_CHARS = rf"(?P<x>{QUOTE}|{HAN}{{8}}(?!{HAN})|{HAN}{{4}}(?!{HAN}))"
_ENDS = r"(?:藏尾诗?|句尾(?:藏|嵌)|尾字|雁足格?|每句(?:的)?(?:最后|末)一?个?字)"
_WAYS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("次韵", re.compile(rf"[次步和][^,.;:!?\n]{{0,8}}?韵[^,.;:!?\n]{{0,10}}[:, \n]*(?P<x>{QUOTE}|{_VERSE})")),
    ("藏尾", re.compile(rf"{_ENDS}{_SAYS}{_CHARS}")),
    ("藏尾", re.compile(rf"(?:以|用|把|将)?(?P<x>{QUOTE})(?:来?作?为?)?(?:藏尾|嵌在?(?:句尾|末字))")),
    ("斜嵌", re.compile(rf"(?:斜(?:嵌|藏)|对角线?(?:嵌|藏)?|魁斗格?)(?:字|诗)?{_SAYS}{_CHARS}")),
)


@dataclass(frozen=True, slots=True)
class Places:
    """What is set: a character for each line in ``chars``, None where the line is free. ``width``: characters a line,
    where the poem that is answered says it; ``first``: does its first line rhyme?"""

    way: Kind
    chars: tuple[str | None, ...]
    width: int | None = None
    first: bool | None = None

    def fixed(self, width: int) -> tuple[tuple[tuple[int, int], str], ...]:
        """(line, column), from 0, and the character set there."""
        columns = [line if self.way == "斜嵌" else width - 1 for line in range(len(self.chars))]
        return tuple(
            ((line, column), char)
            for line, (column, char) in enumerate(zip(columns, self.chars, strict=True))
            if char is not None
        )

    def rhyme(self, by: str = PINGSHUI) -> str | None:
        """The group that the set feet share, a level one first. Errors: YayunError where they share none."""
        if self.way == "斜嵌":
            return None
        held, feet = book(by), [char for char in self.chars[1::2] if char]
        shared = [name for name in held.groups if all(name in held.groups_of(char) for char in feet)]
        if not shared:
            raise YayunError(f"{self.way}的偶数句末字“{''.join(feet)}”不同韵:请换成同押一部的字,如“来”“开”“台”“梅”。")
        return shared[0]


def find_places(text: Text) -> Found[Places] | None:
    """次韵 with the poem beside it, 藏尾 and 斜嵌 with their characters. Errors: YayunError for what can't be set."""
    for way, pattern in _WAYS:
        for m in pattern.finditer(text.plain):
            said = text.said(*m.span("x"))
            lines = [line for line in _SPLIT.split(said) if line]
            if way == "次韵":
                if len(lines) not in (4, 8) or len({*map(len, lines)}) != 1 or len(lines[0]) not in (5, 7):
                    continue
                return Found(_answering(lines), (m.span(),))
            chars = "".join(lines)
            if not all(map(is_hanzi, chars)) or len(chars) not in ((4,) if way == "斜嵌" else (4, 8)):
                needed = "4 个字" if way == "斜嵌" else "4 个字(绝句)或 8 个字(律诗)"
                raise YayunError(f"{way}要{needed},“{chars[:12]}”有 {len(chars)} 个字。")
            return Found(Places(way, tuple(chars)), (m.span(),))
    return None


def _answering(lines: list[str]) -> Places:
    """The rhyme words of a poem, in order."""
    feet: list[str | None] = [line[-1] if i % 2 else None for i, line in enumerate(lines)]
    places = Places("次韵", tuple(feet), len(lines[0]))
    group = places.rhyme()
    first = any(reading.group == group for reading in read_line(lines[0])[-1].readings)
    if first:
        feet[0] = lines[0][-1]
    return Places("次韵", tuple(feet), len(lines[0]), first)
