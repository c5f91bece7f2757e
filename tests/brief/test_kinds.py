"""排律, 试帖, 古体 and 对联 read from a sentence and from a flag."""

from __future__ import annotations

import pytest

from yayun.brief import make_brief
from yayun.errors import YayunError


@pytest.mark.parametrize(
    ("request_text", "form", "width", "lines"),
    [
        ("写一首二十句的五言排律,咏秋", "五言排律", 5, 20),
        ("写一首五言排律二十韵", "五言排律", 5, 40),
        ("以“春风”为题写一首七言排律", "七言排律", 7, 12),
        ("写一首五言六韵试帖诗,题目《春风》", "五言排律", 5, 12),
        ("写一首五言八韵", "五言排律", 5, 16),
        ("来一首五古,咏月", "五言古体", 5, 12),
        ("写一首七言古风,十六句", "七言古体", 7, 16),
        ("写一首五言古绝", "五言古绝", 5, 4),
        ("写一副春联", "对联", 7, 2),
        ("写一副五字对联,咏书房", "对联", 5, 2),
    ],
)
def test_kinds_in_a_sentence(request_text: str, form: str, width: int, lines: int) -> None:
    brief = make_brief(request_text)
    assert brief.as_form is not None
    assert (brief.form, brief.as_form.width, brief.as_form.count) == (form, width, lines)


@pytest.mark.parametrize(("flag", "form"), [("五言排律", "五言排律"), ("七古", "七言古体"), ("对联", "对联")])
def test_kinds_as_a_flag(flag: str, form: str) -> None:
    assert make_brief("咏月", form=flag).form == form


@pytest.mark.parametrize(
    ("request_text", "said"),
    [
        ("写一首十一句的五言排律", "双数"),
        ("写一首二百句的五言排律", "100 句"),
        ("写一首三十句的七古", "20 句"),
        ("上联:春风化雨千山春", "仄声"),
        ("上联:春风", "4 到 12"),
    ],
)
def test_lengths_that_there_are_not(request_text: str, said: str) -> None:
    with pytest.raises(YayunError, match=said):
        make_brief(request_text)


@pytest.mark.parametrize(
    "request_text",
    ["上联:春风化雨千山绿", "以“春风化雨千山绿”为上联,对个下联", "对个下联:春风化雨千山绿", "“春风化雨千山绿”,求下联"],
)
def test_a_first_line_to_answer(request_text: str) -> None:
    brief = make_brief(request_text)
    assert brief.locked == ("春风化雨千山绿", None)
    assert (brief.form, brief.count) == ("对联", 5)
    assert brief.as_form is not None
    assert brief.as_form.tones[1] == "中仄中平中仄平"


def test_a_number_of_second_lines_and_clauses() -> None:
    brief = make_brief("上联:风声雨声,声声入耳")
    assert brief.as_form is not None
    assert brief.as_form.widths == (8, 8)
