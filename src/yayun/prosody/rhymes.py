"""The rhyme rules: which group a poem rhymes in, and what its feet make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from yayun.prosody.context import Place, read_place
from yayun.prosody.finding import Finding, ordinal
from yayun.prosody.groups import groups, neighbours, same_final
from yayun.prosody.lexicon import Reading, standardize


class Foot(NamedTuple):
    """The last character of a line: ``line`` and ``column`` count from 1, ``groups`` are those of the readings in
    play; ``text`` is the whole line."""

    line: int
    column: int
    text: str
    groups: frozenset[str]

    @property
    def char(self) -> str:
        """The character."""
        return self.text[-1]

    @property
    def place(self) -> Place:
        """The character with its readings."""
        return read_place(self.text, len(self.text) - 1)

    @property
    def ruled_out(self) -> frozenset[str]:
        """Groups of the readings that context or rarity rules out here."""
        return frozenset(reading.group for reading in self.place.alternatives) - self.groups


class Rhyme(NamedTuple):
    """How a poem rhymes: ``group`` (None where no two feet agree), the feet of the ``first``, the even (``feet``) and
    the odd lines (``upper``), and the ``chars`` of the even feet in standard forms."""

    group: str | None
    first: Foot | None
    feet: tuple[Foot, ...]
    upper: tuple[Foot, ...]
    chars: str

    @property
    def oblique(self) -> bool:
        """Is the group an oblique one (仄韵)?"""
        return self.group is not None and is_oblique(self.group)

    @property
    def first_can_rhyme(self) -> bool:
        """Is the first line's foot in the group, or in a neighbouring one?"""
        if self.first is None or self.group is None:
            return False
        return leads(self.group, self.first.groups)


@cache
def is_oblique(group: str) -> bool:
    """Is it an oblique group?"""
    return not groups()[group].level


@lru_cache(maxsize=1 << 14)
def leads(group: str, first: frozenset[str]) -> bool:
    """Can a first line whose foot has these groups rhyme in ``group``: in it, in a neighbour, or unresolved?"""
    return not first or group in first or not neighbours(group).isdisjoint(first)


@lru_cache(maxsize=1 << 14)
def foot_credit(group: str, foot: frozenset[str]) -> float:
    """What an even foot earns in a poem that rhymes in ``group``: 1, a half in a neighbouring group, else nothing."""
    if group in foot:
        return 1.0
    return 0.0 if neighbours(group).isdisjoint(foot) else 0.5


def find_rhyme(feet: Sequence[Foot], *, asked: str | None) -> Rhyme:
    """The group the even lines rhyme in: ``asked`` where there is one, else the one that explains most feet."""
    even = tuple([foot for foot in feet if foot.line % 2 == 0])
    upper = tuple([foot for foot in feet if foot.line % 2])
    first = upper[0] if upper and upper[0].line == 1 else None
    group = asked or best_group(tuple([foot.groups for foot in even]), first.groups if first else frozenset())
    return Rhyme(group, first, even, upper, standardize("".join([foot.text[-1] for foot in even])))


@lru_cache(maxsize=1 << 14)
def best_group(even: tuple[frozenset[str], ...], leading: frozenset[str]) -> str | None:
    """The group that explains most of the even feet, given as their groups; None where no two agree.

    ``leading`` are the groups of the first line's foot. Of two that explain as many, the one that leaves neighbours
    only, then the one the first line is in, then a level one; the order of the book settles what is left.
    """
    shared = frozenset.intersection(*even) if len(even) > 1 else frozenset()
    if len(shared) == 1:  # nothing explains more than all of them
        return next(iter(shared))
    votes = Counter([group for foot in even for group in foot])
    if not votes:
        return None

    def worth(group: str) -> tuple[float, ...]:
        near = neighbours(group)
        kin = sum(not near.isdisjoint(foot) for foot in even if group not in foot)
        opens = group in leading or not near.isdisjoint(leading)
        earliest = next(i for i, foot in enumerate(even) if group in foot)
        return votes[group], kin, group in leading, opens, groups()[group].level, -earliest

    most = max(votes.values())
    best, *others = [group for group, count in votes.items() if count == most]
    if others:
        best = max(sorted((best, *others), key=_book_order().__getitem__), key=worth)
    if len(even) == 1 or most > 1:
        return best
    _, kin, opens, *_ = worth(best)
    return best if kin or opens else _only_level(even)


@cache
def _book_order() -> dict[str, int]:
    return {name: i for i, name in enumerate(groups())}


def _only_level(even: Sequence[frozenset[str]]) -> str | None:
    """Where no two feet agree: the group of the one that ends level, if there is one only."""
    level = [foot for foot in even if foot and all(groups()[group].level for group in foot)]
    return min(level[0]) if len(level) == 1 else None


def describe(reading: Reading) -> str:
    """A reading as findings name it, e.g. ``平声寒韵(堪任)``."""
    sense = f"({reading.sense})" if reading.sense else ""
    return f"{reading.tone}声{reading.group}韵{sense}"


def out_of_rhyme(rhyme: Rhyme) -> Iterator[Finding]:
    """出韵: an even line outside the group; 末句邻韵 where it is the last and the group a neighbour."""
    if rhyme.group is None:
        yield from _no_common_group(rhyme)
        return
    last = rhyme.feet[-1].line if rhyme.feet else 0
    for foot in rhyme.feet:
        if not foot.groups or rhyme.group in foot.groups:
            continue
        where = f"第{ordinal(foot.line)}句韵脚「{foot.char}」"
        kin = neighbours(rhyme.group) & foot.groups
        if kin and foot.line == last and len(rhyme.feet) > 1:
            name = min(kin)
            message = f"{where}在{name}韵,是{rhyme.group}韵的邻韵;末句借邻韵,偶见于唐人"
            yield Finding("末句邻韵", "warning", foot.line, foot.column, message, reading=name)
            continue
        readings = "、".join(describe(reading) for reading in foot.place.readings)
        message = f"{where}属{readings},不在{rhyme.group}韵"
        if rhyme.group in foot.ruled_out:
            other = next(r for r in foot.place.alternatives if r.group == rhyme.group)
            message += f"(另有{describe(other)}一读,此处不取)"
        yield Finding("出韵", "error", foot.line, foot.column, message, reading=readings)


def _no_common_group(rhyme: Rhyme) -> Iterator[Finding]:
    known = [foot for foot in rhyme.feet if foot.groups]
    if len(known) < 2:
        return
    lead = known[0]
    for foot in known[1:]:
        names = "、".join(describe(reading) for reading in foot.place.readings)
        other = f"第{ordinal(lead.line)}句「{lead.char}」"
        message = f"第{ordinal(foot.line)}句韵脚「{foot.char}」属{names},与{other}不押韵"
        yield Finding("出韵", "error", foot.line, foot.column, message, reading=names)


def first_line(rhyme: Rhyme, *, rhymes: bool) -> Iterator[Finding]:
    """首句邻韵 (a note), or 出韵 where the first line ends level and rhymes with nothing. ``rhymes``: it is read as
    a rhyming line."""
    first = rhyme.first
    if first is None or not rhymes or rhyme.group is None or not first.groups or rhyme.group in first.groups:
        return
    char = first.char
    kin = neighbours(rhyme.group) & first.groups
    if kin:
        name = min(kin)
        message = f"首句韵脚「{char}」在{name}韵,借{rhyme.group}韵的邻韵起韵,合律"
        yield Finding("首句邻韵", "note", 1, first.column, message, reading=name)
        return
    readings = "、".join(describe(reading) for reading in first.place.readings)
    message = f"首句以「{char}」收尾,属{readings},既不押{rhyme.group}韵,又不以仄声收"
    yield Finding("出韵", "error", 1, first.column, message, reading=readings)


def repeated_rhyme(rhyme: Rhyme, *, first_rhymes: bool) -> Iterator[Finding]:
    """重韵: the same rhyme character twice (variants of one character count as the same)."""
    if len(set(rhyme.chars)) == len(rhyme.chars) and not (first_rhymes and rhyme.first):
        return
    seen: dict[str, int] = {}
    for foot in (*((rhyme.first,) if first_rhymes and rhyme.first else ()), *rhyme.feet):
        char = standardize(foot.char)
        if char in seen:
            message = f"第{ordinal(foot.line)}句韵脚「{foot.char}」与第{ordinal(seen[char])}句重复"
            yield Finding("重韵", "error", foot.line, foot.column, message, lines=(seen[char], foot.line))
        else:
            seen[char] = foot.line


def colliding_rhyme(rhyme: Rhyme, *, first_rhymes: bool) -> Iterator[Finding]:
    """撞韵: a non-rhyming line ends in the rhyme's final in another tone. Disputed, so a note."""
    if rhyme.group is None:
        return
    same = same_final(rhyme.group)
    for foot in rhyme.upper:
        if (foot.line == 1 and first_rhymes) or not foot.groups or not foot.groups <= same:
            continue
        name = min(foot.groups)
        where = f"第{ordinal(foot.line)}句以「{foot.char}」({name}韵)收"
        message = f"{where},与{rhyme.group}韵同韵异调,读来略撞;讲究者避之"
        yield Finding("撞韵", "note", foot.line, foot.column, message, reading=name)
