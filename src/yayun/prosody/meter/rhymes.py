"""Which group a poem rhymes in, and what its feet make of it; what is wrong with them, ``rhyme_rules`` say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from yayun.prosody.books.book import RhymeBook
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
