"""Which poems share lines, over hundreds of thousands of them: lines hashed whole and with each character blanked.

``corpus.split`` states the rules; this is the arithmetic for many poems at a time. Lines are hashed to 64 bits (over
10 million lines two different ones meet with a chance of about 1 in 400,000).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# Shorter lines collide by chance (``corpus.split``).
SHORTEST = 5
_FILTER_BITS = 26
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Hashed:
    """Poems' lines as hashes. ``lines`` (lines,) uint64 and ``poem`` (lines,): the poem each belongs to;
    ``near`` (n,) uint64: the hashes of the lines of 5 characters and more with one character blanked, and
    ``near_poem``; two lines share one iff they have the same length and differ in at most one place."""

    count: int
    lines: np.ndarray
    poem: np.ndarray
    near: np.ndarray
    near_poem: np.ndarray

    def near_to(self, poems: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(poems,) bool: which of ``poems`` (a mask) have a line that is near to one of ``others`` (a mask)."""
        mine = np.flatnonzero(poems[self.near_poem])
        theirs = self.near[others[self.near_poem]]
        if len(mine) < len(theirs):
            theirs = theirs[is_among(theirs, self.near[mine])]
        found = np.zeros(self.count, bool)
        found[self.near_poem[mine[is_among(self.near[mine], theirs)]]] = True
        return found


def hash_poems(poems: Iterable[Sequence[str]]) -> Hashed:
    """Hash poems given as their lines, in one spelling."""
    poems = [[line for line in poem if line] for poem in poems]
    lines = [line for poem in poems for line in poem]
    poem_of_line = np.repeat(np.arange(len(poems), dtype=np.int32), [len(poem) for poem in poems])
    lengths = np.array([len(line) for line in lines], np.int64)
    codes = np.frombuffer("".join(lines).encode("utf-32-le"), "<u4").astype(np.uint64)
    starts = np.cumsum(lengths) - lengths
    line_of_char = np.repeat(np.arange(len(lines), dtype=np.int32), lengths)
    place = (np.arange(len(codes)) - starts[line_of_char]).astype(np.uint64)
    parts = _mix(codes * np.uint64(1 << 20) + place + np.uint64(1))
    # A sum of parts, one a place: taking a character out is taking its part out.
    whole = _mix(lengths.astype(np.uint64)) + (np.add.reduceat(parts, starts) if len(lines) else parts)
    long = lengths[line_of_char] >= SHORTEST
    near = (whole[line_of_char] - parts + _mix(place + np.uint64(1)))[long]
    return Hashed(len(poems), whole, poem_of_line, near, poem_of_line[line_of_char[long]])


def _mix(values: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: np.ndarray = mixed ^ (mixed >> np.uint64(31))
    return found


def is_among(many: np.ndarray, few: np.ndarray) -> np.ndarray:
    """(many,) bool: which hashes are among ``few``. Sorts ``few`` alone."""
    few = np.unique(few)
    found = np.zeros(len(many), bool)
    if not len(few):
        return found
    mask = np.uint64((1 << _FILTER_BITS) - 1)
    marked = np.zeros(1 << _FILTER_BITS, bool)
    marked[few & mask] = True
    for start in range(0, len(many), _CHUNK):
        part = many[start : start + _CHUNK]
        likely = np.flatnonzero(marked[part & mask])
        place = np.minimum(np.searchsorted(few, part[likely]), len(few) - 1)
        found[start + likely] = few[place] == part[likely]
    return found


def repeats(hashed: Hashed, first: int = 0) -> np.ndarray:
    """(poems,) bool: poems from number ``first`` on that stand whole before, or more than half of whose lines were
    new in one earlier poem."""
    order = np.argsort(hashed.lines, kind="stable")
    ordered = hashed.lines[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, bool)
    # The poem that had a line first: poems are in order, and the sort is stable.
    owner = np.empty(len(order), np.int64)
    owner[order] = hashed.poem[order][np.flatnonzero(new)[np.cumsum(new) - 1]] if len(order) else 0
    earlier = owner < hashed.poem
    pairs, counts = np.unique(hashed.poem[earlier] * np.int64(hashed.count) + owner[earlier], return_counts=True)
    total = np.bincount(hashed.poem, minlength=hashed.count)
    found = np.zeros(hashed.count, bool)
    poem = pairs // hashed.count
    found[poem[counts * 2 > total[poem]]] = True
    wholes = np.zeros(hashed.count, np.uint64)
    place = np.arange(len(hashed.lines)) - (np.cumsum(total) - total)[hashed.poem]
    np.add.at(wholes, hashed.poem, _mix(hashed.lines + place.astype(np.uint64)))
    with_lines = np.flatnonzero(total)
    found[with_lines] |= ~np.isin(np.arange(len(with_lines)), np.unique(wholes[with_lines], return_index=True)[1])
    found[:first] = False
    return found
