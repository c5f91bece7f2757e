"""The masks of the forms of all tunes, and 词 through the decoder."""

from __future__ import annotations

import random

import pytest

from yayun.backends.options import Options
from yayun.brief import make_brief
from yayun.composing.api import compose
from yayun.composing.road import default_writer
from yayun.composing.settle import settle
from yayun.decoding.constraint import Tracker
from yayun.decoding.embedded import frame_of
from yayun.errors import YayunError
from yayun.prosody.forms.tunes.tune import TuneForm, names, tune
from yayun.prosody.meter.tunes.review import review_as

FORMS = [form for name in names() for form in tune(name).forms]


def settled(form: TuneForm, seed: int = 1) -> Tracker:
    order = settle(make_brief(tune=form.tune, variant=form.variant), seed, Options(candidates=1)).orders[0]
    assert (order.pattern.name, order.pattern.variant) == (form.tune, form.variant)
    return Tracker(frame_of(order), default_writer().characters)


@pytest.mark.parametrize("part", range(4))
def test_whatever_the_form_the_masks_leave_nothing_but_its_verse(part: int) -> None:
    rng, whole = random.Random(part), 0
    for form in FORMS[7 * part :: 28]:
        tracker, used = settled(form), set[str]()
        while not tracker.done:
            ids = tracker.allowed().nonzero()[0].tolist()
            fresh = [i for i in ids if tracker.characters.tokens[i] not in used] or ids
            char = tracker.characters.tokens[rng.choice(fresh)]
            used.add(char)
            tracker.push(char)
        if not tracker.broken:
            found = review_as(form, tracker.lines).findings
            assert not [f for f in found if f.severity == "error" or f.rule == "叠句"], (form.tune, tracker.lines)
            whole += 1
    assert whole > 10


def test_words_are_said_again() -> None:
    (form,) = (form for form in tune("如梦令").forms if form.number == 1)
    assert form.form.echoes == {(5, 0): (4, 0), (5, 1): (4, 1)}


def test_a_tune_rhymes_as_it_is_asked_to() -> None:
    orders = settle(make_brief("填一阕西江月,押江阳韵"), 3, Options(candidates=4)).orders
    assert {(order.rhyme, order.more_rhymes) for order in orders} == {("第二部平", ("第二部仄",))}
    with pytest.raises(YayunError, match="不能押第十七部"):
        settle(make_brief(tune="鹧鸪天", rhyme="第十七部"), 1, Options())
    assert settle(make_brief(tune="满江红", rhyme="东"), 1, Options()).brief.variant != "正体"


def test_a_given_line_has_to_fit_the_tune() -> None:
    with pytest.raises(YayunError, match="七字"):
        settle(make_brief("填一首浣溪沙,首句用“白日依山尽”"), 1, Options())
    with pytest.raises(YayunError, match="平仄"):
        settle(make_brief("填一首浣溪沙,首句用“春风春雨春花红”"), 1, Options())
    found = settle(make_brief("填一首浣溪沙,首句用“春水方生草色新”"), 1, Options()).orders[0]
    assert found.rhyme == "第六部平"


def test_weights_that_have_read_no_tunes_say_so() -> None:
    if not default_writer().knows_tunes:
        with pytest.raises(YayunError, match="没有读过词"):
            compose("写一首浣溪沙,咏秋夜")
        return
    poem = compose("写一首浣溪沙,咏秋夜", seed=3, candidates=4)
    assert poem.review.passed
    told = poem.to_json()
    assert (told["form"], told["tune"], told["book"], told["stanzas"]) == ("词", "浣溪沙", "词林正韵", [0, 3])


def test_every_form_can_be_settled_by_any_seed() -> None:
    for seed in range(3):
        for form in FORMS[seed::3]:
            settled(form, seed)
