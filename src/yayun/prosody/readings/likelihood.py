"""How likely a character is level here: whole-number log odds, learnt from verse whose metre shows the tone.

``data/likelihoods.tsv`` has a row a character (folded): the log odds of 平 against 仄 with nothing known, in eighths,
and what each neighbour adds. ``scripts/build_readings.py`` learns it, ``benchmarks/readings.py`` measures it. Counts
prefer a reading, they never forbid one.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from yayun.prosody import tables

# From these odds on (in eighths of a natural logarithm) a reading is settled: right in 98 of 100 at the threshold
# itself and in 99.7 of all that pass it, on poems held out for setting it (``benchmarks/readings.py``).
SETTLED = 30

# What a feature is: the neighbour before or after in the same part of the line (2|3, 2|2|3) or across a caesura, the
# next but one before or after, and the place in the line. The table names them by a letter, ``Weights`` in this order.
FEATURES = "abcdefp"
BEFORE, BEFORE_APART, AFTER, AFTER_APART, SECOND_BEFORE, SECOND_AFTER, PLACE = range(len(FEATURES))


@cache
def parts(width: int) -> tuple[int, ...]:
    """The part of the line that each place belongs to: 2|3 in a five, 2|2|3 in a seven, else one."""
    return {5: (0, 0, 1, 1, 1), 7: (0, 0, 1, 1, 2, 2, 2)}.get(width, (0,) * width)


def place_key(width: int, place: int) -> str:
    """The place in the line (from 0) as a feature's value: a private letter for each place of a five and a seven."""
    return chr(0xE000 + 8 * width + place) if width in (5, 7) else ""


class Around(NamedTuple):
    """Which features the neighbours of a place have: ``before`` and ``after`` by the part of the line they are in (None
    at a line's end), and its ``key``."""

    before: int | None
    after: int | None
    key: str


@cache
def around(width: int, place: int) -> Around:
    """The features of a place (from 0) of a line."""
    part = parts(width)
    before = None if place == 0 else BEFORE if part[place - 1] == part[place] else BEFORE_APART
    after = None if place + 1 == width else AFTER if part[place + 1] == part[place] else AFTER_APART
    return Around(before, after, place_key(width, place))


def features(folded: str, place: int) -> list[tuple[int, str]]:
    """What stands around a place of a folded line: each feature and its character."""
    before, after, key = around(len(folded), place)
    found = [(PLACE, key)]
    if before is not None:
        found.append((before, folded[place - 1]))
        if place > 1:
            found.append((SECOND_BEFORE, folded[place - 2]))
    if after is not None:
        found.append((after, folded[place + 1]))
        if place + 2 < len(folded):
            found.append((SECOND_AFTER, folded[place + 2]))
    return found


class Weights(NamedTuple):
    """The log odds with nothing known, and what each feature's characters add."""

    bias: int
    adds: tuple[dict[str, int], ...]


def log_odds(folded: str, place: int) -> int | None:
    """The log odds that the character at ``place`` of a folded line is level, in eighths; None where none are known."""
    weights = _weights[folded[place]]
    if weights is None:
        return None
    odds, adds = weights
    width = len(folded)
    before, after, key = around(width, place)
    odds += adds[PLACE].get(key, 0)
    if before is not None:
        odds += adds[before].get(folded[place - 1], 0)
        if place > 1:
            odds += adds[SECOND_BEFORE].get(folded[place - 2], 0)
    if after is not None:
        odds += adds[after].get(folded[place + 1], 0)
        if place + 2 < width:
            odds += adds[SECOND_AFTER].get(folded[place + 2], 0)
    return odds


class _Weights(dict[str, Weights | None]):
    """Folded character -> its weights, taken from the table when first asked for; None for a character that verse uses
    too seldom, or in either tone at will (看 望 ...)."""

    def __missing__(self, char: str) -> Weights | None:
        row = tables.likelihoods().get(char)
        self[char] = found = None if row is None else _parsed(row)
        return found


_weights = _Weights()


def of_character(folded: str) -> Weights | None:
    """The weights of a folded character; None where the table has none."""
    return _weights[folded]


def _parsed(row: str) -> Weights:
    _, bias, groups = row.split("\t")
    adds: tuple[dict[str, int], ...] = tuple({} for _ in FEATURES)
    for group in groups.split():
        # a+12春夏: feature a, weight 12, with either of these characters
        digits = next(i for i in range(2, len(group) + 1) if i == len(group) or not group[i].isascii())
        feature, weight = FEATURES.index(group[0]), int(group[1:digits])
        adds[feature].update(dict.fromkeys(group[digits:], weight))
    return Weights(int(bias), adds)
