"""The tone rules over tone strings, one by one, and the table generated from them."""

from __future__ import annotations

import pytest

from yayun.prosody.meter import linerules
from yayun.prosody.meter.linerules import acceptable_couplets, couplet_verdicts, tone_strings
from yayun.prosody.meter.rules import RULES

# types, upper, lower -> (rule, severity, line, column) expected, and no other.
CASES = [
    ("aB", "仄仄平平仄", "平平仄仄平", []),
    ("aB", "平仄平平仄", "平平平仄平", []),
    ("aB", "仄仄平平仄", "仄平仄仄平", [("孤平", "error", 1, 1)]),
    ("aB", "仄仄平平仄", "仄平平仄平", [("孤平拗救", "note", 1, 1)]),
    ("aB", "仄仄仄平仄", "平平仄仄平", [("小拗", "note", 0, 3)]),
    ("aB", "仄仄仄平仄", "仄平平仄平", [("小拗", "note", 0, 3), ("双救", "note", 1, 3)]),
    ("aB", "仄仄平仄仄", "平平仄仄平", [("大拗", "error", 0, 4)]),
    ("aB", "仄仄平仄仄", "平平平仄平", [("大拗", "note", 0, 4)]),
    ("aB", "仄仄仄仄仄", "仄平平仄平", [("大拗", "note", 0, 4), ("双救", "note", 1, 3)]),
    ("aB", "仄平平平仄", "平平仄仄平", [("二四分明", "error", 0, 2), ("失对", "error", 1, 2)]),
    ("bA", "平平平仄仄", "仄仄仄平平", []),
    ("bA", "平平仄平仄", "仄仄仄平平", [("特拗", "note", 0, 4)]),
    ("bA", "仄平仄平仄", "仄仄仄平平", [("特拗", "warning", 0, 1)]),
    ("bA", "仄平平仄仄", "平仄仄平平", []),
    ("bA", "平平仄仄仄", "仄仄仄平平", [("三仄尾", "warning", 0, 3)]),
    ("bA", "平平平平仄", "仄仄仄平平", [("二四分明", "error", 0, 4)]),
    ("bA", "平平平仄仄", "仄仄平平平", [("三平调", "error", 1, 3)]),
    ("bA", "平平平仄仄", "仄仄仄仄平", [("二四分明", "error", 1, 4)]),
    ("bA", "平平平仄仄", "仄仄仄平仄", [("句脚", "error", 1, 5)]),
    ("BA", "仄平仄仄平", "仄仄仄平平", [("孤平", "error", 0, 1)]),
    ("AB", "仄仄平平平", "平平仄仄平", [("三平调", "error", 0, 3)]),
    ("aB", "平平仄仄平平仄", "仄仄仄平仄仄平", [("孤平", "error", 1, 3)]),
    ("aB", "仄平平仄平仄仄", "平仄平平平仄平", [("大拗", "note", 0, 6)]),
    ("bA", "仄仄平平仄平仄", "平平仄仄仄平平", [("特拗", "note", 0, 6)]),
    ("bA", "仄平平平平仄仄", "平平仄仄仄平平", [("二四分明", "error", 0, 2), ("失对", "error", 1, 2)]),
]


@pytest.mark.parametrize(("types", "upper", "lower", "expected"), CASES)
def test_verdicts(types: str, upper: str, lower: str, expected: list[tuple[str, str, int, int]]) -> None:
    found = couplet_verdicts(types[0], types[1], upper, lower)
    assert [(v.rule, v.severity, v.line, v.column) for v in found] == expected


def test_the_cure_is_named() -> None:
    (verdict,) = couplet_verdicts("a", "B", "仄仄平仄仄", "平平平仄平")
    assert verdict.cure == (1, 3)


def test_first_place_of_a_seven_is_free() -> None:
    for types, upper, lower in [("aB", "平平仄仄平平仄", "仄仄平平仄仄平"), ("bA", "仄仄平平平仄仄", "平平仄仄仄平平")]:
        for first in "平仄":
            for second in "平仄":
                assert not couplet_verdicts(types[0], types[1], first + upper[1:], second + lower[1:])


def test_every_rule_speaks_by_its_own_name() -> None:
    """All tone strings of a five: only names of the table, each rule heard at least once."""
    heard = {
        verdict.rule
        for upper_type in "abAB"
        for lower_type in "AB"
        for upper in tone_strings(5)
        for lower in ("仄仄仄平平", "仄平平仄平", "仄平仄仄平", "仄仄平平平")
        for verdict in couplet_verdicts(upper_type, lower_type, upper, lower)
    }
    assert heard <= {rule.name for rule in RULES}
    assert {"二四分明", "句脚", "孤平", "孤平拗救", "三平调", "三仄尾", "特拗", "大拗", "小拗", "双救", "失对"} <= heard


def test_table_has_each_rule_once_with_a_source() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.text and rule.source for rule in RULES)
    assert len(linerules.LINE_RULES) + len(linerules.COUPLET_RULES) == 11


@pytest.mark.parametrize(("types", "five"), [("aB", 20), ("bA", 12), ("AB", 6), ("BA", 6)])
def test_size_of_the_acceptable(types: str, five: int) -> None:
    """Counted by hand from the definitions; a seven has two free places more."""
    assert len(acceptable_couplets(types[0], types[1], 5)) == five
    assert len(acceptable_couplets(types[0], types[1], 7)) == 4 * five


def test_clean_is_stricter() -> None:
    for upper, lower in ("aB", "bA", "AB", "BA"):
        clean = acceptable_couplets(upper, lower, 5, clean=True)
        assert clean <= acceptable_couplets(upper, lower, 5)
        assert not any(
            verdict.severity == "warning" for pair in clean for verdict in couplet_verdicts(upper, lower, *pair)
        )
