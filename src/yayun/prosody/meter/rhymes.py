"""The rhyme rules: which group a poem rhymes in, and what its feet make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from yayun.prosody.books.book import RhymeBook
from yayun.prosody.meter.finding import Finding, ordinal
from yayun.prosody.readings.lexicon import Reading
from yayun.prosody.readings.line import Place, read_place


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


class Rhyme(NamedTuple):
    """How a poem rhymes by a ``book``: ``group`` (None where no two feet agree), the ``lines``, and for each of
    them the rhyme groups in play at its end (None for a line of another length) and its last character in the
    standard form. ``seldom`` are the lines (from 0) that rhyme only by a reading that the books have and verse
    hardly uses. ``at``: the lines that have to rhyme together; None is regulated verse, where the even ones do and
    the first may."""

    book: RhymeBook
    group: str | None
    lines: Sequence[str]
    groups: Sequence[frozenset[str] | None]
    chars: str
    seldom: tuple[int, ...] = ()
    at: tuple[int, ...] | None = None

    @property
    def rhyming(self) -> Sequence[int]:
        """The lines that have to rhyme."""
        return range(1, len(self.groups), 2) if self.at is None else self.at

    def foot(self, i: int) -> Foot:
        """The foot of the line with index ``i`` (from 0)."""
        return Foot(i + 1, len(self.lines[i]), self.lines[i], self.groups[i] or frozenset())

    @property
    def feet(self) -> tuple[Foot, ...]:
        """The feet of the lines that have to rhyme."""
        return tuple([self.foot(i) for i in self.rhyming if self.groups[i] is not None])

    @property
    def oblique(self) -> bool:
        """Is the group an oblique one (仄韵)?"""
        return self.group is not None and not self.book.level(self.group)

    @property
    def first_can_rhyme(self) -> bool:
        """Is the first line's foot in the group, or in a neighbouring one?"""
        first = self.groups[0]
        return first is not None and self.group is not None and leads(self.book, self.group, first)

    def is_plain(self, *, first_rhymes: bool) -> bool:
        """Is every foot in the group, no character repeated, and no other line's end in the group's final? There is
        nothing to say of such a rhyme. ``first_rhymes``: the first line is read as a rhyming one."""
        group = self.group
        if group is None or self.seldom:
            return False
        upper, rhyming, chars = list(self.groups[::2]), list(self.groups[1::2]), self.chars[1::2]
        if first_rhymes:
            rhyming.append(upper.pop(0))
            chars += self.chars[0]
        same = self.book.finals[group]
        return (
            len(set(chars)) == len(chars)
            and not [foot for foot in rhyming if foot is not None and group not in foot]
            and not [foot for foot in upper if foot and foot <= same]
        )


@lru_cache(maxsize=1 << 14)
def leads(book: RhymeBook, group: str, first: frozenset[str]) -> bool:
    """Can a first line whose foot has these groups rhyme in ``group``: in it, in a neighbour, or unresolved?"""
    return not first or group in first or not book.neighbours[group].isdisjoint(first)


@lru_cache(maxsize=1 << 14)
def foot_credit(book: RhymeBook, group: str, foot: frozenset[str]) -> float:
    """What an even foot earns in a poem that rhymes in ``group``: 1, a half in a neighbouring group, else nothing."""
    if group in foot:
        return 1.0
    return 0.0 if book.neighbours[group].isdisjoint(foot) else 0.5


def find_rhyme(
    book: RhymeBook,
    lines: Sequence[str],
    groups_of: Sequence[frozenset[str] | None],
    also: Sequence[frozenset[str]],
    chars: str,
    *,
    asked: str | None,
) -> Rhyme:
    """The group the even lines rhyme in: ``asked`` where there is one, else the one that explains most feet. ``also``
    are the groups of the readings that stand back; for the other arguments see ``Rhyme``."""
    group = asked or likely_group(book, tuple(groups_of), tuple(also))
    return rhyme_in(book, group, lines, groups_of, also, chars)


def rhyme_in(
    book: RhymeBook,
    group: str | None,
    lines: Sequence[str],
    groups_of: Sequence[frozenset[str] | None],
    also: Sequence[frozenset[str]],
    chars: str,
) -> Rhyme:
    """The rhyme in a group: a foot that has it only by a reading that stands back has it."""
    seldom = seldom_feet(group, groups_of, also)
    if seldom:
        groups_of = [foot if i not in seldom or foot is None else foot | {group} for i, foot in enumerate(groups_of)]  # type: ignore[arg-type]
    return Rhyme(book, group, lines, groups_of, chars, seldom)


def seldom_feet(
    group: str | None, groups_of: Sequence[frozenset[str] | None], also: Sequence[frozenset[str]]
) -> tuple[int, ...]:
    """The rhyming lines (from 0) whose foot is in the group only by a reading that stands back."""
    if group is None:
        return ()
    return tuple(
        [
            i
            for i, foot in enumerate(groups_of)
            if (i % 2 or not i) and foot is not None and group not in foot and group in also[i]
        ]
    )


@lru_cache(maxsize=1 << 14)
def likely_group(
    book: RhymeBook, groups_of: tuple[frozenset[str] | None, ...], also: tuple[frozenset[str], ...]
) -> str | None:
    """The group that the readings in play at the feet agree on; where they don't, the one that the books' other
    readings of them agree on."""
    even = tuple([foot for foot in groups_of[1::2] if foot is not None])
    leading = (groups_of[0] if groups_of else None) or frozenset()
    group = best_group(book, even, leading)
    known = sum(map(bool, even))
    if not any(also[1::2]) or (group is not None and sum(group in foot for foot in even) == known):
        return group
    wide = tuple([foot | more for foot, more in zip(groups_of[1::2], also[1::2], strict=True) if foot is not None])
    wider = best_group(book, wide, leading | also[0])
    explained = sum(wider in foot for foot in wide)
    return wider if explained > sum(group in foot for foot in wide) else group


def find_class_rhyme(
    book: RhymeBook,
    lines: Sequence[str],
    groups_of: Sequence[frozenset[str] | None],
    also: Sequence[frozenset[str]],
    chars: str,
    at: tuple[int, ...],
    tones: str,
    *,
    asked: str | None,
) -> Rhyme:
    """The rhyme of the lines ``at``, whose feet have to be of the ``tones`` (some of 平上去入): in ``asked`` where
    there is one, else in the group that explains most of them; readings that stand back (``also``) count where they
    explain more."""
    there = [i for i in at if groups_of[i] is not None]
    usual = tuple([in_tones(book, groups_of[i] or frozenset(), tones) for i in there])
    wide = tuple([foot | in_tones(book, also[i], tones) for i, foot in zip(there, usual, strict=True)])
    group = asked or best_group(book, usual, frozenset())
    if asked is None and sum(group in foot for foot in usual) < len(there):
        wider = best_group(book, wide, frozenset())
        group = wider if sum(wider in foot for foot in wide) > sum(group in foot for foot in usual) else group
    seldom = tuple([i for i, foot, more in zip(there, usual, wide, strict=True) if group in more - foot])
    if seldom:
        groups_of = [more | also[i] if i in seldom and more is not None else more for i, more in enumerate(groups_of)]
    return Rhyme(book, group, lines, groups_of, chars, seldom, at)


@lru_cache(maxsize=1 << 14)
def in_tones(book: RhymeBook, foot: frozenset[str], tones: str) -> frozenset[str]:
    """Of a foot's groups those of some tones."""
    return frozenset(group for group in foot if book.groups[group].tone in tones)


@lru_cache(maxsize=1 << 14)
def best_group(book: RhymeBook, even: tuple[frozenset[str], ...], leading: frozenset[str]) -> str | None:
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
        near = book.neighbours[group]
        kin = sum(not near.isdisjoint(foot) for foot in even if group not in foot)
        opens = group in leading or not near.isdisjoint(leading)
        earliest = next(i for i, foot in enumerate(even) if group in foot)
        return votes[group], kin, group in leading, opens, book.level(group), -earliest

    most = max(votes.values())
    best, *others = [group for group, count in votes.items() if count == most]
    if others:
        best = max(sorted((best, *others), key=book.order.__getitem__), key=worth)
    if len(even) == 1 or most > 1:
        return best
    _, kin, opens, *_ = worth(best)
    return best if kin or opens else _only_level(book, even)


def _only_level(book: RhymeBook, even: Sequence[frozenset[str]]) -> str | None:
    """Where no two feet agree: the group of the one that ends level, if there is one only."""
    level = [foot for foot in even if foot and all(map(book.level, foot))]
    return min(level[0]) if len(level) == 1 else None


def describe(reading: Reading) -> str:
    """A reading as findings name it, e.g. ``平声寒韵(堪任)``."""
    sense = f"({reading.sense})" if reading.sense else ""
    return f"{reading.tone}声{reading.group}韵{sense}"


@lru_cache(maxsize=1 << 14)
def described(place: Place) -> str:
    """The readings in play at a place."""
    return "、".join([describe(reading) for reading in place.readings])


def out_of_rhyme(rhyme: Rhyme) -> Iterator[Finding]:
    """出韵: an even line outside the group; 末句邻韵 where it is the last and the group a neighbour."""
    group, groups_of = rhyme.group, rhyme.groups
    if group is None:
        yield from _no_common_group(rhyme)
        return
    for i in rhyme.seldom:
        foot = rhyme.foot(i)
        yield _seldom_foot(foot.line, foot.column, foot.place, group)
    for i in rhyme.rhyming:
        if groups_of[i] is not None and not groups_of[i]:
            yield _unknown_foot(i + 1, len(rhyme.lines[i]), rhyme.lines[i][-1])
    wrong = [i for i in rhyme.rhyming if (found := groups_of[i]) and group not in found]
    if wrong and rhyme.at is None and (named := alternating(rhyme)) is not None:
        yield named
    elif wrong:
        there = [i for i in rhyme.rhyming if groups_of[i] is not None]
        last = there[-1] if rhyme.at is None and len(there) > 1 else None  # the foot that may borrow
        equal = _as_good(rhyme, wrong) if rhyme.at is None else ""
        for i in wrong:
            foot = rhyme.foot(i)
            said = _wrong_foot(rhyme.book, i + 1, foot.column, foot.place, foot.groups, group, i == last)
            yield said._replace(message=said.message + equal) if equal and said.rule == "出韵" else said


def _as_good(rhyme: Rhyme, wrong: Sequence[int]) -> str:
    """Where another group explains as many feet: the words that say so (of a quatrain with two feet, either may be the
    one that is off)."""
    even = [i for i in range(1, len(rhyme.groups), 2) if rhyme.groups[i]]
    right = [i for i in even if i not in wrong]
    shared = frozenset.intersection(*[rhyme.groups[i] or frozenset() for i in wrong])
    if len(right) != len(wrong) or not shared or (rhyme.groups[0] and rhyme.group in rhyme.groups[0]):
        return ""
    others = "、".join(f"第{ordinal(i + 1)}句「{rhyme.lines[i][-1]}」" for i in right)
    return f";若以{min(shared)}韵为主,则是{others}出韵,两说相当"


# How poems of the Song turn between two neighbouring groups on purpose, by the feet of their even lines.
_ALTERNATING = {
    "ABAB": "进退格",
    "ABABAB": "进退格",
    "AABB": "辘轳格",
    "AAABBB": "辘轳格",
    "AABBBB": "葫芦格",
}


def alternating(rhyme: Rhyme) -> Finding | None:
    """进退格 (in turn), 辘轳格 (half and half), 葫芦格 (the first two, then the others): feet that go between two
    neighbouring groups on purpose; None for others. Source: 胡仔《苕溪漁隱叢話》, 嚴羽《滄浪詩話·詩體》."""
    group, feet = rhyme.group, rhyme.groups[1::2]
    if group is None or len(feet) < 4 or not all(feet):
        return None
    for other in sorted(rhyme.book.neighbours[group]):
        names = [[name for name in (group, other) if name in (foot or ())] for foot in feet]
        if any(len(found) != 1 for found in names):
            continue
        first = names[0][0]
        shape = "".join("A" if found[0] == first else "B" for found in names)
        if (name := _ALTERNATING.get(shape)) is not None:
            second = other if first == group else group
            message = f"韵脚在{first}、{second}两邻韵间依次相换,是{name};唐宋人偶用,常体只押一部"
            return Finding(name, "warning", None, None, message, lines=tuple(range(2, 2 * len(feet) + 1, 2)))
    return None


@lru_cache(maxsize=1 << 12)
def _seldom_foot(line: int, column: int, place: Place, group: str) -> Finding:
    """两读: a foot that rhymes by a reading the books have and verse hardly uses."""
    reading = next(reading for reading in place.alternatives if reading.group == group)
    message = (
        f"第{ordinal(line)}句韵脚「{place.char}」多属{described(place)},此处须读{describe(reading)}才押韵,韵书有此一读"
    )
    return Finding("两读", "note", line, column, message, reading=describe(reading))


@lru_cache(maxsize=1 << 12)
def _unknown_foot(line: int, column: int, char: str) -> Finding:
    message = f"第{ordinal(line)}句韵脚「{char}」查不到读音,韵不能判定"
    return Finding("字音", "error", line, column, message)


@lru_cache(maxsize=1 << 12)
def _wrong_foot(
    book: RhymeBook, line: int, column: int, place: Place, found: frozenset[str], group: str, may_borrow: bool
) -> Finding:
    where = f"第{ordinal(line)}句韵脚「{place.char}」"
    kin = book.neighbours[group] & found
    if kin and may_borrow:
        name = min(kin)
        message = f"{where}在{name}韵,是{group}韵的邻韵;末句借邻韵,偶见于唐人"
        return Finding("末句邻韵", "warning", line, column, message, reading=name)
    message = f"{where}属{described(place)},不在{group}韵"
    if (other := next((r for r in place.alternatives if r.group == group), None)) is not None:
        message += f"(另有{describe(other)}一读,此处不取{':' + place.because if place.because else ''})"
    return Finding("出韵", "error", line, column, message, reading=described(place))


def _no_common_group(rhyme: Rhyme) -> Iterator[Finding]:
    known = [foot for foot in rhyme.feet if foot.groups]
    if len(known) < 2:
        return
    lead = known[0]
    for foot in known[1:]:
        names = described(foot.place)
        other = f"第{ordinal(lead.line)}句「{lead.char}」"
        message = f"第{ordinal(foot.line)}句韵脚「{foot.char}」属{names},与{other}不押韵"
        yield Finding("出韵", "error", foot.line, foot.column, message, reading=names)


def first_line(rhyme: Rhyme, *, rhymes: bool) -> Iterator[Finding]:
    """首句邻韵 (a note), or 出韵 where the first line ends level and rhymes with nothing. ``rhymes``: it is read as
    a rhyming line."""
    group, found = rhyme.group, rhyme.groups[0]
    if rhymes and group is not None and found and group not in found:
        foot = rhyme.foot(0)
        yield _wrong_first(rhyme.book, foot.column, foot.place, found, group)


@lru_cache(maxsize=1 << 12)
def _wrong_first(book: RhymeBook, column: int, place: Place, found: frozenset[str], group: str) -> Finding:
    kin = book.neighbours[group] & found
    if kin:
        name = min(kin)
        message = f"首句韵脚「{place.char}」在{name}韵,借{group}韵的邻韵起韵,合律"
        return Finding("首句邻韵", "note", 1, column, message, reading=name)
    readings = described(place)
    message = f"首句以「{place.char}」收尾,属{readings},既不押{group}韵,又不以仄声收"
    return Finding("出韵", "error", 1, column, message, reading=readings)


def repeated_rhyme(rhyme: Rhyme, *, first_rhymes: bool) -> Iterator[Finding]:
    """重韵: the same rhyme character twice (variants of one character count as the same)."""
    chars, groups_of = rhyme.chars, rhyme.groups
    if rhyme.at is None and first_rhymes:
        rhyming = [i for i in (0, *rhyme.rhyming) if groups_of[i] is not None]
    else:
        rhyming = [i for i in rhyme.rhyming if groups_of[i] is not None]
    if len({chars[i] for i in rhyming}) == len(rhyming):
        return
    seen: dict[str, int] = {}
    for i in rhyming:
        line, before = i + 1, seen.setdefault(chars[i], i + 1)
        if before < line:
            foot = rhyme.foot(i)
            message = f"第{ordinal(line)}句韵脚「{foot.char}」与第{ordinal(before)}句重复"
            yield Finding("重韵", "error", line, foot.column, message, lines=(before, line))


def colliding_rhyme(rhyme: Rhyme, *, first_rhymes: bool) -> Iterator[Finding]:
    """撞韵: a non-rhyming line ends in the rhyme's final in another tone. Disputed, so a note."""
    group, groups_of = rhyme.group, rhyme.groups
    if group is None:
        return
    same = rhyme.book.finals[group]
    for i in range(2 if first_rhymes else 0, len(groups_of), 2):
        if (found := groups_of[i]) and found <= same:
            line = rhyme.lines[i]
            yield _collision(i + 1, len(line), line[-1], found, group)


@lru_cache(maxsize=1 << 14)
def _collision(line: int, column: int, char: str, found: frozenset[str], group: str) -> Finding:
    name = min(found)
    where = f"第{ordinal(line)}句以「{char}」({name}韵)收"
    message = f"{where},与{group}韵同韵异调,读来略撞;讲究者避之"
    return Finding("撞韵", "note", line, column, message, reading=name)
