"""What a merged character is told apart by: its neighbours in the line, its place, and the line set against it.

Everything is computed on one long text at a time, as arrays: a line break after every line, a poem's title first and
marked by ``TITLE_MARK``, an empty line between poems. Characters are code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

TITLE_MARK = "^"
_BREAK = 10
_REACH = 3
# Weights live in a table of this many rows; features find theirs by hash.
TABLE_BITS = 22
FEATURES = 18


def joined(poems: Iterable[tuple[str, Sequence[str]]]) -> str:
    """(title, lines) pairs as one text. Titles and lines hold no line break."""
    return "\n\n".join("\n".join([TITLE_MARK + title, *lines]) for title, lines in poems)


def to_codes(text: str) -> np.ndarray:
    """(characters,) int64 code points."""
    return np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.int64)


def to_text(codes: np.ndarray) -> str:
    """The text of an array of code points."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")


@dataclass(frozen=True, slots=True)
class _Lines:
    """``number``: the line each character stands in; ``starts``, ``lengths``: where lines begin, how long they are."""

    number: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray


def _lines(codes: np.ndarray) -> _Lines:
    breaks = codes == _BREAK
    ends = np.flatnonzero(breaks)
    starts = np.concatenate([[0], ends + 1])
    lengths = np.concatenate([ends, [len(codes)]]) - starts
    return _Lines(np.cumsum(breaks) - breaks, starts, lengths)


def features(codes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(places, FEATURES) int32 rows of the weight table, for the characters of ``codes`` at the places ``at``."""
    left, right = _neighbours(codes, at, -1), _neighbours(codes, at, 1)
    place, partner = _places(codes, at)
    char = codes[at]
    looked_at = (
        (), (left[0],), (right[0],), (left[1],), (right[1],), (left[2],),
        (left[0], right[0]), (left[1], left[0]), (right[0], right[1]),
        (left[1], left[0], right[0]), (left[0], right[0], right[1]), (left[1], left[0], right[0], right[1]),
        (left[2], left[1], left[0]), (right[0], right[1], right[2]),
        (place,), (place, left[0]), (place, right[0]), (partner,),
    )  # fmt: skip
    rows = np.empty((len(at), FEATURES), np.int32)
    for kind, columns in enumerate(looked_at):
        rows[:, kind] = _hashed(char, np.full(len(at), kind), *columns)
    return rows


def _neighbours(codes: np.ndarray, at: np.ndarray, step: int) -> list[np.ndarray]:
    """The next ``_REACH`` characters on one side, 0 beyond the line's end."""
    found, inside = [], np.ones(len(at), bool)
    for distance in range(1, _REACH + 1):
        where = at + step * distance
        inside = inside & (where >= 0) & (where < len(codes))
        char = codes[np.clip(where, 0, len(codes) - 1)]
        inside = inside & (char != _BREAK) & (char != ord(TITLE_MARK))
        found.append(np.where(inside, char, 0))
    return found


def _places(codes: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(a number for the line's length and the place in it, the character at that place in the line set against it)."""
    lines = _lines(codes)
    number = lines.number[at]
    place = at - lines.starts[number]
    length = lines.lengths[number]
    count = len(lines.starts)
    titles = (lines.lengths > 0) & (codes[np.minimum(lines.starts, len(codes) - 1)] == ord(TITLE_MARK))
    first = np.maximum.accumulate(np.where(titles, np.arange(count), 0))
    in_poem = np.arange(count) - first  # 0 is the title
    other = np.clip(np.arange(count) + np.where(in_poem % 2 == 1, 1, -1), 0, count - 1)
    answered = (in_poem > 0) & ~titles[other] & (lines.lengths[other] == lines.lengths)
    partner = codes[np.clip(lines.starts[other[number]] + place, 0, len(codes) - 1)]
    where = np.where(titles[number], -1, np.minimum(length, 20) * 32 + np.minimum(place, 20))
    return where, np.where(answered[number], partner, 0)


def _hashed(*columns: np.ndarray) -> np.ndarray:
    mixed = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    found: np.ndarray = (mixed & np.uint64((1 << TABLE_BITS) - 1)).astype(np.int32)
    return found
