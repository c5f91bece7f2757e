"""A form that nobody wrote: seven lines of four lengths, two rhymes, open places, 对仗 and two stanzas."""

from __future__ import annotations

from yayun.prosody.forms.form import Form, Line, RhymeClass

MADE_UP = Form(
    "七句试体",
    (
        Line("中平中仄仄平平", rhyme=0, mark="。"),
        Line("仄平平"),
        Line("中仄中平平仄仄", rhyme=1, mark="。"),
        Line("平仄仄", rhyme=1, mark="。"),
        Line("中仄仄平平", rhyme=0, mark="。"),
        Line("平平中仄", mark="、"),
        Line("中平中仄仄平平", rhyme=0, mark="。"),
    ),
    rhymes=(RhymeClass("平"), RhymeClass("仄")),
    parallel=((1, 3),),
    stanzas=(0, 4),
)
