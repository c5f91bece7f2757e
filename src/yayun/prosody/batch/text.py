"""Reading many poems of one shape at once: tones and rhyme feet by table, as ``lexicon.read_line`` gives them.

A table by code point holds what a character is without context. For those that what stands around them may decide, the
odds are summed from ``likelihood``'s table for all places together; the few where a word speaks are read one by one.
What comes of it, ``readings.line`` itself says, once for each case. Imports numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yayun.prosody import tables
from yayun.prosody.readings import likelihood, line, words
from yayun.prosody.readings.lexicon import Place, standardize
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

_CODES = 0x110000
_SYMBOLS = LEVEL + OBLIQUE + OPEN
# Outcomes of the odds, as ``line.outcome`` has them.
_OUTCOMES = (OPEN, LEVEL, OBLIQUE, line.UNKNOWN)


class FootGroups(NamedTuple):
    """The rhyme groups in play at a foot, and those of readings that stand back."""

    usual: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """n poems: ``symbols`` (n, lines) a number in base 3 a line (平 0, 仄 1, 中 2), ``loose`` the same with the
    readings that stand back; ``feet`` (n, lines) index ``foot_groups``, ``ends`` (n, lines) are the code points of the
    same characters in standard forms; ``codes`` (n, lines, width) the code points as given; ``first_level`` (n,): the
    first line can end level only. ``decided`` (k, 3): the places that context decides, in reading order, each by its
    poem, its index in the poem's text with breaks around the lines, and its number in ``places``."""

    symbols: NDArray[np.int64]
    loose: NDArray[np.int64]
    feet: NDArray[np.int64]
    ends: NDArray[np.int32]
    codes: NDArray[np.int64]
    first_level: NDArray[np.bool_]
    foot_groups: list[FootGroups]
    decided: NDArray[np.int64]
    places: list[Place]

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
        self.loose = np.zeros(_CODES, dtype=np.int8)
        self.contextual = np.zeros(_CODES, dtype=bool)
        self.unresolved = np.zeros(_CODES, dtype=bool)
        self.foot = np.zeros(_CODES, dtype=np.int16)
        self.standard = np.arange(_CODES, dtype=np.int32)
        self.groups: list[FootGroups] = []
        self.number: dict[FootGroups, int] = {}
        self.places: list[Place] = []
        self.place_number: dict[Place, int] = {}
        self.cases: dict[int, tuple[int, int, int, int, int]] = {}

    def learn(self, codes: NDArray[np.int64]) -> None:
        """Look up code points for the first time."""
        for code in codes.tolist():
            char = chr(code)
            self.known[code] = True
            self.contextual[code] = line.is_contextual(char)
            place = line.alone(char)
            self.unresolved[code] = not place.readings
            self.symbol[code], self.loose[code], _, self.foot[code], _ = self.of_place(place)
            self.standard[code] = ord(standardize(char))

    def of_place(self, place: Place) -> tuple[int, int, int, int, int]:
        """The symbol, the loose one, that at a foot, and the foot's groups, of a place, and the place, as numbers."""
        groups = FootGroups(place.groups, place.also)
        if (number := self.number.get(groups)) is None:
            number = self.number[groups] = len(self.groups)
            self.groups.append(groups)
        if (known := self.place_number.get(place)) is None:
            known = self.place_number[place] = len(self.places)
            self.places.append(place)
        symbols = (_SYMBOLS.index(symbol) for symbol in (place.symbol, place.loose, place.at_foot))
        return (*symbols, number, known)  # type: ignore[return-value]


_HASHES = 1 << 19


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Sorted numbers; ``hashed``: which hashes they have, by which most others are seen not to be among them."""

    numbers: NDArray[np.int64]
    hashed: NDArray[np.bool_]

    @classmethod
    def of(cls, numbers: NDArray[np.int64]) -> _Numbers:
        hashed = np.zeros(_HASHES, dtype=bool)
        hashed[_hash(numbers)] = True
        return cls(numbers, hashed)

    def places(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """1 + the index of each number, 0 where it is not there."""
        found = np.zeros(len(wanted), dtype=np.int64)
        if not len(self.numbers):
            return found
        likely = np.flatnonzero(self.hashed[_hash(wanted)])
        at = np.minimum(np.searchsorted(self.numbers, wanted[likely]), len(self.numbers) - 1)
        found[likely] = np.where(self.numbers[at] == wanted[likely], at + 1, 0)
        return found


def _hash(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of numbers, below ``_HASHES``; the product wraps."""
    found: NDArray[np.int64] = (numbers * 0x9E3779B97F4A7C1) >> 40 & (_HASHES - 1)
    return found


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of characters that are part of a word; ``long`` (the first entry stands for none): of one of three and more
    characters, or at a line's end."""

    numbers: _Numbers
    long: NDArray[np.bool_]

    @classmethod
    def of(cls, found: dict[str, tuple[words.Word, ...]]) -> _Pairs:
        rows = sorted((ord(pair[0]) << 21 | ord(pair[1]), pair, found[pair]) for pair in found)
        numbers = np.array([number for number, *_ in rows], dtype=np.int64)
        long = [pair[1] == line.BREAK or any(len(word.text) > 2 for word in said) for _, pair, said in rows]
        return cls(_Numbers.of(numbers), np.array([False, *long]))


@dataclass(frozen=True, slots=True)
class _Deciding:
    """What can decide a character. ``folded`` (by code point); ``bias`` (by folded code point) the odds with nothing
    known, ``_UNKNOWN`` where there are none; ``features`` the numbers of what adds to them and ``weights`` how much
    (the first is 0, for none); ``before`` and ``after``: pairs with the neighbour that are part of a word; ``merged``,
    ``traditional``, ``simplified`` (by code point) as ``line.is_traditional`` wants them."""

    folded: NDArray[np.int32]
    bias: NDArray[np.int16]
    features: _Numbers
    weights: NDArray[np.int32]
    before: _Pairs
    after: _Pairs
    merged: NDArray[np.bool_]
    traditional: NDArray[np.bool_]
    simplified: NDArray[np.bool_]


_UNKNOWN = -(1 << 15)


def _feature(kind: int | NDArray[np.int64], char: NDArray[np.int64], beside: NDArray[np.int64]) -> NDArray[np.int64]:
    """A character with a feature of its place, as a number."""
    found: NDArray[np.int64] = (char << 21 | beside) << 3 | kind
    return found


@cache
def _deciding() -> _Deciding:
    folded = np.arange(_CODES, dtype=np.int32)
    for code, char in tables.folding().items():
        folded[code] = ord(char)
    bias = np.full(_CODES, _UNKNOWN, dtype=np.int16)
    found: dict[int, int] = {}
    for char in tables.likelihoods():
        if (learnt := likelihood.of_character(char)) is not None:
            bias[ord(char)] = learnt.bias
            for kind, adds in enumerate(learnt.adds):
                found |= {(ord(char) << 21 | ord(other)) << 3 | kind: weight for other, weight in adds.items()}
    numbers = np.array(sorted(found), dtype=np.int64)
    weights = np.array([0, *(found[number] for number in numbers.tolist())], dtype=np.int32)
    before, after = (
        _Pairs.of({pair.replace(words.END, line.BREAK): rows for pair, rows in found.items()})
        for found in words.by_pair()
    )
    return _Deciding(
        folded,
        bias,
        _Numbers.of(numbers),
        weights,
        before,
        after,
        _flags(tables.merged()),
        _flags(tables.only_traditional()),
        _flags(tables.only_simplified()),
    )


def _flags(chars: frozenset[str]) -> NDArray[np.bool_]:
    found = np.zeros(_CODES, dtype=np.bool_)
    found[[ord(char) for char in chars]] = True
    return found


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
    loose = table.loose[codes].astype(np.int64)
    decided = _decide_by_context(table, codes, symbols, loose, feet, count)
    base = 3 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    ends = symbols[:, -1].reshape(-1, count)
    by_poem = codes.reshape(-1, count, width)
    return Text(
        (symbols @ base).reshape(-1, count),
        (loose @ base).reshape(-1, count),
        feet.reshape(-1, count),
        table.standard[by_poem[:, :, -1]],
        by_poem,
        ends[:, 0] == 0,
        table.groups,
        decided,
        table.places,
    )


def _decide_by_context(
    table: _Characters,
    codes: NDArray[np.int64],
    symbols: NDArray[np.int64],
    loose: NDArray[np.int64],
    feet: NDArray[np.int64],
    count: int,
) -> NDArray[np.int64]:
    """Put right, in place, the characters that what stands around them decides; returns ``Text.decided``."""
    deciding = _deciding()
    rows, columns = np.nonzero(table.contextual[codes])
    width = codes.shape[1]
    padded = np.pad(deciding.folded[codes].astype(np.int64), ((0, 0), (2, 2)), constant_values=ord(line.BREAK))
    window = [padded[rows, columns + i] for i in range(5)]
    char = window[2]
    joined, follows = _joined(columns, width)
    left = deciding.before.numbers.places(window[1] << 21 | char)
    right = deciding.after.numbers.places(char << 21 | window[3])
    odds = _odds(deciding, window, columns, width)
    outcome = np.where(odds >= likelihood.SETTLED, 1, np.where(odds <= -likelihood.SETTLED, 2, 0))
    outcome[deciding.bias[char] == _UNKNOWN] = 3
    given = codes[rows, columns]
    own = deciding.merged[given]
    if own.any():
        own &= _some(deciding.traditional[codes])[rows] & ~_some(deciding.simplified[codes])[rows]
    alone = (outcome == 3) & (((left > 0) & ~joined) | ((right > 0) & ~follows))
    alone |= deciding.before.long[left] | deciding.after.long[right]
    left, right = np.where(joined, left, 0), np.where(follows, right, 0)
    # What a character is depends on nothing but itself, the script, the words of two characters and the odds.
    keys = (((given << 13 | left) << 13 | right) << 1 | alone) << 3 | own.astype(np.int64) << 2 | outcome
    unique, sample, inverse = np.unique(keys, return_index=True, return_inverse=True)
    answers = np.empty((len(unique), 5), dtype=np.int64)
    for k, (key, at) in enumerate(zip(unique.tolist(), sample.tolist(), strict=True)):
        if (answer := table.cases.get(key)) is None:
            if key >> 3 & ((1 << 27) - 1) == 0:
                place = line.by_odds(chr(key >> 30), bool(key & 4), _OUTCOMES[key & 3])
            else:
                place = _place_at(codes, rows, columns, at)
            answer = table.cases[key] = table.of_place(place)
        answers[k] = answer
    found = answers[inverse.reshape(-1)]
    for k in np.flatnonzero(alone).tolist():
        found[k] = table.of_place(_place_at(codes, rows, columns, k))
    symbols[rows, columns], loose[rows, columns] = found[:, 0], found[:, 1]
    at_end = columns == width - 1
    feet[rows[at_end]] = found[at_end, 3]
    at_foot = at_end & (rows % count % 2 == 1)
    loose[rows[at_foot], width - 1] = found[at_foot, 2]
    return np.column_stack([rows // count, rows % count * (width + 1) + columns + 1, found[:, 4]])


def _place_at(codes: NDArray[np.int64], rows: NDArray[np.int64], columns: NDArray[np.int64], k: int) -> Place:
    """The place as the scalar code has it."""
    return line.decide("".join(map(chr, codes[rows[k]].tolist())), int(columns[k]))


def _joined(columns: NDArray[np.int64], width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Are the characters before and after each place in the same part of the line?"""
    part = np.array([*likelihood.parts(width), -1])
    return (part[columns] == part[columns - 1]) & (columns > 0), part[columns] == part[columns + 1]


def _some(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Is there one in a row?"""
    found: NDArray[np.bool_] = np.any(flags, axis=1)
    return found


def _odds(
    deciding: _Deciding, window: list[NDArray[np.int64]], columns: NDArray[np.int64], width: int
) -> NDArray[np.int32]:
    """``likelihood.log_odds`` of every place; ``window``: the two characters before it, itself and the two after it."""
    joined, follows = _joined(columns, width)
    place = np.array([ord(likelihood.place_key(width, i) or line.BREAK) for i in range(width)])
    char = window[2]
    odds = deciding.bias[char].astype(np.int32)
    for kind, beside in (
        (np.where(joined, likelihood.BEFORE, likelihood.BEFORE_APART), window[1]),
        (np.where(follows, likelihood.AFTER, likelihood.AFTER_APART), window[3]),
        (likelihood.SECOND_BEFORE, window[0]),
        (likelihood.SECOND_AFTER, window[4]),
        (likelihood.PLACE, place[columns]),
    ):
        odds += deciding.weights[deciding.features.places(_feature(kind, char, beside))]
    return odds
