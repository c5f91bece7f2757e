from __future__ import annotations

import pytest
from tests.prosody.realise import realise

from yayun.prosody.paper import paper_scores
from yayun.prosody.patterns import FORMS, Pattern, patterns
from yayun.prosody.review import review


@pytest.mark.parametrize("pattern", [p for form in FORMS for p in patterns(form)], ids=lambda p: f"{p.form}{p.name}")
def test_a_perfectly_regular_poem_has_full_marks(pattern: Pattern) -> None:
    scores = review(realise(pattern.tones), form=pattern.form, rhyme="东", profile="paper").scores
    assert (scores.tones, scores.rhymes, scores.length) == (1.0, 1.0, 1.0)


def test_total_is_the_published_sum() -> None:
    scores = paper_scores(["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"])
    assert scores.total == pytest.approx(
        0.4 * scores.tones + 0.3 * scores.rhymes + 0.2 * scores.antithesis + 0.1 * scores.length
    )


def test_worse_verse_scores_lower() -> None:
    lines = realise(patterns("七律")[1].tones)
    full = paper_scores(lines)
    off = paper_scores([*lines[:3], lines[3][0] + lines[2][1] + lines[3][2:], *lines[4:]])
    unrhymed = paper_scores([*lines[:3], lines[3][:-1] + "山", *lines[4:]])
    short = paper_scores([*lines[:3], lines[3][1:], *lines[4:]])
    assert off.tones < full.tones
    assert unrhymed.rhymes < full.rhymes
    assert short.length < full.length


def test_any_lines() -> None:
    for lines in ([], ["春"], ["关关雎鸠", "在河之洲"], ["春风" * 40]):
        scores = paper_scores(lines)
        assert all(0 <= part <= 1 for part in (scores.tones, scores.rhymes, scores.antithesis, scores.length))
