"""How likely a character is level here: whole-number log odds, learnt from verse whose metre shows the tone.

``data/likelihoods.tsv`` has a row a character (folded): the log odds of 平 against 仄 with nothing known, in eighths,
and what each neighbour adds. ``scripts/build_readings.py`` learns it, ``benchmarks/readings.py`` measures it. Counts
prefer a reading, they never forbid one.
"""

from __future__ import annotations

from functools import cache

from yayun.prosody import tables

# From these odds on (in eighths of a natural logarithm) a reading is settled: right in 98 of 100 at the threshold
# itself and in 99.7 of all that pass it, on poems held out for setting it (``benchmarks/readings.py``).
SETTLED = 30

# What a feature is: the neighbour before or after in the same part of the line (2|3, 2|2|3) or across a caesura, the
# next but one before or after, and the place in the line.
BEFORE, BEFORE_APART, AFTER, AFTER_APART, SECOND_BEFORE, SECOND_AFTER, PLACE = "abcdefp"
FEATURES = BEFORE + BEFORE_APART + AFTER + AFTER_APART + SECOND_BEFORE + SECOND_AFTER + PLACE


@cache
def parts(width: int) -> tuple[int, ...]:
    """The part of the line that each place belongs to: 2|3 in a five, 2|2|3 in a seven, else one."""
    return {5: (0, 0, 1, 1, 1), 7: (0, 0, 1, 1, 2, 2, 2)}.get(width, (0,) * width)


def place_key(width: int, place: int) -> str:
    """The place in the line (from 0) as a feature's value: a private letter for each place of a five and a seven."""
    return chr(0xE000 + 8 * width + place) if width in (5, 7) else ""


def features(folded: str, place: int) -> list[str]:
    """What stands around a place of a folded line, each as a feature's letter and a character."""
    width, part = len(folded), parts(len(folded))
    found = [PLACE + place_key(width, place)]
    if place:
        found.append((BEFORE if part[place - 1] == part[place] else BEFORE_APART) + folded[place - 1])
        if place > 1:
            found.append(SECOND_BEFORE + folded[place - 2])
    if place + 1 < width:
        found.append((AFTER if part[place + 1] == part[place] else AFTER_APART) + folded[place + 1])
        if place + 2 < width:
            found.append(SECOND_AFTER + folded[place + 2])
    return found


def log_odds(folded: str, place: int) -> int | None:
    """The log odds that the character at ``place`` of a folded line is level, in eighths; None where none are known."""
    weights = of_character(folded[place])
    if weights is None:
        return None
    odds = weights[""]
    for feature in features(folded, place):
        if feature in weights:
            odds += weights[feature]
    return odds


@cache
def of_character(folded: str) -> dict[str, int] | None:
    """Feature -> what it adds to the log odds; "" -> the log odds with nothing known. None for a character that verse
    uses too seldom, or in either tone at will (看 望 ...)."""
    row = tables.likelihoods().get(folded)
    if row is None:
        return None
    _, bias, groups = row.split("\t")
    found = {"": int(bias)}
    for group in groups.split():
        # a+12春夏: feature a, weight 12, with either of these characters
        digits = next(i for i in range(2, len(group) + 1) if i == len(group) or not group[i].isascii())
        weight = int(group[1:digits])
        for char in group[digits:]:
            found[group[0] + char] = weight
    return found
