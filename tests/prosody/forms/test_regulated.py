from __future__ import annotations

import pytest

from yayun.prosody.forms.regulated import FORMS, line_tones, patterns
from yayun.prosody.meter.linerules import acceptable_couplets


def test_sixteen_patterns() -> None:
    every = [pattern for form in FORMS for pattern in patterns(form)]
    assert len({(p.short, p.variant) for p in every}) == 16


@pytest.mark.parametrize(
    ("form", "name", "tones"),
    [
        ("五绝", "仄起首句不入韵", "仄仄平平仄 平平仄仄平 平平平仄仄 仄仄仄平平"),
        ("五绝", "平起首句入韵", "平平仄仄平 仄仄仄平平 仄仄平平仄 平平仄仄平"),
        ("七绝", "平起首句入韵", "平平仄仄仄平平 仄仄平平仄仄平 仄仄平平平仄仄 平平仄仄仄平平"),
        ("七绝", "仄起首句不入韵", "仄仄平平平仄仄 平平仄仄仄平平 平平仄仄平平仄 仄仄平平仄仄平"),
    ],
)
def test_tones(form: str, name: str, tones: str) -> None:
    (pattern,) = [p for p in patterns(form) if p.variant == name]
    assert " ".join(pattern.tones) == tones


@pytest.mark.parametrize("form", FORMS)
def test_lines_oppose_and_adhere(form: str) -> None:
    for pattern in patterns(form):
        tones = pattern.tones
        for i in range(1, len(tones)):
            same = tones[i][1] == tones[i - 1][1]
            assert same == (i % 2 == 0)
        assert list(range(1, len(tones), 2)) == [i for i in pattern.rhyming if i]


@pytest.mark.parametrize("width", [5, 7])
@pytest.mark.parametrize("types", ["aB", "bA", "AB", "BA"])
def test_standard_couplets_are_acceptable(types: str, width: int) -> None:
    pair = (line_tones(types[0], width), line_tones(types[1], width))
    assert pair in acceptable_couplets(types[0], types[1], width, clean=True)  # type: ignore[arg-type]
