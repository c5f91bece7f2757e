"""Reading a poem's lines as line types: the assignment that leaves least to explain, over the whole poem.

A line comes as *symbols*, one a character: 平, 仄, or 中 where either tone is open. Every line may be read as any of
the four types (rhyming lines as A or B, the others as a or b, the first as either), but leaving the standard order
costs, so that one slip stays one finding: a 失粘 does not turn the second half of the poem into faults.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from yayun.prosody.forms.regulated import line_tones
from yayun.prosody.meter.finding import Severity
from yayun.prosody.meter.linerules import (
    CURE_RULES,
    Couplet,
    ToneLine,
    Verdict,
    couplet_verdicts,
    line_verdicts,
    opposition,
)
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

# Costs are whole numbers, hundredths of an error, so that sums are exact.
ERROR = 100
_COST: dict[Severity, int] = {"error": ERROR, "warning": 20, "note": 1}
# Leaving the standard order of types, where nothing else decides.
_DISORDER = 3
# A first line read as rhyming that can't: an error, less what leaving the order costs at the next joint.
_UNRHYMED = 99
# A second place off where every neighbour it answers to says so already (失对, 失粘): the same slip. Otherwise it costs
# an error for every neighbour that it does agree with, since putting it right would break that.
_EXPLAINED = 15
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


@dataclass(frozen=True, slots=True, eq=False)
class CoupletReading:
    """One way to read the ``symbols`` of a couplet: the types, the tones chosen at open places, and the cost
    (hundredths of an error) of what the rules say of them, second places that are off apart (their cost depends on the
    neighbours). One object for each, compared as such."""

    symbols: tuple[str, str]
    types: str
    upper: str
    lower: str
    cost: int
    face: Face

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the rules say of the couplet read this way."""
        return couplet_verdicts(self.types[0], self.types[1], self.upper, self.lower)

    @property
    def faulty(self) -> bool:
        """Is one of them an error?"""
        return any(verdict.severity == "error" for verdict in self.verdicts)


class Scansion(NamedTuple):
    """The best reading of a poem: its couplets, their ``tones`` (a string a line), and the whole cost, in errors."""

    couplets: tuple[CoupletReading, ...]
    tones: tuple[str, ...]
    cost: float

    @property
    def types(self) -> str:
        """A line type a line."""
        return "".join([couplet.types for couplet in self.couplets])

    @property
    def first_rhymes(self) -> bool:
        """Is the first line read as a rhyming one?"""
        return self.couplets[0].types[0].isupper()

    @property
    def adhesion_breaks(self) -> tuple[int, ...]:
        """Indices (from 0) of the lines whose second character fails to follow the line before (失粘)."""
        faces = [couplet.face for couplet in self.couplets]
        return tuple([2 * i for i in range(1, len(faces)) if faces[i - 1].lower != faces[i].upper])

    @property
    def faulty(self) -> bool:
        """Is there an error to report: in a couplet, or 失粘? (A place that another error explains is beside one.)"""
        return bool(self.adhesion_breaks) or any(couplet.faulty for couplet in self.couplets)


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


class _Line(NamedTuple):
    """A tone string read as a type: the ``cost`` of the line by itself, its second place left out; whether that place
    is ``off``; and the five places that ``CURE_RULES`` look at."""

    cost: int
    tones: str
    off: bool
    places: str


@cache
def _read_line(line_type: str, tones: str) -> _Line:
    cost, off = 0, False
    for verdict in line_verdicts(line_type, tones):
        if verdict.rule == "二四分明" and verdict.column == 2:
            off = True
        else:
            cost += _COST[verdict.severity]
    return _Line(cost, tones, off, tones[-5:])


@lru_cache(maxsize=1 << 15)
def _by_second(symbols: str, line_type: str) -> tuple[tuple[_Line, ...], ...]:
    """The readings of a line as a type, those with one second tone together."""
    found: dict[str, list[_Line]] = {}
    for tones in line_options(symbols, line_type):
        found.setdefault(tones[1], []).append(_read_line(line_type, tones))
    return tuple(map(tuple, found.values()))


@cache
def _cure_cost(upper_type: str, lower_type: str, upper: str, lower: str) -> int:
    """What the couplet rules but 对 cost: they look at the last five places only."""
    couplet = Couplet(ToneLine(upper_type, upper), ToneLine(lower_type, lower))
    return sum(_COST[verdict.severity] for rule in CURE_RULES for verdict in rule(couplet))


@cache
def _opposition_cost(upper: str, lower: str) -> int:
    """What 对 costs, by the second tones."""
    lines = (ToneLine("a", LEVEL + tone + LEVEL * 3) for tone in (upper, lower))
    return sum(_COST[verdict.severity] for verdict in opposition(Couplet(*lines)))


@cache
def _face(types: str, upper: str, lower: str, upper_off: bool, lower_off: bool) -> Face:
    return Face(types, upper, lower, upper_off, lower_off)


@lru_cache(maxsize=1 << 16)
def read_couplet(upper: str, lower: str, *, first: bool) -> tuple[CoupletReading, ...]:
    """The best readings of a couplet's symbols: one for each pair of types and of second tones."""
    symbols = upper, lower
    return tuple(
        _cheapest(symbols, types, uppers, lowers)
        for types in _couplet_types(first=first)
        for uppers in _by_second(upper, types[0])
        for lowers in _by_second(lower, types[1])
    )


@cache
def _couplet_types(*, first: bool) -> tuple[str, ...]:
    return tuple(map("".join, product("abAB" if first else "ab", "AB")))


def _cheapest(
    symbols: tuple[str, str], types: str, uppers: tuple[_Line, ...], lowers: tuple[_Line, ...]
) -> CoupletReading:
    """The cheapest pair of lines that agree in their second tones; the first of those that cost the same."""
    upper_type, lower_type = types[0], types[1]
    best = 1 << 30
    for one in uppers:
        for other in lowers:
            cost = one.cost + other.cost
            if cost < best:
                cost += _cure_cost(upper_type, lower_type, one.places, other.places)
                if cost < best:
                    best, above, below = cost, one, other
    tones = above.tones[1], below.tones[1]
    best += _opposition_cost(*tones) + (0 if _ANSWER[upper_type] == lower_type else _DISORDER)
    return CoupletReading(symbols, types, above.tones, below.tones, best, _face(types, *tones, above.off, below.off))


@cache
def joint_cost(before: Face, after: Face) -> int:
    """What joining two couplets costs: 失粘, types out of order, and second places off on either side of the joint."""
    adheres = _adheres(before, after)
    cost = (0 if adheres else ERROR) + (0 if _NEXT[before.types[1]] == after.types[0] else _DISORDER)
    if before.lower_off:
        cost += _off(before.opposed + adheres)
    if after.upper_off:
        cost += _off(after.opposed + adheres)
    return cost


@cache
def opening_cost(first: Face, *, first_rhymes: bool) -> int:
    """What a couplet costs as the first: a line read as rhyming that can't is 出韵; one that could rhyme is read so
    where all else is even."""
    cost = _off(int(first.opposed)) if first.upper_off else 0
    if first.types[0].isupper() != first_rhymes:
        cost += _DISORDER if first_rhymes else _UNRHYMED
    return cost


@cache
def closing_cost(last: Face) -> int:
    """What a couplet costs as the last."""
    return _off(int(last.opposed)) if last.lower_off else 0


def _off(agreeing: int) -> int:
    """The cost of a second place that is off, by the neighbours that agree with it."""
    return agreeing * ERROR + _EXPLAINED


@dataclass(frozen=True, slots=True, eq=False)
class _Profile:
    """What the poem sees of a couplet: the faces and costs of its readings. One object for each, compared as such."""

    faces: tuple[Face, ...]
    costs: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Where the scansion stands after a couplet: a cost for each of its readings, the least of them 0; ``best`` is the
    reading to end with and ``closing`` what that costs. Poems share states, so most only follow known joints."""

    faces: tuple[Face, ...]
    costs: tuple[int, ...]
    best: int
    closing: int


_profile = lru_cache(maxsize=1 << 14)(_Profile)


@lru_cache(maxsize=1 << 14)
def _state(faces: tuple[Face, ...], costs: tuple[int, ...]) -> _State:
    totals = [cost + closing_cost(face) for face, cost in zip(faces, costs, strict=True)]
    least = min(totals)
    return _State(faces, costs, totals.index(least), least)


def _settled(faces: tuple[Face, ...], costs: Sequence[int]) -> tuple[_State, int]:
    """The state with these costs, and the least of them, which is taken off."""
    least = min(costs)
    return _state(faces, tuple([cost - least for cost in costs])), least


@lru_cache(maxsize=1 << 14)
def _open(first: _Profile, first_rhymes: bool) -> tuple[_State, int]:
    """The state after the first couplet, and what it costs."""
    opening = [opening_cost(face, first_rhymes=first_rhymes) for face in first.faces]
    return _settled(first.faces, [own + cost for own, cost in zip(first.costs, opening, strict=True)])


@lru_cache(maxsize=1 << 16)
def _join(before: _State, after: _Profile) -> tuple[_State, int, tuple[int, ...]]:
    """The state after one more couplet, what that adds to the cost, and for each reading of the couplet the reading of
    the one before to come from."""
    joined, come_from = [], []
    for face, cost in zip(after.faces, after.costs, strict=True):
        totals = [own + joint_cost(other, face) for own, other in zip(before.costs, before.faces, strict=True)]
        least = min(totals)
        joined.append(least + cost)
        come_from.append(totals.index(least))
    return (*_settled(after.faces, joined), tuple(come_from))


@lru_cache(maxsize=1 << 16)
def _profiled(upper: str, lower: str, first: bool) -> tuple[_Profile, tuple[CoupletReading, ...]]:
    readings = read_couplet(upper, lower, first=first)
    return _profile(tuple([r.face for r in readings]), tuple([r.cost for r in readings])), readings


def scan(lines: Sequence[str], *, first_rhymes: bool) -> Scansion:
    """The best reading of the symbols of an even number of lines.

    ``first_rhymes``: the first line's last character can rhyme; where it can't, reading the line as rhyming costs an
    error.
    """
    profile, readings = _profiled(lines[0], lines[1], True)
    state, total = _open(profile, first_rhymes)
    options, steps = [readings], []
    for i in range(2, len(lines), 2):
        profile, readings = _profiled(lines[i], lines[i + 1], False)
        state, cost, come_from = _join(state, profile)
        total += cost
        options.append(readings)
        steps.append(come_from)
    at = state.best
    couplets = [options.pop()[at]]
    while steps:
        at = steps.pop()[at]
        couplets.append(options.pop()[at])
    couplets.reverse()
    tones = [tones for couplet in couplets for tones in (couplet.upper, couplet.lower)]
    return Scansion(tuple(couplets), tuple(tones), (total + state.closing) / ERROR)
