from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.decoding.constraint import Characters, Frame, Tracker, places_fit
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.regulated import FORMS, line_types, patterns
from yayun.prosody.review import review

# Every group has members here; a decoder's real vocabulary is larger.
PER_GROUP = 14


@cache
def characters() -> Characters:
    from yayun.prosody.readings.lexicon import members

    chars = dict.fromkeys(c for g in book(PINGSHUI).groups for c in members(g)[:PER_GROUP])
    return Characters(["<|pad|>", *chars])


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    form = draw(st.sampled_from(sorted(FORMS)))
    group = draw(st.sampled_from([g for g in book(PINGSHUI).groups if int(characters().foot(g).sum()) >= 6]))
    oblique = not book(PINGSHUI).level(group)
    return Frame(draw(st.sampled_from(patterns(form, oblique=oblique))), group)


@given(frame=frames(), seed=st.integers(0, 2**32))
def test_any_walk_within_the_masks_reaches_the_end_and_keeps_the_rules(frame: Frame, seed: int) -> None:
    rng = random.Random(seed)
    tracker = Tracker(frame, characters())
    used: set[str] = set()
    while len(tracker.lines) < frame.pattern.count:
        choices = [characters().tokens[i] for i in np.flatnonzero(tracker.allowed())]
        assert choices, (frame, tracker.lines, tracker.line)
        fresh = [c for c in choices if c not in used] or choices
        char = rng.choice(fresh)
        used.add(char)
        tracker.push(char)
    found = review(tracker.lines, form=frame.pattern.short, rhyme=frame.rhyme)
    # A compound can settle a two-tone character otherwise than it stood alone: only that may go wrong here.
    wrong = [f for f in found.findings if f.severity == "error" and f.rule not in ("重韵",)]
    open_tone = [c for c in "".join(tracker.lines) if len(_tones(c)) > 1]
    assert not wrong or open_tone, [f.message for f in wrong]


def _tones(char: str) -> frozenset[str]:
    from yayun.prosody.readings.lexicon import readings

    return frozenset("平" if r.level else "仄" for r in readings(char))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_mirrored_patterns_rhyme_where_the_standard_ones_do(form: str) -> None:
    for level, oblique in zip(patterns(form), patterns(form, oblique=True), strict=True):
        assert level.rhyming == oblique.rhyming
        assert level.name == oblique.name
        assert [t[1] for t in level.tones] == [t[1] for t in oblique.tones]
        assert all(a[-1] != b[-1] for a, b in zip(level.tones, oblique.tones, strict=True))


def test_fixed_characters_are_kept_and_misfits_are_seen() -> None:
    pattern = next(p for p in patterns("五绝") if line_types(p) == "aBbA")
    fits = Frame(pattern, "东", (((0, 0), "春"), ((1, 0), "明")))
    assert places_fit(fits)
    tracker = Tracker(fits, characters())
    mask = tracker.allowed()
    assert [characters().tokens[i] for i in np.flatnonzero(mask)] in (["春"], [])
    # The second place of this opening must be oblique.
    assert not places_fit(Frame(pattern, "东", (((0, 1), "春"),)))
