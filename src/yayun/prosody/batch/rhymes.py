"""The rhymes of many poems at once: ``rhymes.find_rhyme`` and the score, one time for each case. Imports numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from yayun.prosody.batch.text import FootGroups, Text
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.meter.rhyme_rules import regulated_rhyme
from yayun.prosody.meter.rhymes import Rhyme, foot_credit, leads, likely_group, seldom_feet

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
_Case = tuple[float, bool, bool, int]


@dataclass(frozen=True, slots=True)
class Rhymes:
    """Of each of n poems: the rhyme ``score``, whether the first line ``leads`` (can rhyme; in an oblique group: does),
    whether the group is ``oblique``, and its number in ``group_names`` (0: none)."""

    score: Floats
    leads: Flags
    oblique: Flags
    group: NDArray[np.int64]


def rhymes_of_all(text: Text, asked: Sequence[str | None], fits: Flags, book: RhymeBook) -> Rhymes:
    """The rhymes of poems of one shape. ``asked``: a group of the book for each, or None; ``fits`` (n, lines)."""
    # Which feet repeat an earlier one: they earn nothing.
    chars = text.ends[:, 1::2]
    repeats = np.zeros(chars.shape, dtype=np.bool_)
    for k in range(1, len(chars.T)):
        repeats[:, k] = (chars[:, k : k + 1] == chars[:, :k]).any(axis=1)
    numbers = _group_numbers(book)
    wanted = np.fromiter(map(numbers.__getitem__, asked), dtype=np.int64, count=len(asked))
    feet = np.where(fits, text.feet, -1)
    ruling = np.column_stack([feet[:, 0], feet[:, 1::2]])
    asked_and_level = (chars.shape[1] * len(numbers) + wanted) * 2 + text.first_level
    keys = [*_packed(ruling + 1, 15), *_packed(repeats.astype(np.int64), 1), asked_and_level.tolist()]
    named, known = text.foot_groups, _known_cases(book)
    cases = list(map(known.get, zip(*keys, strict=True)))
    for i, case in enumerate(cases):
        if case is None:
            groups_of = [named[foot] if foot >= 0 else None for foot in ruling[i].tolist()]
            case = _rhyme_case(book, groups_of, bool(text.first_level[i]), asked[i], repeats[i].tolist())
            cases[i] = known[tuple(key[i] for key in keys)] = case
    found = np.array(cases, dtype=np.float64)
    return Rhymes(found[:, 0], found[:, 1] > 0, found[:, 2] > 0, found[:, 3].astype(np.int64))


def _packed(columns: NDArray[np.int64], bits: int) -> list[list[int]]:
    """Columns of numbers of so many bits, (n, k), put together in as few as will hold them."""
    per = 60 // bits
    parts = [columns[:, start : start + per] for start in range(0, columns.shape[1], per)]
    return [(part << bits * np.arange(part.shape[1])).sum(axis=1).tolist() for part in parts]


def faulty_rhymes(
    text: Text, rhymed: Rhymes, first_rhymes: Flags, at: Ints, rhyme_of: Callable[[int], Rhyme], book: RhymeBook
) -> Flags:
    """Have the rules of rhyme an error to report, of the poems ``at`` (their indices)? (len(at),). ``first_rhymes``
    (n,): the first line is read as a rhyming one; ``rhyme_of``: the rhyme of a poem, by its index."""
    # An error depends on the feet's groups, on which characters repeat, and on the group; the rest is its wording.
    rhyming = [0, *range(1, text.ends.shape[1], 2)]
    same = [text.ends[at][:, one] == text.ends[at][:, other] for one, other in combinations(rhyming, 2)]
    keys = [
        *_packed(text.feet[at][:, rhyming], 15),
        *_packed(np.column_stack(same).astype(np.int64), 1),
        (rhymed.group[at] * 2 + first_rhymes[at]).tolist(),
    ]
    known, cases = _known_faults(book, text.ends.shape[1]), list(zip(*keys, strict=True))
    for i, case in zip(at.tolist(), cases, strict=True):
        if case not in known:
            said = regulated_rhyme(rhyme_of(i), first_rhymes=bool(first_rhymes[i]))
            known[case] = any(finding.severity == "error" for finding in said)
    return np.array([known[case] for case in cases], dtype=np.bool_)


@cache
def _known_faults(book: RhymeBook, count: int) -> dict[tuple[int, ...], bool]:
    """Cases of ``faulty_rhymes`` met so far in poems of so many lines, by their numbers."""
    return {}


@cache
def group_names(book: RhymeBook) -> tuple[str | None, ...]:
    """None, and every group in the order of the book."""
    return None, *book.groups


@cache
def _group_numbers(book: RhymeBook) -> dict[str | None, int]:
    return {name: i for i, name in enumerate(group_names(book))}


@cache
def _known_cases(book: RhymeBook) -> dict[tuple[int, ...], _Case]:
    """Cases of ``_rhyme_case`` met so far, by their numbers."""
    return {}


def _rhyme_case(
    book: RhymeBook,
    feet_of: Sequence[FootGroups | None],
    first_level: bool,
    asked: str | None,
    repeats: Sequence[int],
) -> _Case:
    """``feet_of``: the groups of the first foot and of the even ones, None for a line of another length."""
    # As the lines of a poem have them: what the other lines end in has no part in it.
    lead, *even = feet_of
    lines = [lead, *[foot for found in even for foot in (found, found)][:-1]] if even else [lead]
    groups_of = [None if foot is None else foot.usual for foot in lines]
    also = [frozenset[str]() if foot is None else foot.also for foot in lines]
    group = asked or likely_group(book, tuple(groups_of), tuple(also))
    if group is None:
        return 0.0, False, False, 0
    for i in seldom_feet(group, groups_of, also):
        groups_of[i] = frozenset((group,)) | (groups_of[i] or frozenset())
    first, feet = groups_of[0], groups_of[1::2]
    can_rhyme, oblique = first is not None and leads(book, group, first), not book.level(group)
    kept = sum(foot_credit(book, group, foot) for k, foot in enumerate(feet) if foot and not repeats[k])
    if first_level and not can_rhyme and not oblique:
        kept -= 0.5
    first_rhymes = group in (first or ()) if oblique else can_rhyme
    return max(0.0, kept / len(feet)), first_rhymes, oblique, _group_numbers(book)[group]
