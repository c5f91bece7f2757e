"""The shortcuts of the scansion against the plain way: every reading of every couplet, joined in every order."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from yayun.prosody.meter.linerules import couplet_verdicts, line_verdicts, pair_verdicts
from yayun.prosody.meter.scansion import (
    ERROR,
    closing_cost,
    joint_cost,
    line_options,
    opening_cost,
    read_couplet,
    scan,
)
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

COST = {"error": 100, "warning": 20, "note": 1}


def lines(width: int, count: int) -> st.SearchStrategy[list[str]]:
    symbols = st.sampled_from(LEVEL * 4 + OBLIQUE * 4 + OPEN)
    line = st.lists(symbols, min_size=width, max_size=width).map("".join)
    return st.lists(line, min_size=count, max_size=count)


@given(st.sampled_from((5, 7)).flatmap(lambda width: lines(width, 4)), st.booleans())
@settings(max_examples=60)
def test_the_scansion_is_the_cheapest_there_is(symbols: list[str], can: bool) -> None:
    first, second = (read_couplet(*symbols[i : i + 2], first=i == 0) for i in (0, 2))
    costs = [
        one.cost + opening_cost(one.face, first_rhymes=can) + joint_cost(one.face, two.face) + two.cost
        + closing_cost(two.face)
        for one, two in product(first, second)
    ]  # fmt: skip
    found = scan(symbols, first_rhymes=can)
    assert round(found.cost * ERROR) == min(costs)
    one, two = found.couplets
    assert costs[first.index(one) * len(second) + second.index(two)] == min(costs)


@given(st.sampled_from((5, 7)).flatmap(lambda width: lines(width, 2)))
@settings(max_examples=60)
def test_a_couplet_reading_costs_what_the_rules_say(symbols: list[str]) -> None:
    readings = read_couplet(*symbols, first=True)
    for types, *tones in product(
        ("aB", "bA", "AB", "BA"),
        *({option for kind in "abAB" for option in line_options(line, kind)} for line in symbols),
    ):
        verdicts = (*line_verdicts(types[0], tones[0]), *line_verdicts(types[1], tones[1]))
        pair = pair_verdicts(types[0], types[1], *tones)
        assert len(couplet_verdicts(types[0], types[1], *tones)) == len(verdicts) + len(pair)
        if not all(tones[i] in line_options(symbols[i], types[i]) for i in (0, 1)):
            continue
        own = sum(COST[v.severity] for v in (*verdicts, *pair) if not (v.rule == "二四分明" and v.column == 2))
        best = next(r for r in readings if (r.types, r.face.upper, r.face.lower) == (types, tones[0][1], tones[1][1]))
        assert best.cost <= own
        if (best.upper, best.lower) == (tones[0], tones[1]):
            assert best.cost == own
