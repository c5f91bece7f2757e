from __future__ import annotations

from dataclasses import replace

import pytest

from yayun.errors import YayunError
from yayun.prosody.forms.form import Form, Line, RhymeClass

TUNE = Form(
    "试调",
    (
        Line("中仄仄平平", rhyme=0, mark="。"),
        Line("平平中", mark="、", usual="中中仄"),
        Line("中平中仄平仄", rhyme=1, mark="。"),
        Line("平平中", mark="，", repeats=1),
        Line("中仄仄平平", rhyme=0, mark="。"),
    ),
    rhymes=(RhymeClass("平"), RhymeClass("仄", kin=0)),
    stanzas=(0, 3),
    genre="词",
)


def test_a_form_tells_its_shape_and_its_rhymes() -> None:
    assert (TUNE.count, TUNE.widths, TUNE.width) == (5, (5, 3, 6, 3, 5), 6)
    assert TUNE.rhyming == (0, 2, 4)
    assert TUNE.rhyming_in(0) == (0, 4)
    assert TUNE.first_line_rhymes
    assert TUNE.rhymes[0].level
    assert TUNE.rhymes[1].tones == "上去入"
    assert TUNE.in_tone(1, "入").rhymes[1] == RhymeClass("入", kin=0)


def test_lines_are_punctuated_by_the_form() -> None:
    assert TUNE.punctuated(("一", "二", "三")) == ("一。", "二、", "三。")
    assert TUNE.punctuated(("一",) * 7)[5:] == ("一。", "一，")


def test_equal_forms_are_one_form() -> None:
    assert replace(TUNE) == TUNE
    assert hash(replace(TUNE)) == hash(TUNE)
    assert replace(TUNE, variant="又一体") != TUNE


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (Line(""), "平仄"),
        (Line("平仄上"), "平、仄、中"),
        (Line("平", rhyme=1), "押第 1 部韵"),
        (Line("平平", usual="中"), "字数"),
        (Line("平", mark="-"), "标点"),
        (Line("平", repeats=0), "所叠"),
    ],
)
def test_parts_that_do_not_fit_are_refused(line: Line, wrong: str) -> None:
    with pytest.raises(YayunError, match=wrong):
        Form("坏谱", (line,))
