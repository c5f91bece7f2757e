from __future__ import annotations

import numpy as np

from yayun.choosing.features import FEATURES, features
from yayun.choosing.rank import BROKEN, judge, weights
from yayun.decoding.decode import Draft
from yayun.script import to_simplified

PLAIN = ("白日依山盡", "黃河入海流")
LOOSE = ("隨意春芳歇", "王孫自可留")


def draft(*lines: str, likelihood: float = -4.0, broken: bool = False, nats=()) -> Draft:
    return Draft(lines, (), (), likelihood, broken=broken, nats=nats)


def test_the_likelier_the_whole_and_what_was_asked_for_are_preferred() -> None:
    assert np.argmax(judge("", (), [draft(*PLAIN), draft(*PLAIN, likelihood=-3.0)])) == 1
    wished = [draft(*PLAIN), draft(*LOOSE)]
    assert np.argmax(judge("", ("王孙", "春芳"), wished)) == 1
    spoilt = judge("", (), [draft(*PLAIN, likelihood=-1.0, broken=True), draft(*LOOSE)])
    assert np.argmax(spoilt) == 1
    assert spoilt[1] - spoilt[0] > BROKEN / 2


def test_an_ending_that_poets_had_is_preferred_to_a_forced_one() -> None:
    forced = ("白日依山盡", "黃河入海鳩")
    found = dict(zip(FEATURES, features("", [draft(*PLAIN), draft(*forced)]).T, strict=True))
    assert found["attested_twos"].tolist() == [1.0, 0.5]
    assert found["information"][0] > found["information"][1]
    assert np.argmax(judge("", (), [draft(*forced), draft(*PLAIN)])) == 1


def test_glue_and_numbers_count_against_a_draft() -> None:
    found = dict(zip(FEATURES, features("", [draft("一二三四五"), draft("自有不相於")]).T, strict=True))
    assert found["numerals"].tolist() == [1.0, 0.0]
    assert found["glue"].tolist() == [0.0, 1.0]
    told = dict(zip(FEATURES, weights(), strict=True))
    assert told["numerals"] < 0
    assert told["glue"] < 0
    assert min(told["likelihood"], told["attested_twos"], told["attested_threes"], told["information"]) > 0


def test_likelihoods_are_of_the_places_they_are_named_for() -> None:
    nats = ((-1.0, -1.0, -2.0, -2.0, -2.0), (-1.0, -1.0, -2.0, -2.0, -8.0), (0.0,) * 5, (0.0,) * 5)
    found = features("", [draft(*PLAIN, *LOOSE, likelihood=-1.1, nats=nats)])[0]
    told = dict(zip(FEATURES, found, strict=True))
    assert told["likelihood"] == -1.1
    assert np.isclose(told["ends_likelihood"], -18 / 12)
    assert told["feet_likelihood"] == -4.0
    assert told["couplet_likelihood"] == 0.0


def test_features_are_alike_in_either_script() -> None:
    other = draft(*map(to_simplified, (*PLAIN, *LOOSE)))
    np.testing.assert_array_equal(features("山居", [draft(*PLAIN, *LOOSE)]), features("山居", [other]))


def test_equal_drafts_score_alike() -> None:
    assert np.ptp(judge("山", (), [draft(*PLAIN)] * 3)) == 0.0
