"""The scansion of many poems at once: ``scansion.scan`` by tables of couplets, its costs and, where they are wanted,
the readings it chooses.

The tables are filled as poems bring new couplets of tones, by ``scansion.read_couplet`` (that is, by the rule functions
over tone strings), ``opening_cost``, ``joint_cost`` and ``closing_cost``. Imports numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from yayun.prosody.forms.regulated import line_tones
from yayun.prosody.meter.oblique import best_line
from yayun.prosody.meter.scansion import (
    ERROR,
    CoupletReading,
    Face,
    closing_cost,
    joint_cost,
    opening_cost,
    read_couplet,
)
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Costs = NDArray[np.int32]
_NEVER = 1 << 28  # the cost of an end that a couplet can't have


@cache
def line_strings(width: int) -> tuple[str, ...]:
    """A line's symbols by their number in base 3."""
    return tuple("".join(symbols) for symbols in product(LEVEL + OBLIQUE + OPEN, repeat=width))


@cache
def _faces(width: int, *, first: bool) -> tuple[Face, ...]:
    """Every face a couplet can have, in the order in which ``read_couplet`` has them."""
    return tuple(
        Face(
            upper_type + lower_type,
            upper,
            lower,
            upper != line_tones(upper_type, width)[1],
            lower != line_tones(lower_type, width)[1],
        )
        for upper_type, lower_type in product("abAB" if first else "ab", "AB")
        for upper, lower in product(LEVEL + OBLIQUE, repeat=2)
    )


def _end(face: Face) -> tuple[str, str, bool]:
    """All that a later couplet sees of an earlier one."""
    return face.types[1], face.lower, face.opposed


@cache
def _ends() -> dict[tuple[str, str, bool], int]:
    """Every end, numbered."""
    return {end: i for i, end in enumerate(sorted({_end(face) for face in _faces(5, first=False)}))}


@cache
def _one_of_each_end(width: int) -> tuple[Face, ...]:
    sample = {_end(face): face for face in _faces(width, first=False)}
    return tuple(sample[end] for end in _ends())


# -- costs ------------------------------------------------------------------------------------------------------------


class _CoupletCosts:
    """What couplets of one width add to a poem, by their symbols: for a first couplet the cost at each end, (2, ends),
    by whether the first line can rhyme; for a later one from the end before it to its own, (ends, ends)."""

    def __init__(self, width: int, *, first: bool) -> None:
        self.first, self.lines, self.strings = first, 3**width, line_strings(width)
        faces = _faces(width, first=first)
        # What the place in the poem adds to each face, by what is before it.
        before = (
            [[opening_cost(face, first_rhymes=can) for face in faces] for can in (False, True)]
            if first
            else [[joint_cost(other, face) for face in faces] for other in _one_of_each_end(width)]
        )
        self.before = {face: np.array([row[i] for row in before], dtype=np.int32) for i, face in enumerate(faces)}
        self.row_of = np.full(self.lines**2, -1, dtype=np.int32)
        self.rows = np.empty((0, len(before), len(_ends())), dtype=np.int32)

    def __call__(self, upper: Ints, lower: Ints) -> Costs:
        pairs = upper * self.lines + lower
        rows = self.row_of[pairs]
        if (rows < 0).any():
            self._learn(np.unique(pairs[rows < 0]))
            rows = self.row_of[pairs]
        found: Costs = self.rows[rows]
        return found

    def _learn(self, pairs: Ints) -> None:
        ends = _ends()
        new = np.full((len(pairs), *self.rows.shape[1:]), _NEVER, dtype=np.int32)
        for row, pair in zip(new, pairs.tolist(), strict=True):
            upper, lower = divmod(pair, self.lines)
            for reading in read_couplet(self.strings[upper], self.strings[lower], first=self.first):
                column = row[:, ends[_end(reading.face)]]
                np.minimum(column, self.before[reading.face] + reading.cost, out=column)
        self.row_of[pairs] = np.arange(len(self.rows), len(self.rows) + len(pairs), dtype=np.int32)
        self.rows = np.concatenate([self.rows, new])


@cache
def _couplet_costs(width: int, *, first: bool) -> _CoupletCosts:
    return _CoupletCosts(width, first=first)


def scansion_costs(symbols: Ints, first_rhymes: NDArray[np.bool_], width: int) -> Floats:
    """The cost of the best scansion of each poem, in errors: ``scansion.scan`` for all of them. ``symbols`` (n, lines):
    a number in base 3 for each line."""
    opening = _couplet_costs(width, first=True)(symbols[:, 0], symbols[:, 1])
    cost = opening[np.arange(len(symbols)), first_rhymes.astype(np.int64)]
    for line in range(2, symbols.shape[1], 2):
        joined = _couplet_costs(width, first=False)(symbols[:, line], symbols[:, line + 1])
        joined += cost[:, :, None]
        cost = joined.min(axis=1)
    closing = np.array([closing_cost(face) for face in _one_of_each_end(width)], dtype=np.int32)
    least: Floats = (cost + closing).min(axis=1) / ERROR
    return least


# -- oblique rhymes ---------------------------------------------------------------------------------------------------

_UNSET, _ANY = -1, 2  # a line not met yet; no tone is wanted


class _ObliqueLines:
    """What lines of one width cost in verse that rhymes in an oblique group, and the tone of their second character
    (平 0, 仄 1), by the tone wanted there (``_ANY``: none), whether they rhyme, and their symbols."""

    def __init__(self, width: int) -> None:
        self.strings = line_strings(width)
        self.cost = np.zeros((3, 2, 3**width))
        self.second = np.full(self.cost.shape, _UNSET, dtype=np.int64)

    def __call__(self, wanted: Ints, rhymes: Ints, symbols: Ints) -> tuple[Floats, Ints]:
        at = wanted, rhymes, symbols
        if (self.second[at] == _UNSET).any():
            for case in set(zip(*(part.tolist() for part in at), strict=True)):
                tone, rhymed, number = case
                price, tones = best_line(self.strings[number], bool(rhymed), (*_TONES, None)[tone])
                self.cost[case], self.second[case] = price, _TONES.index(tones[1])
        return self.cost[at], self.second[at]


_TONES = (LEVEL, OBLIQUE)


@cache
def _oblique_lines(width: int) -> _ObliqueLines:
    return _ObliqueLines(width)


def oblique_costs(symbols: Ints, first_rhymes: NDArray[np.bool_], width: int) -> Floats:
    """The cost of poems in oblique groups: ``oblique.scan_oblique`` for all of them; ``symbols`` as in
    ``scansion_costs``."""
    lines, cost = _oblique_lines(width), np.zeros(len(symbols))
    second = np.full(len(symbols), _ANY)
    for line in range(symbols.shape[1]):
        rhymes = first_rhymes.astype(np.int64) if line == 0 else np.full(len(symbols), line % 2)
        wanted = 1 - second if line % 2 else second
        price, second = lines(wanted, rhymes, symbols[:, line])
        cost += price
    return cost


# -- readings ---------------------------------------------------------------------------------------------------------

# A cost and the number of a face in one number, so that of equal costs the first face is the least, as ``scan`` has it.
_FACES = 64


class _CoupletReadings:
    """The readings of couplets of one width, by their symbols: the cost of each face, (faces,), and the number of the
    reading that has it; of each reading whether it is ``faulty`` and whether its upper line is read as rhyming."""

    def __init__(self, width: int, *, first: bool) -> None:
        self.first, self.lines, self.strings = first, 3**width, line_strings(width)
        self.number = {face: i for i, face in enumerate(_faces(width, first=first))}
        self.row_of = np.full(self.lines**2, -1, dtype=np.int32)
        self.costs = np.empty((0, len(self.number)), dtype=np.int64)
        self.reading = np.empty((0, len(self.number)), dtype=np.int64)
        self.readings: list[CoupletReading] = []
        self.faulty = np.empty(0, dtype=np.bool_)
        self.rhyming = np.empty(0, dtype=np.bool_)

    def rows(self, upper: Ints, lower: Ints) -> NDArray[np.int32]:
        """The row of each couplet."""
        pairs = upper * self.lines + lower
        rows: NDArray[np.int32] = self.row_of[pairs]
        if (rows < 0).any():
            self._learn(np.unique(pairs[rows < 0]))
            rows = self.row_of[pairs]
        return rows

    def _learn(self, pairs: Ints) -> None:
        costs = np.full((len(pairs), len(self.number)), _NEVER, dtype=np.int64)
        reading = np.zeros(costs.shape, dtype=np.int64)
        for i, pair in enumerate(pairs.tolist()):
            upper, lower = divmod(pair, self.lines)
            for found in read_couplet(self.strings[upper], self.strings[lower], first=self.first):
                number = self.number[found.face]
                costs[i, number], reading[i, number] = found.cost, len(self.readings)
                self.readings.append(found)
        self.row_of[pairs] = np.arange(len(self.costs), len(self.costs) + len(pairs), dtype=np.int32)
        self.costs = np.concatenate([self.costs, costs])
        learnt = self.readings[len(self.faulty) :]
        self.faulty = np.concatenate([self.faulty, [found.faulty for found in learnt]])
        self.rhyming = np.concatenate([self.rhyming, [found.types[0].isupper() for found in learnt]])
        self.reading = np.concatenate([self.reading, reading])


@cache
def _couplet_readings(width: int, *, first: bool) -> _CoupletReadings:
    return _CoupletReadings(width, first=first)


@cache
def _by_end(width: int, *, first: bool) -> Ints:
    """The numbers of the faces with each end, (ends, faces)."""
    ends = [_ends()[_end(face)] for face in _faces(width, first=first)]
    return np.array([[i for i, end in enumerate(ends) if end == wanted] for wanted in range(len(_ends()))])


@cache
def _joints(width: int) -> Ints:
    """What joining costs, from each end to each face, (ends, faces)."""
    faces = _faces(width, first=False)
    return np.array([[joint_cost(other, face) for face in faces] for other in _one_of_each_end(width)]) * _FACES


@dataclass(frozen=True, slots=True)
class Readings:
    """The best scansion of n poems: ``cost`` (n,) in errors; ``adheres`` (n,): no couplet breaks 粘; ``faulty`` and
    ``first_rhymes`` (n,) as of ``scansion.Scansion``; ``reading`` (n, couplets) the numbers of what each couplet is
    read as; ``known`` has the readings of first couplets and of later ones, by number."""

    cost: Floats
    adheres: NDArray[np.bool_]
    faulty: NDArray[np.bool_]
    first_rhymes: NDArray[np.bool_]
    reading: Ints
    known: tuple[Sequence[CoupletReading], Sequence[CoupletReading]]


def scansion_readings(symbols: Ints, first_rhymes: NDArray[np.bool_], width: int) -> Readings:
    """``scansion.scan`` of many poems; ``symbols`` as in ``scansion_costs``."""
    tables = [_couplet_readings(width, first=line == 0) for line in range(0, symbols.shape[1], 2)]
    rows = [table.rows(symbols[:, 2 * k], symbols[:, 2 * k + 1]) for k, table in enumerate(tables)]
    opening = [[opening_cost(f, first_rhymes=can) for f in _faces(width, first=True)] for can in (False, True)]
    cost = tables[0].costs[rows[0]] + np.array(opening)[first_rhymes.astype(np.int64)]
    come_from: list[Ints] = []
    for k in range(1, len(tables)):
        of_end = _by_end(width, first=k == 1)
        keyed = (cost * _FACES + np.arange(cost.shape[1]))[:, of_end].min(axis=2)
        joined = (keyed[:, :, None] + _joints(width)).min(axis=1)
        come_from.append(joined % _FACES)
        cost = tables[k].costs[rows[k]] + joined // _FACES
    cost = cost + np.array([closing_cost(face) for face in _faces(width, first=len(tables) == 1)])
    every, face = np.arange(len(symbols)), cost.argmin(axis=1)
    total = cost[every, face] / ERROR
    reading = np.empty((len(symbols), len(tables)), dtype=np.int64)
    adheres = np.ones(len(symbols), dtype=np.bool_)
    faulty = np.zeros(len(symbols), dtype=np.bool_)
    for k in range(len(tables) - 1, -1, -1):
        reading[:, k] = tables[k].reading[rows[k], face]
        faulty |= tables[k].faulty[reading[:, k]]
        if k:
            before = come_from[k - 1][every, face]
            adheres &= _adhering(width, first=k == 1)[before, face]
            face = before
    later = _couplet_readings(width, first=False).readings
    rhyming = tables[0].rhyming[reading[:, 0]]
    return Readings(total, adheres, faulty | ~adheres, rhyming, reading, (tables[0].readings, later))


@cache
def _adhering(width: int, *, first: bool) -> NDArray[np.bool_]:
    """Do two faces, by number, hold 粘; ``first``: the former is a first couplet's."""
    return np.array(
        [[one.lower == two.upper for two in _faces(width, first=False)] for one in _faces(width, first=first)]
    )
