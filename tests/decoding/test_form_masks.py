"""Forms of any shape through the decoder: its masks, in whatever order, and composing."""

from __future__ import annotations

import random

import pytest
from tests.prosody.forms.made_up import MADE_UP

from yayun.composing.api import compose
from yayun.composing.road import default_writer
from yayun.decoding.constraint import Frame, Tracker
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import regulated
from yayun.prosody.review import review


def fill(frame: Frame, seed: int) -> Tracker:
    """Any character that the masks leave, place by place."""
    characters, rng = default_writer().characters, random.Random(seed)
    tracker, used = Tracker(frame, characters), set[str]()
    while not tracker.done:
        open_ids = [i for i in tracker.allowed().nonzero()[0].tolist() if characters.tokens[i] not in used]
        char = characters.tokens[rng.choice(open_ids)]
        used.add(char)
        tracker.push(char)
    return tracker


def backwards(form: Form) -> tuple[tuple[int, int], ...]:
    return tuple((line, column) for line, width in enumerate(form.widths) for column in reversed(range(width)))


def at_random(form: Form) -> tuple[tuple[int, int], ...]:
    return tuple(random.Random(5).sample(form.places, len(form.places)))


@pytest.mark.parametrize("order", [lambda form: (), backwards, at_random], ids=["forwards", "backwards", "random"])
@pytest.mark.parametrize("form", [MADE_UP, regulated(5, 4)[1], regulated(7, 10, oblique=True)[0]], ids=str)
def test_whatever_the_order_the_masks_leave_nothing_but_regular_verse(form: Form, order: object) -> None:
    rhyme = "屋" if form.oblique else "阳"
    places = order(form)  # type: ignore[operator]
    for seed in range(8):
        tracker = fill(Frame(form, rhyme, more_rhymes=("纸",), order=places), seed)
        if not tracker.broken:
            found = review(tracker.lines, form=form, rhyme=rhyme)
            assert found.passed, (tracker.lines, found.findings)


def test_a_form_that_nobody_wrote_is_composed() -> None:
    poem = compose(form=MADE_UP, title="秋夜", seed=3, candidates=4)
    assert poem.review.passed
    assert (poem.form, len(poem.lines)) == ("七句试体", 7)
    assert [sentence[-1] for sentence in poem.couplets()] == ["。"] * 5
    assert review(poem.lines, form=MADE_UP).passed


@pytest.mark.parametrize(("width", "count"), [(5, 10), (7, 12), (5, 40)])
def test_long_regulated_verse_is_composed(width: int, count: int) -> None:
    poem = compose(form=regulated(width, count)[0], title="登高", seed=3, candidates=8)
    assert poem.review.passed
    assert [len(line) for line in poem.lines] == [width] * count
    assert poem.form == ("五言排律" if width == 5 else "七言排律")
