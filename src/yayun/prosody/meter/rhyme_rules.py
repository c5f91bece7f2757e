"""The rhyme rules: one small function a rule, each over a ``Rhyme``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from yayun.prosody.books.book import RhymeBook
from yayun.prosody.meter.finding import Finding, ordinal
from yayun.prosody.meter.rhymes import Rhyme
from yayun.prosody.readings.lexicon import Reading
from yayun.prosody.readings.line import Place


def regulated_rhyme(rhyme: Rhyme, *, first_rhymes: bool) -> Iterator[Finding]:
    """All that the rules say of the rhyme of regulated verse, or of verse in an oblique group. ``first_rhymes``: the
    first line is read as a rhyming one."""
    if rhyme.oblique:
        yield Finding("仄韵", "note", None, None, f"押仄声{rhyme.group}韵,不是近体正格,只论句内平仄相间与粘对")
    elif rhyme.is_plain(first_rhymes=first_rhymes):
        return
    else:
        yield from first_line(rhyme, rhymes=first_rhymes)
    yield from out_of_rhyme(rhyme)
    yield from repeated_rhyme(rhyme, first_rhymes=first_rhymes)
    yield from colliding_rhyme(rhyme, first_rhymes=first_rhymes)


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
    for i in rhyme.rhyming:
        if groups_of[i] is not None and not groups_of[i]:
            yield _unknown_foot(i + 1, len(rhyme.lines[i]), rhyme.lines[i][-1])
    if group is None:
        yield from _no_common_group(rhyme)
        return
    for i in rhyme.seldom:
        foot = rhyme.foot(i)
        yield _seldom_foot(foot.line, foot.column, foot.place, group)
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
        if before < line and groups_of[i]:  # of what can't be read, two are not the same
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
