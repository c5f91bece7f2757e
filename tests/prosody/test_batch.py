from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prosody.realise import realise
from tests.prosody.test_golden import POEMS

from yayun.prosody.batch.scores import scores_of_all
from yayun.prosody.forms.regulated import FORMS, patterns
from yayun.prosody.scores import scores_of
from yayun.prosody.tones import LEVEL, OBLIQUE
from yayun.script import to_traditional


def assert_alike(poems: list[list[str]], **asked: list[str | None]) -> None:
    found = scores_of_all(poems, **asked)  # type: ignore[arg-type]
    none = [None] * len(poems)
    for i, (lines, form, rhyme) in enumerate(
        zip(poems, asked.get("forms", none), asked.get("rhymes", none), strict=True)
    ):
        one = scores_of(lines, form, rhyme)
        many = (found.tones[i], found.rhymes[i], found.antithesis[i], found.length[i], found.total[i])
        expected = (one.tones, one.rhymes, one.antithesis, one.length, one.total)
        assert many == pytest.approx(expected, abs=1e-6), lines


def test_classics_in_both_scripts() -> None:
    simplified = [text.split() for text in POEMS.values()]
    assert_alike(simplified + [to_traditional(text).split() for text in POEMS.values()])


def test_asked_for() -> None:
    poems = [text.split() for text in POEMS.values()][:12]
    assert_alike(poems, forms=["五绝", None, "七律"] * 4, rhymes=["东", "尤", None, "漾"] * 3)


@given(st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_any_tones(rng: random.Random) -> None:
    poems = []
    for form in FORMS:
        for pattern in patterns(form):
            poems.append(realise(["".join(rng.choices(LEVEL + OBLIQUE, k=pattern.width)) for _ in pattern.lines]))
    assert_alike(poems)


@given(st.lists(st.lists(st.text(min_size=1, max_size=9), max_size=12), max_size=6))
@settings(max_examples=40)
def test_any_text(poems: list[list[str]]) -> None:
    assert_alike(poems)


def test_any_characters_of_the_right_shape() -> None:
    rng = random.Random(3)
    chars = "不看过胜思相为将春风花月山水𠀀😀x□后发云里" + "东冬江阳庚青蒸"
    shapes = [*FORMS.values(), (5, 12)] * 6
    poems = [["".join(rng.choices(chars, k=width)) for _ in range(count)] for width, count in shapes]
    assert_alike(poems)


def test_no_poems() -> None:
    assert scores_of_all([]).total.shape == (0,)


def test_the_scalar_path_needs_no_numpy() -> None:
    code = "import sys, yayun.checking.check as p; p.check('白日依山尽，黄河入海流'); assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
