from __future__ import annotations

import pytest

from yayun.measures.clashes import HOURS, SEASONS, hour_clashes, named, season_clashes
from yayun.measures.closing import closing_by, learn_closings
from yayun.measures.phrasing import (
    glue_words,
    number_words,
    unattested_threes,
    unattested_twos,
    unattested_words,
)
from yayun.measures.verse import Verse, make_verse

CLASSIC = make_verse("登鹳雀楼", "五绝", "尤", ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"))
FORCED = make_verse("登鹳雀楼", "五绝", "尤", ("白日依山尽", "黄河入海鸠", "欲穷千里目", "更上一层裘"))


def test_forced_endings_are_found_and_classic_ones_are_not() -> None:
    assert unattested_twos([CLASSIC], []).value == 0.0
    assert unattested_twos([FORCED], []).value == 0.5
    assert unattested_threes([FORCED], []).value >= 0.5
    assert unattested_words([FORCED], []).value > unattested_words([CLASSIC], []).value
    assert unattested_twos([CLASSIC, FORCED], []).value == 0.25


def test_glue_and_numbers_are_counted_in_any_script() -> None:
    plain = make_verse("山", "五绝", "东", ("白日青山远",) * 4)
    assert glue_words([plain], []).value == number_words([plain], []).value == 0.0
    for lines in (("无为应自有",) * 4, ("無為應自有",) * 4):
        assert glue_words([make_verse("山", "五绝", "东", lines)], []).value == 1.0
    assert number_words([make_verse("山", "五绝", "东", ("万里一双人", "白日青山远") * 2)], []).value == 1.5


@pytest.mark.parametrize(
    ("lines", "kinds", "found"),
    [
        (("江上春風起", "林間落葉飛"), SEASONS, {"春", "秋"}),
        (("白日依山盡", "黃河入海流"), SEASONS, set()),
        (("曙色照空山", "疎鐘夜未殘"), HOURS, {"晨", "夜"}),
    ],
)
def test_seasons_and_hours_are_known_by_their_words(lines: tuple[str, ...], kinds, found: set[str]) -> None:
    verse = make_verse("山", "五绝", "东", lines)
    assert named(verse.lines, kinds) == found
    measure = season_clashes if kinds is SEASONS else hour_clashes
    assert measure([verse], []).value == float(len(found) > 1)


def test_a_last_couplet_that_closes_is_told_from_one_that_does_not() -> None:
    poems = [("白日青山遠", "黃河綠水流", "應知歸去好", "何必問春秋")] * 30
    learnt = learn_closings(poems)
    kept = Verse("山", "五绝", "尤", poems[0])
    turned = Verse("山", "五绝", "尤", (*poems[0][2:], *poems[0][:2]))
    assert closing_by(learnt, [kept]).value > 0.3 > 0 > closing_by(learnt, [turned]).value
    assert learnt.of(("龘龘龘龘龘",) * 2) == 0.0
