"""Reading a poem's lines as line types: the assignment that leaves least to explain, over the whole poem.

A line comes as *symbols*, one a character: 平, 仄, or 中 where either tone is open. Every line may be read as any of
the four types (rhyming lines as A or B, the others as a or b, the first as either), but leaving the standard order
costs, so that one slip stays one finding: a 失粘 does not turn the second half of the poem into faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from yayun.prosody.linerules import Verdict, couplet_verdicts, line_verdicts, pair_verdicts
from yayun.prosody.patterns import LEVEL, OBLIQUE, line_tones

OPEN = "中"
_COST = {"error": 1.0, "warning": 0.2, "note": 0.01}
# Leaving the standard order of types, where nothing else decides.
_DISORDER = 0.03
# A second place off where every neighbour it answers to says so already (失对, 失粘): the same slip. Otherwise it costs
# an error for every neighbour that it does agree with, since putting it right would break that.
_EXPLAINED = 0.15
# Open places that are tried in both tones, the decisive ones first (five-character numbering); the others take
# the type's own tone, which is never worse there.
_DECISIVE = (4, 3, 2, 0, 1)
_TRIED = 4

_ANSWER = {"a": "B", "b": "A", "A": "B", "B": "A"}
_NEXT = {"A": "a", "B": "b"}


@dataclass(frozen=True, slots=True)
class CoupletReading:
    """One way to read a couplet: the types, the tones chosen at open places, and what the rules say of them.

    ``cost`` leaves out what depends on the neighbours: 失对, and a wrong second place (``upper_off``, ``lower_off``).
    """

    types: str
    upper: str
    lower: str
    cost: float
    upper_off: bool
    lower_off: bool

    @property
    def opposed(self) -> bool:
        """Do the second characters oppose (对)?"""
        return self.upper[1] != self.lower[1]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the rules say of the couplet read this way."""
        return couplet_verdicts(self.types[0], self.types[1], self.upper, self.lower)


@dataclass(frozen=True, slots=True)
class Scansion:
    """The best reading of a poem: a type and a tone string a line, the couplets, and the whole cost."""

    couplets: tuple[CoupletReading, ...]
    cost: float

    @property
    def types(self) -> str:
        """A line type a line."""
        return "".join(couplet.types for couplet in self.couplets)

    @property
    def tones(self) -> tuple[str, ...]:
        """A tone string a line."""
        return tuple(tones for couplet in self.couplets for tones in (couplet.upper, couplet.lower))

    @property
    def adhesion_breaks(self) -> tuple[int, ...]:
        """Indices (from 0) of the lines whose second character fails to follow the line before (失粘)."""
        return tuple(
            2 * i for i in range(1, len(self.couplets)) if not _adheres(self.couplets[i - 1], self.couplets[i])
        )


def explained(scansion: Scansion, line: int) -> bool:
    """Does every neighbour the line's second character answers to say that it is off?"""
    couplet, i = scansion.couplets[line // 2], line // 2
    if couplet.opposed:
        return False
    if line % 2 == 0:
        return i == 0 or not _adheres(scansion.couplets[i - 1], couplet)
    return i == len(scansion.couplets) - 1 or not _adheres(couplet, scansion.couplets[i + 1])


def _adheres(before: CoupletReading, after: CoupletReading) -> bool:
    return before.lower[1] == after.upper[1]


@lru_cache(maxsize=1 << 16)
def line_options(symbols: str, line_type: str) -> tuple[str, ...]:
    """The tone strings worth trying for a line with open places, read as ``line_type``."""
    if OPEN not in symbols:
        return (symbols,)
    width = len(symbols)
    canonical = line_tones(line_type, width)
    columns = [place + width - 6 for place in _DECISIVE if place + width > 5]
    tried = [i for i in columns if symbols[i] == OPEN][:_TRIED]
    filled = [canonical[i] if s == OPEN else s for i, s in enumerate(symbols)]
    found = []
    for tones in product(LEVEL + OBLIQUE, repeat=len(tried)):
        for i, tone in zip(tried, tones, strict=True):
            filled[i] = tone
        found.append("".join(filled))
    return tuple(found)


@cache
def _line_cost(line_type: str, tones: str) -> tuple[float, bool]:
    """The cost of a line by itself, its second place left out; and whether that place is off."""
    cost, off = 0.0, False
    for verdict in line_verdicts(line_type, tones):
        if verdict.rule == "二四分明" and verdict.column == 2:
            off = True
        else:
            cost += _COST[verdict.severity]
    return cost, off


def read_pair(upper_type: str, lower_type: str, upper: str, lower: str) -> CoupletReading:
    """Two tone strings as a couplet of two types, with its cost."""
    (above, upper_off), (below, lower_off) = _line_cost(upper_type, upper), _line_cost(lower_type, lower)
    cost = above + below
    for verdict in pair_verdicts(upper_type, lower_type, upper, lower):
        if verdict.rule != "失对":
            cost += _COST[verdict.severity]
    if _ANSWER[upper_type] != lower_type:
        cost += _DISORDER
    return CoupletReading(upper_type + lower_type, upper, lower, cost, upper_off, lower_off)


@lru_cache(maxsize=1 << 16)
def read_couplet(upper: str, lower: str, *, first: bool) -> tuple[CoupletReading, ...]:
    """The best readings of a couplet's symbols: one for each pair of types and of second tones."""
    best: dict[tuple[str, str, str], CoupletReading] = {}
    for upper_type, lower_type in product("abAB" if first else "ab", "AB"):
        for above in line_options(upper, upper_type):
            for below in line_options(lower, lower_type):
                found = read_pair(upper_type, lower_type, above, below)
                key = (found.types, above[1], below[1])
                if key not in best or found.cost < best[key].cost:
                    best[key] = found
    return tuple(best.values())


@dataclass(frozen=True, slots=True)
class _Path:
    """The readings so far; ``pending``: the last line's second place is off, and how many neighbours agree with it."""

    cost: float
    pending: int | None
    couplets: tuple[CoupletReading, ...]


def scan(lines: Sequence[str], *, first_rhymes: bool) -> Scansion:
    """The best reading of the symbols of an even number of lines.

    ``first_rhymes``: the first line's last character can rhyme; where it can't, reading the line as rhyming costs an
    error.
    """
    return _scan(tuple(lines), first_rhymes)


@lru_cache(maxsize=1 << 14)
def _scan(lines: tuple[str, ...], first_rhymes: bool) -> Scansion:
    paths = [_Path(0.0, None, ())]
    for i in range(0, len(lines), 2):
        readings = read_couplet(lines[i], lines[i + 1], first=i == 0)
        # Only the last line's type, second tone and pending fault matter to what follows.
        best: dict[tuple[str, str, int | None], _Path] = {}
        for path in _extensions(paths, readings, first_rhymes):
            last = path.couplets[-1]
            key = (last.types[1], last.lower[1], path.pending)
            if key not in best or path.cost < best[key].cost:
                best[key] = path
        paths = list(best.values())
    costs = [path.cost + _off(path.pending) for path in paths]
    cost = min(costs)
    return Scansion(paths[costs.index(cost)].couplets, cost)


def _extensions(paths: list[_Path], readings: tuple[CoupletReading, ...], first_rhymes: bool) -> Iterator[_Path]:
    for path in paths:
        for reading in readings:
            cost, opposed, adheres = path.cost + reading.cost, reading.opposed, False
            if path.couplets:
                before = path.couplets[-1]
                adheres = _adheres(before, reading)
                cost += (not adheres) + (0.0 if _NEXT[before.types[1]] == reading.types[0] else _DISORDER)
                cost += _off(None if path.pending is None else path.pending + adheres)
            elif reading.types[0].isupper() != first_rhymes:
                # A first line read as rhyming that can't is 出韵; one that could rhyme is read so where all else is even.
                cost += _DISORDER if first_rhymes else 0.99
            cost += (not opposed) + _off(opposed + adheres if reading.upper_off else None)
            yield _Path(cost, int(opposed) if reading.lower_off else None, (*path.couplets, reading))


def _off(agreeing: int | None) -> float:
    """The cost of a second place that is off (None where it isn't), by the neighbours that agree with it."""
    return 0.0 if agreeing is None else agreeing or _EXPLAINED
