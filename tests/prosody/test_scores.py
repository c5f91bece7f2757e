from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prosody.realise import LEVELS, OBLIQUES, realise, settled

from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORMS, patterns
from yayun.prosody.review import review
from yayun.prosody.scores import scores_of
from yayun.prosody.tones import LEVEL, OBLIQUE
from yayun.text.poems import verse_lines

PATTERNS = [p for form in FORMS for p in patterns(form)]
PROSE = """春天来了，公园里的花都开了，孩子们在草地上奔跑，老人们坐在长椅上晒太阳。
我和朋友沿着湖边慢慢地走，一边走一边聊起小时候的事情，不知不觉天就黑了。
这篇报告说明了去年全国各地的降水量，并且同前五年的平均值作了比较。"""
# Rules whose finding names a place where the other tone is right.
LOCAL = {"二四分明", "孤平", "三平调", "大拗", "句脚"}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: f"{p.short}{p.variant}")
def test_standard_verse_has_full_marks(pattern: Form) -> None:
    scores = scores_of(realise(pattern.tones))
    assert (scores.tones, scores.rhymes, scores.length) == (1.0, 1.0, 1.0)


def test_total_is_the_weighted_sum() -> None:
    scores = scores_of(["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"])
    expected = 0.4 * scores.tones + 0.3 * scores.rhymes + 0.2 * scores.antithesis + 0.1 * scores.length
    assert scores.total == pytest.approx(expected)


def test_prose_is_near_nothing() -> None:
    for text in (PROSE, "今天天气很好。", "Regulated verse.", ""):
        scores = scores_of(verse_lines(text))
        assert scores.tones < 0.1
        assert scores.rhymes < 0.1
        assert scores.total < 0.15


def test_random_characters_of_the_right_shape_stay_at_chance() -> None:
    """Well under the classics, well over prose: what a mask of lengths alone would earn."""
    rng = random.Random(1)
    chars = settled(LEVELS, "平") + settled(OBLIQUES, "仄")
    for width, count in FORMS.values():
        found = [scores_of(["".join(rng.choices(chars, k=width)) for _ in range(count)]) for _ in range(60)]
        assert 0.3 < sum(s.tones for s in found) / 60 < 0.75
        assert sum(s.rhymes for s in found) / 60 < 0.4


@given(st.sampled_from(PATTERNS), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_putting_a_fault_right_never_lowers_a_score(pattern: Form, rng: random.Random) -> None:
    tones = ["".join(rng.choices(LEVEL + OBLIQUE, k=pattern.width)) for _ in pattern.lines]
    before = review(realise(tones), form=pattern.short, rhyme="东")
    for finding in before.findings:
        if finding.rule not in LOCAL or finding.severity != "error":
            continue
        assert finding.line is not None
        assert finding.column is not None
        line, i = tones[finding.line - 1], finding.column - 1
        mended = line[:i] + (OBLIQUE if line[i] == LEVEL else LEVEL) + line[i + 1 :]
        after = scores_of(
            realise([*tones[: finding.line - 1], mended, *tones[finding.line :]]), form=pattern.short, rhyme="东"
        )
        assert after.tones >= before.scores.tones - 1e-9, (finding, tones)


@given(st.sampled_from(PATTERNS), st.data())
@settings(max_examples=40, deadline=None)
def test_length_grows_character_by_character(pattern: Form, data: st.DataObject) -> None:
    lines = realise(pattern.tones)
    kept = data.draw(st.integers(0, pattern.width - 1))
    line = data.draw(st.integers(0, len(lines) - 1))
    drafts = [[*lines[:line], lines[line][:n], *lines[line + 1 :]] for n in range(kept, pattern.width + 1)]
    lengths = [scores_of(draft, form=pattern.short).length for draft in drafts]
    assert lengths == sorted(lengths)
    totals = [scores_of(draft, form=pattern.short, rhyme="东") for draft in drafts]
    assert totals[-1].tones >= max(s.tones for s in totals)
    assert totals[-1].rhymes >= max(s.rhymes for s in totals)


def test_a_foot_brought_into_the_group_raises_the_rhyme() -> None:
    lines = realise(patterns("五律")[0].tones)
    full = scores_of(lines, form="五律", rhyme="东")
    broken = scores_of([*lines[:3], lines[3][:-1] + "山", *lines[4:]], form="五律", rhyme="东")
    near = scores_of([*lines[:3], lines[3][:-1] + "钟", *lines[4:]], form="五律", rhyme="东")
    again = scores_of([*lines[:3], lines[3][:-1] + lines[1][-1], *lines[4:]], form="五律", rhyme="东")
    assert broken.rhymes < near.rhymes < full.rhymes
    assert again.rhymes == broken.rhymes


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_has_scores_between_nothing_and_one(text: str) -> None:
    scores = scores_of(verse_lines(text))
    for part in (scores.tones, scores.rhymes, scores.antithesis, scores.length, scores.total):
        assert 0.0 <= part <= 1.0
