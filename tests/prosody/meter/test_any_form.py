"""Forms of any shape through the one engine: reviewed, scored alone and in bulk, marked place by place."""

from __future__ import annotations

import random

import pytest
from tests.prosody.forms.made_up import MADE_UP
from tests.prosody.realise import realise, settled

from yayun.prosody.batch.scores import scores_of_all
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import regulated
from yayun.prosody.marks import marks
from yayun.prosody.meter.room import acceptable, units
from yayun.prosody.render import foot_lines
from yayun.prosody.review import Review, review
from yayun.prosody.scores import scores_of

FEET_OF_ZHI = ("水", "子")


def rules(found: Review) -> set[str]:
    return {finding.rule for finding in found.findings if finding.severity == "error"}


def made_up_verse() -> list[str]:
    lines = realise([line.slots.replace("中", "平") for line in MADE_UP.lines])
    return [line[:-1] + FEET_OF_ZHI[i - 2] if i in (2, 3) else line for i, line in enumerate(lines)]


def test_a_form_that_nobody_wrote_is_kept() -> None:
    found = review(made_up_verse(), form=MADE_UP)
    assert found.passed, found.findings
    assert (found.form, found.rhyme, found.as_form) == ("七句试体", "东", MADE_UP)
    assert foot_lines(found) == {1, 3, 4, 5, 7}
    assert (found.scores.tones, found.scores.rhymes, found.scores.length) == (1.0, 1.0, 1.0)


def test_each_way_to_break_it_is_named_where_it_is() -> None:
    verse = made_up_verse()
    level, oblique = settled("天云山江湖", "平"), settled("月夜雨雪路", "仄")

    def changed(line: int, column: int, char: str) -> Review:
        text = verse[line]
        return review([*verse[:line], text[:column] + char + text[column + 1 :], *verse[line + 1 :]], form=MADE_UP)

    wrong = changed(0, 3, level[0])  # 仄 there
    assert [(f.rule, f.line, f.column) for f in wrong.findings if f.severity == "error"] == [("平仄", 1, 4)]
    assert "应仄" in next(f.message for f in wrong.findings if f.rule == "平仄")
    assert not rules(changed(0, 2, oblique[0]))  # 中 there
    assert rules(changed(6, 6, "江")) == {"出韵"}
    assert rules(changed(3, 2, "月")) == {"出韵"}
    short = review(["".join(verse[0][:-1]), *verse[1:]], form=MADE_UP)
    assert "字数" in rules(short)
    assert 0.9 < short.scores.length < 1.0
    assert rules(review(verse[:-1], form=MADE_UP)) == {"句数"}


def test_its_places_are_marked_as_the_form_has_them() -> None:
    found = marks(review(made_up_verse(), form=MADE_UP))
    assert ["".join(mark.expected for mark in line) for line in found] == [line.slots for line in MADE_UP.lines]
    assert [i for i, line in enumerate(found) if line[-1].foot] == [0, 2, 3, 4, 6]
    assert [i for i, line in enumerate(found) if line[0].parallel is not None] == [1, 3]


@pytest.mark.parametrize("count", range(10, 41, 6))
@pytest.mark.parametrize("width", [5, 7])
def test_long_regulated_verse_of_any_length_is_one_form(width: int, count: int) -> None:
    rng = random.Random(count)
    form = rng.choice(regulated(width, count))
    verse = lines_of(form)
    found = review(verse, form=form)
    assert rules(found) <= {"重韵"}  # sixteen feet go round
    assert (found.form, found.pattern) == (form.name, form.variant)
    assert review(verse, form=form.name) == found
    assert review(verse).pattern == form.variant
    assert len(form.parallel) == count // 2 - 2
    spoilt = [*verse[:4], verse[6], *verse[5:]]
    assert rules(review(spoilt, form=form)) - {"重韵"}


def lines_of(form: Form) -> list[str]:
    return [line for start in range(0, form.count, 8) for line in realise(form.tones[start : start + 8], start=start)]


def test_bulk_scores_are_the_single_ones() -> None:
    form = regulated(5, 14)[0]
    poems = [made_up_verse(), lines_of(form), lines_of(form)[:-1]]
    several = scores_of_all(poems, forms=[None, "五言排律", "五言排律"])
    for i, poem in enumerate(poems):
        one = scores_of(poem, None if i == 0 else "五言排律")
        assert several.total[i] == pytest.approx(one.total, abs=1e-6)


def test_units_leave_what_the_slots_leave() -> None:
    assert units(MADE_UP) == tuple((i,) for i in range(7))
    assert acceptable(MADE_UP, (1,)) == {("仄平平",)}
    assert len(acceptable(MADE_UP, (0,))) == 4
    assert len(units(regulated(7, 12)[0])) == 6
