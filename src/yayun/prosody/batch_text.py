"""Reading many poems of one shape at once: tones and rhyme feet by table, as ``lexicon.read_line`` gives them.

A table by code point holds what a character is without context. The few hundred characters that a neighbour can decide
are looked up with their neighbours; the answer comes from ``read_line`` itself, once for each case. Imports numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from yayun.prosody import context, tables
from yayun.prosody.forms.regulated import LEVEL, OBLIQUE, OPEN
from yayun.prosody.lexicon import Place, read_line, standardize

_CODES = 0x110000
_SYMBOLS = LEVEL + OBLIQUE + OPEN


@dataclass(frozen=True, slots=True)
class Text:
    """n poems: ``symbols`` (n, lines) a number in base 3 a line (平 0, 仄 1, 中 2); ``feet`` (n, lines) index
    ``foot_groups``, ``ends`` (n, lines) are the code points of the same characters in standard forms; ``codes``
    (n, lines, width) the code points as given; ``first_level`` (n,): the first line can end level only."""

    symbols: NDArray[np.int64]
    feet: NDArray[np.int64]
    ends: NDArray[np.int32]
    codes: NDArray[np.int64]
    first_level: NDArray[np.bool_]
    foot_groups: list[frozenset[str]]

    @property
    def standard(self) -> NDArray[np.int32]:
        """``codes`` in standard forms."""
        found: NDArray[np.int32] = _characters().standard[self.codes]
        return found

    @property
    def unresolved(self) -> NDArray[np.bool_]:
        """Has a poem a character without a reading? (n,)"""
        found: NDArray[np.bool_] = np.any(_characters().unresolved[self.codes], axis=(1, 2))
        return found


class _Characters:
    """What is known of each code point, filled in as texts bring them."""

    def __init__(self) -> None:
        self.known = np.zeros(_CODES, dtype=bool)
        self.symbol = np.zeros(_CODES, dtype=np.int8)
        self.contextual = np.zeros(_CODES, dtype=bool)
        self.unresolved = np.zeros(_CODES, dtype=bool)
        self.foot = np.zeros(_CODES, dtype=np.int16)
        self.standard = np.arange(_CODES, dtype=np.int32)
        self.groups: list[frozenset[str]] = []
        self.number: dict[frozenset[str], int] = {}
        self.cases: dict[int, tuple[int, int]] = {}

    def learn(self, codes: NDArray[np.int64]) -> None:
        """Look up code points for the first time."""
        for code in codes.tolist():
            char = chr(code)
            self.known[code] = True
            self.contextual[code] = char in context.contextual()
            place = context.alone(char)
            self.unresolved[code] = not place.readings
            self.symbol[code], self.foot[code] = self.of_place(place)
            self.standard[code] = ord(standardize(char))

    def of_place(self, place: Place) -> tuple[int, int]:
        """The symbol and the foot of a place as numbers."""
        if (number := self.number.get(place.groups)) is None:
            number = self.number[place.groups] = len(self.groups)
            self.groups.append(place.groups)
        return _SYMBOLS.index(place.symbol), number


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of characters as sorted numbers; ``hashed``: which hashes they have, by which most others are seen not to
    be among them; ``long``: which are part of a word of three and more characters (the first entry stands for none)."""

    numbers: NDArray[np.int64]
    hashed: NDArray[np.bool_]
    long: NDArray[np.bool_]

    @classmethod
    def of(cls, pairs: set[str], long: set[str]) -> _Pairs:
        numbers, hashed = _pair_numbers(pairs | long), np.zeros(_HASHES, dtype=bool)
        hashed[_hash(numbers)] = True
        return cls(numbers, hashed, np.insert(np.isin(numbers, _pair_numbers(long)), 0, False))

    def places(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """1 + the index of each number, 0 where it is not there."""
        found = np.zeros(len(wanted), dtype=np.int64)
        if not len(self.numbers):
            return found
        likely = np.flatnonzero(self.hashed[_hash(wanted)])
        at = np.minimum(np.searchsorted(self.numbers, wanted[likely]), len(self.numbers) - 1)
        found[likely] = np.where(self.numbers[at] == wanted[likely], at + 1, 0)
        return found


_HASHES = 1 << 18


def _hash(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of pairs as numbers, below ``_HASHES``; the product wraps."""
    found: NDArray[np.int64] = (numbers * 0x9E3779B97F4A7C1) >> 40 & (_HASHES - 1)
    return found


def _pair_numbers(pairs: set[str]) -> NDArray[np.int64]:
    return np.array(sorted(ord(pair[0]) << 21 | ord(pair[1]) for pair in pairs), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Deciding:
    """What can decide a character: pairs, folded, with the character before it and after it."""

    folded: NDArray[np.int32]
    before: _Pairs
    after: _Pairs


@cache
def _deciding() -> _Deciding:
    folded = np.arange(_CODES, dtype=np.int32)
    for code, char in tables.folding().items():
        folded[code] = ord(char)
    words = tables.compounds()
    marks = [(word, at) for word, found in words.items() for at, _ in found]
    before = {word for word, at in marks if len(word) == 2 and at == 1}
    after = {word for word, at in marks if len(word) == 2 and at == 0}
    for char, neighbour in context.cues():
        if neighbour.startswith("<"):
            before.add(neighbour[1] + char)
        else:
            after.add(char + neighbour[1])
    long_before = {word[at - 1 : at + 1] for word, at in marks if len(word) > 2 and at > 0}
    long_after = {word[at : at + 2] for word, at in marks if len(word) > 2 and at < len(word) - 1}
    return _Deciding(folded, _Pairs.of(before, long_before), _Pairs.of(after, long_after))


@cache
def _characters() -> _Characters:
    return _Characters()


def read_text(text: str, width: int, count: int) -> Text:
    """Read poems that have ``count`` lines of ``width`` characters each, given one after the other without breaks."""
    return read_codes(code_points(text), width, count)


def code_points(text: str) -> NDArray[np.int64]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)


def read_codes(points: NDArray[np.int64], width: int, count: int) -> Text:
    """``read_text`` of code points."""
    table = _characters()
    codes = points.reshape(-1, width)
    fresh = ~table.known[codes]
    if fresh.any():
        table.learn(np.unique(codes[fresh]))
    symbols, feet = table.symbol[codes].astype(np.int64), table.foot[codes[:, -1]].astype(np.int64)
    _decide_by_context(table, codes, symbols, feet)
    numbers = symbols @ (3 ** np.arange(width - 1, -1, -1, dtype=np.int64))
    ends = symbols[:, -1].reshape(-1, count)
    by_poem = codes.reshape(-1, count, width)
    return Text(
        numbers.reshape(-1, count),
        feet.reshape(-1, count),
        table.standard[by_poem[:, :, -1]],
        by_poem,
        ends[:, 0] == 0,
        table.groups,
    )


def _decide_by_context(
    table: _Characters, codes: NDArray[np.int64], symbols: NDArray[np.int64], feet: NDArray[np.int64]
) -> None:
    """Put right, in place, the characters that their neighbours decide."""
    deciding = _deciding()
    rows, columns = np.nonzero(table.contextual[codes])
    padded = np.pad(codes, ((0, 0), (1, 1)), constant_values=ord(context.BREAK))
    window = [padded[rows, columns + i] for i in range(3)]
    before, char, after = (deciding.folded[part].astype(np.int64) for part in window)
    left, right = deciding.before.places(before << 21 | char), deciding.after.places(char << 21 | after)
    in_long_words = np.unique(rows[deciding.before.long[left] | deciding.after.long[right]]).tolist()
    decided = (left > 0) | (right > 0)
    rows, columns = rows[decided], columns[decided]
    # What decides a character depends on nothing but itself and the two pairs.
    keys = (window[1] << 42 | left << 21 | right)[decided]
    unique, sample, inverse = np.unique(keys, return_index=True, return_inverse=True)
    answers = np.empty((len(unique), 2), dtype=np.int64)
    samples = np.stack([part[decided][sample] for part in window], axis=1).tolist()
    for k, (key, three) in enumerate(zip(unique.tolist(), samples, strict=True)):
        if (answer := table.cases.get(key)) is None:
            place = context.between_neighbours("".join(map(chr, three)))
            answer = table.cases[key] = table.of_place(place)
        answers[k] = answer
    found = answers[inverse.reshape(-1)]
    symbols[rows, columns] = found[:, 0]
    at_end = columns == codes.shape[1] - 1
    feet[rows[at_end]] = found[at_end, 1]
    for row in in_long_words:  # the whole line is read
        numbers = [table.of_place(place) for place in read_line("".join(map(chr, codes[row].tolist())))]
        symbols[row] = [number for number, _ in numbers]
        feet[row] = numbers[-1][1]
