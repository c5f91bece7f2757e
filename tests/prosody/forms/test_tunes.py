import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.prosody.forms.tunes.notation import Clause, parse, render
from yayun.prosody.forms.tunes.titles import tunes_in
from yayun.prosody.forms.tunes.tune import names, tune

CLAUSES = st.builds(
    Clause,
    st.text("平仄中", min_size=1, max_size=9),
    st.sampled_from("、，。"),
    st.sampled_from(["", "A", "a", "B"]),
    st.integers(0, 4),
    st.just(1),
)


@given(st.lists(st.lists(CLAUSES, min_size=1, max_size=6).map(tuple), min_size=1, max_size=3).map(tuple))
def test_notation_reads_what_it_writes(stanzas: tuple[tuple[Clause, ...], ...]) -> None:
    assert parse(render(stanzas)) == stanzas


def test_notation_rejects_nonsense() -> None:
    with pytest.raises(ValueError, match="no clause"):
        parse("平平仄。A春")


def test_every_form_of_the_book_is_there() -> None:
    forms = [form for name in names() for form in tune(name).forms if form.source == "钦定词谱"]
    assert len(names()) == 817
    assert len(forms) == 2293
    for form in forms:
        assert form.form.genre == "词"
        assert sum(form.form.widths) == form.length
        assert len(form.form.stanzas) == len(form.stanzas)
        for i, clause in enumerate(form.clauses):
            assert (clause.rhyme != "") == (clause.cut == "。")
            if clause.rhyme:
                assert (clause.tones[-1] == "平") == clause.rhyme.isupper()
            if clause.same:
                assert clause.back <= i


def test_shapes_as_every_reference_has_them() -> None:
    lengths = {"浣溪沙": 42, "菩萨蛮": 44, "水调歌头": 95, "念奴娇": 100, "沁园春": 114, "如梦令": 33, "莺啼序": 240}
    for name, length in lengths.items():
        assert tune(name).forms[0].length == length
    stanzas = {"如梦令": 1, "浣溪沙": 2, "兰陵王": 3, "莺啼序": 4}
    for name, count in stanzas.items():
        assert len(tune(name).forms[0].stanzas) == count
    first, second = tune("西江月").forms[0].form.rhymes
    assert (first.tone, second.tone, second.kin) == ("平", "上去", 0)
    assert tune("满江红").forms[0].form.rhymes[0].tone == "入"
    assert tune("竹枝").forms[0].clauses[0].sung == ((4, "竹枝"), (7, "女儿"))
    assert tune("如梦令").forms[0].form.lines[5].repeats == 4


def test_habits_grade_the_places() -> None:
    """Song poets leave most odd places of 水调歌头 open, and keep those of its feet."""
    form = tune("水调歌头").forms[0]
    assert form.habit.uses > 200
    grades = [slot.grade for slot in form.slots]
    assert {*grades} == {"必", "多", "可"}
    for name in ("临江仙", "虞美人", "念奴娇", "沁园春"):
        for form in tune(name).forms:
            assert len(form.slots) == form.length
            at = -1
            for number, clause in enumerate(form.clauses):
                at += len(clause.tones)
                if clause.rhyme and number not in form.optional:
                    assert form.slots[at][:2] == (clause.tones[-1], "必")


def test_variants_of_poets_are_marked_and_counted() -> None:
    added = [form for name in names() for form in tune(name).forms if form.source == "宋词"]
    assert added
    assert all(form.habit.uses >= 3 for form in added if form.tune != "雨霖铃")  # that one is by hand
    assert tune("古调笑").forms[-1].length == 38  # 调笑转踏


def test_names_lead_to_their_tunes() -> None:
    assert tunes_in("望江南·梳洗罢") == ("忆江南",)
    assert tunes_in("《念奴嬌·赤壁懷古》") == ("念奴娇",)
    assert tunes_in("酹江月") == ("念奴娇",)
    assert tunes_in("浪淘沙其二")[:2] == ("浪淘沙", "浪淘沙令")
    assert tunes_in("醉落魄/一斛珠") == ("一斛珠",)
    assert tunes_in("浣溪沙春情") == ()
    assert tunes_in("浣溪沙春情", loose=True) == ("浣溪沙",)
    assert tunes_in("送元二使安西") == ()


def test_the_value_for_the_decoder_is_open_where_poets_are() -> None:
    form = tune("水调歌头").forms[0].form
    assert form.tones[1] == "中仄仄平平"
    assert form.lines[1].rhyme == 0
    assert "中" not in {line.slots[-1] for line in form.lines if line.rhyme is not None}
    for name in ("浣溪沙", "念奴娇", "定风波"):
        for held in tune(name).forms:
            for line, clause in zip(held.form.lines, held.clauses, strict=True):
                assert len(line.usual) == len(line.slots) == len(clause.tones)
                assert all(slot in ("中", usual) for slot, usual in zip(line.slots, line.usual, strict=True))
