"""对联 as a form: two lines of as many characters, opposed in tone where the rhythm beats, the first ending in 仄, the
second in 平.

The beats are every second character of a clause and its last one (联律通则, 中国楹联学会 2008: opposed at the beats and
at the ends of clauses, 上仄下平). A side of several clauses counts them in each. Inside a line the beats of a clause
alternate; that is kept when a couplet is composed, and not asked of a first line that is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from yayun.prosody.forms.form import COMMA, STOP, Form, Line
from yayun.prosody.numerals import chinese_number
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

NAME = "对联"
NAMES = frozenset(("对联", "楹联", "对子", "联语", "春联", "寿联", "挽联", "婚联", "门联", "联"))
SHORTEST, LONGEST, USUAL = 4, 12, 7  # characters a side, of those that are written
LONGEST_SIDE = 200  # of those that are read: there are very long ones
_OTHER = {LEVEL: OBLIQUE, OBLIQUE: LEVEL}


def beats(clauses: Sequence[int]) -> tuple[int, ...]:
    """The places (from 0) of a side where tones are to be opposed, by the lengths of its clauses."""
    found, start = list[int](), 0
    for length in clauses:
        found += [start + i for i in range(1, length, 2)]
        start += length
        found.append(start - 1)
    return tuple(dict.fromkeys(found))


@cache
def usual_clauses(width: int) -> tuple[int, ...]:
    """The clauses that a side of so many characters mostly has where it is not said."""
    return {8: (4, 4), 9: (4, 5), 10: (5, 5), 11: (4, 7), 12: (5, 7)}.get(width, (width,))


def answering(tones: str, clauses: Sequence[int]) -> Form:
    """The couplet whose first line has these tones (平, 仄, 中 for either): the second opposes its beats."""
    at, last = set(beats(clauses)), len(tones) - 1
    upper = "".join(OPEN if i != last else OBLIQUE for i in range(len(tones)))
    lower = "".join(LEVEL if i == last else _OTHER.get(tone, OPEN) if i in at else OPEN for i, tone in enumerate(tones))
    return _form(upper, lower)


@cache
def alternating(width: int) -> tuple[Form, ...]:
    """The couplets of that width whose beats alternate within each clause, those that open 平 before those that open
    仄."""
    clauses = usual_clauses(width)
    found = []
    for opening in (LEVEL, OBLIQUE):
        sides = [
            "".join(
                _clause(length, tone, end if k == len(clauses) - 1 else _OTHER[end]) for k, length in enumerate(clauses)
            )
            for tone, end in ((opening, OBLIQUE), (_OTHER[opening], LEVEL))
        ]
        found.append(_form(*sides))
    return tuple(dict.fromkeys(found))


def _clause(length: int, opening: str, end: str) -> str:
    """A clause's slots: beats that alternate, and its last place; of an even clause that is a beat too."""
    slots, at = [OPEN] * length, range(1, length, 2)
    first = opening if length % 2 or len(at) % 2 == (opening == end) else _OTHER[opening]
    for k, place in enumerate(at):
        slots[place] = first if k % 2 == 0 else _OTHER[first]
    return "".join([*slots[:-1], end])


def _form(upper: str, lower: str) -> Form:
    lines = (Line(upper, mark=COMMA), Line(lower, mark=STOP))
    return Form(NAME, lines, rhymes=(), parallel=((0, 1),), genre="联", variant=f"{chinese_number(len(upper))}言")
