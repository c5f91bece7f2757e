"""Reading a poem's lines as line types: the assignment that leaves least to explain, over the whole poem.

A line comes as *symbols*, one a character: 平, 仄, or 中 where either tone is open. Every line may be read as any of
the four types (rhyming lines as A or B, the others as a or b, the first as either), but leaving the standard order
costs, so that one slip stays one finding: a 失粘 does not turn the second half of the poem into faults.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, product
from typing import NamedTuple

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


class Face(NamedTuple):
    """What neighbours see of a couplet read as two types: the tones of its second characters, and whether they are
    off, that is, not the types' own."""

    types: str
    upper: str
    lower: str
    upper_off: bool
    lower_off: bool

    @property
    def opposed(self) -> bool:
        """Do the second characters oppose (对)?"""
        return self.upper != self.lower


@dataclass(frozen=True, slots=True)
class CoupletReading:
    """One way to read a couplet: the types, the tones chosen at open places, and the cost of what the rules say of
    them, second places that are off apart (their cost depends on the neighbours)."""

    types: str
    upper: str
    lower: str
    cost: float
    face: Face

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the rules say of the couplet read this way."""
        return couplet_verdicts(self.types[0], self.types[1], self.upper, self.lower)


@dataclass(frozen=True, slots=True)
class Scansion:
    """The best reading of a poem: its couplets, their ``tones`` (a string a line), and the whole cost."""

    couplets: tuple[CoupletReading, ...]
    tones: tuple[str, ...]
    cost: float

    @property
    def types(self) -> str:
        """A line type a line."""
        return "".join(couplet.types for couplet in self.couplets)

    @property
    def adhesion_breaks(self) -> tuple[int, ...]:
        """Indices (from 0) of the lines whose second character fails to follow the line before (失粘)."""
        faces = [couplet.face for couplet in self.couplets]
        return tuple(2 * i for i in range(1, len(faces)) if not _adheres(faces[i - 1], faces[i]))


def explained(scansion: Scansion, line: int) -> bool:
    """Does every neighbour the line's second character answers to say that it is off?"""
    couplets, i = scansion.couplets, line // 2
    if couplets[i].face.opposed:
        return False
    if line % 2 == 0:
        return i == 0 or not _adheres(couplets[i - 1].face, couplets[i].face)
    return i == len(couplets) - 1 or not _adheres(couplets[i].face, couplets[i + 1].face)


def _adheres(before: Face, after: Face) -> bool:
    return before.lower == after.upper


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


@cache
def _pair_cost(upper_type: str, lower_type: str, upper: str, lower: str) -> float:
    """The cost of two lines beyond their own. The first place of a seven has no part in it."""
    return sum(_COST[verdict.severity] for verdict in pair_verdicts(upper_type, lower_type, upper, lower))


@lru_cache(maxsize=1 << 16)
def read_couplet(upper: str, lower: str, *, first: bool) -> tuple[CoupletReading, ...]:
    """The best readings of a couplet's symbols: one for each pair of types and of second tones."""
    best: dict[tuple[str, str, str, str], tuple[float, str, str]] = {}
    free = 1 if len(upper) == 7 else 0
    for upper_type, lower_type in product("abAB" if first else "ab", "AB"):
        disorder = 0.0 if _ANSWER[upper_type] == lower_type else _DISORDER
        for above in line_options(upper, upper_type):
            own = _line_cost(upper_type, above)[0] + disorder
            for below in line_options(lower, lower_type):
                between = _pair_cost(upper_type, lower_type, LEVEL * free + above[free:], LEVEL * free + below[free:])
                cost = own + _line_cost(lower_type, below)[0] + between
                key = (upper_type, lower_type, above[1], below[1])
                if key not in best or cost < best[key][0]:
                    best[key] = (cost, above, below)
    return tuple(
        CoupletReading(u + v, above, below, cost, Face(u + v, x, y, _line_cost(u, above)[1], _line_cost(v, below)[1]))
        for (u, v, x, y), (cost, above, below) in best.items()
    )


@cache
def joint_cost(before: Face, after: Face) -> float:
    """What joining two couplets costs: 失粘, types out of order, and second places off on either side of the joint."""
    adheres = _adheres(before, after)
    cost = (0.0 if adheres else 1.0) + (0.0 if _NEXT[before.types[1]] == after.types[0] else _DISORDER)
    if before.lower_off:
        cost += _off(before.opposed + adheres)
    if after.upper_off:
        cost += _off(after.opposed + adheres)
    return cost


@cache
def opening_cost(first: Face, *, first_rhymes: bool) -> float:
    """What a couplet costs as the first: a line read as rhyming that can't is 出韵; one that could rhyme is read so
    where all else is even."""
    cost = _off(int(first.opposed)) if first.upper_off else 0.0
    if first.types[0].isupper() != first_rhymes:
        cost += _DISORDER if first_rhymes else 0.99
    return cost


@cache
def closing_cost(last: Face) -> float:
    """What a couplet costs as the last."""
    return _off(int(last.opposed)) if last.lower_off else 0.0


def _off(agreeing: int) -> float:
    """The cost of a second place that is off, by the neighbours that agree with it."""
    return agreeing + _EXPLAINED


def scan(lines: Sequence[str], *, first_rhymes: bool) -> Scansion:
    """The best reading of the symbols of an even number of lines.

    ``first_rhymes``: the first line's last character can rhyme; where it can't, reading the line as rhyming costs an
    error.
    """
    return _scan(tuple(lines), first_rhymes)


@lru_cache(maxsize=1 << 14)
def _scan(lines: tuple[str, ...], first_rhymes: bool) -> Scansion:
    options = [read_couplet(lines[i], lines[i + 1], first=i == 0) for i in range(0, len(lines), 2)]
    costs = [reading.cost + opening_cost(reading.face, first_rhymes=first_rhymes) for reading in options[0]]
    steps: list[list[int]] = []
    for before, after in pairwise(options):
        joined, step = [], []
        for reading in after:
            face = reading.face
            totals = [cost + joint_cost(b.face, face) for cost, b in zip(costs, before, strict=True)]
            least = min(totals)
            joined.append(least + reading.cost)
            step.append(totals.index(least))
        costs = joined
        steps.append(step)
    totals = [cost + closing_cost(reading.face) for cost, reading in zip(costs, options[-1], strict=True)]
    cost = min(totals)
    chosen = [totals.index(cost)]
    for step in reversed(steps):
        chosen.append(step[chosen[-1]])
    couplets = tuple(option[i] for option, i in zip(options, reversed(chosen), strict=True))
    return Scansion(couplets, tuple([tones for c in couplets for tones in (c.upper, c.lower)]), cost)
