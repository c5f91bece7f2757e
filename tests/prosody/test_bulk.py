"""Reviews in bulk are the reviews one by one, finding by finding."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prosody.realise import realise
from tests.prosody.test_golden import POEMS

from yayun.errors import YayunError
from yayun.prosody.batch.reviews import review_all
from yayun.prosody.forms.regulated import FORMS, patterns
from yayun.prosody.review import Review, review
from yayun.prosody.tones import LEVEL, OBLIQUE
from yayun.script import to_traditional


def but_scores(judged: Review) -> Review:
    return judged._replace(scores=review(["月"]).scores)


def assert_alike(poems: Sequence[Sequence[str]]) -> None:
    found = review_all(poems)
    # Verdicts and scores are known before any finding is written.
    passed, totals = found.passed.tolist(), found.scores.total.tolist()
    for lines, many, accepted, total in zip(poems, found, passed, totals, strict=True):
        one = review(lines)
        assert accepted == one.passed == many.passed, lines
        assert total == pytest.approx(many.scores.total, abs=1e-12)
        assert but_scores(many) == but_scores(one)
        assert tuple(many.scores) == pytest.approx(tuple(one.scores), abs=1e-6), lines


def test_classics_in_both_scripts() -> None:
    simplified = [text.split() for text in POEMS.values()]
    assert_alike(simplified + [to_traditional(text).split() for text in POEMS.values()])


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_any_tones(rng: random.Random) -> None:
    poems = []
    for form in FORMS:
        for pattern in patterns(form):
            # A few slips, many slips, and none at all; with characters changed so that feet and lines repeat.
            slips = rng.choice((0, 1, 2, 99))
            lines = [list(tones) for tones in pattern.tones]
            for _ in range(slips):
                rng.choice(lines)[rng.randrange(pattern.width)] = rng.choice(LEVEL + OBLIQUE)
            realised = realise(["".join(tones) for tones in lines])
            poems.append([line if rng.random() < 0.9 else rng.choice(realised) for line in realised])
    assert_alike(poems)


@given(st.lists(st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=12), max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text(poems: list[list[str]]) -> None:
    assert_alike(poems)


# Two-tone, variant, simplified, unresolved and rare characters, and some that decide others.
CHARS = "不看过胜思相为将春风花月山水𠀀😀x□后发云里峯峰裏" + "东冬江阳庚青蒸" + "上去入尺石雪月"


@given(st.sampled_from([*FORMS.values(), (5, 12), (7, 10)]), st.data())
@settings(max_examples=60, deadline=None)
def test_any_characters_of_the_right_shape(shape: tuple[int, int], data: st.DataObject) -> None:
    width, count = shape
    line = st.text(alphabet=CHARS, min_size=width, max_size=width)
    assert_alike(data.draw(st.lists(st.lists(line, min_size=count, max_size=count), min_size=1, max_size=4)))


def test_couplets_that_are_not_parallel_are_found() -> None:
    # Lines change places, so that they face what they were not written for.
    octaves = [lines for text in POEMS.values() if len(lines := text.split()) == 8]
    poems = [[*lines[:3], lines[7], lines[4], lines[1], lines[6], lines[3]] for lines in octaves]
    assert any(finding.rule == "对仗" for judged in review_all(poems) for finding in judged.findings)
    assert_alike(poems)


def test_order_and_emptiness() -> None:
    cranes = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
    found = review_all([["月"], cranes, ["", *cranes], cranes[:3]])
    assert [judged.lines for judged in found] == [("月",), tuple(cranes), tuple(cranes), tuple(cranes[:3])]
    assert len(found) == 4
    assert found[-1] == found[3] == found[2:][1]
    assert list(review_all([])) == []
    with pytest.raises(YayunError):
        review_all([cranes, []])
