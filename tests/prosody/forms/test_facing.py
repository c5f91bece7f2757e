"""对联 and 古体 as forms, and how texts are judged by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.prosody.forms import facing
from yayun.prosody.forms.old import old_style
from yayun.prosody.review import review
from yayun.prosody.tones import OPEN


@given(st.integers(facing.SHORTEST, facing.LONGEST))
def test_beats_are_opposed_and_ends_are_oblique_then_level(width: int) -> None:
    for form in facing.alternating(width):
        upper, lower = form.tones
        assert (upper[-1], lower[-1]) == ("仄", "平")
        for i in facing.beats(facing.usual_clauses(width)):
            assert {upper[i], lower[i]} == {"平", "仄"}
        assert all((a == OPEN) == (b == OPEN) for a, b in zip(upper, lower, strict=True))


@given(st.text("平仄中", min_size=3, max_size=11), st.integers(0, 3))
def test_an_answer_opposes_the_beats_of_its_first_line(tones: str, split: int) -> None:
    upper = tones + "仄"
    clauses = (split + 2, len(upper) - split - 2) if len(upper) > split + 4 else (len(upper),)
    _, lower = facing.answering(upper, clauses).tones
    for i in facing.beats(clauses)[:-1]:
        assert lower[i] == {"平": "仄", "仄": "平", "中": "中"}[upper[i]]
    assert lower[-1] == "平"


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        (("春风化雨千山绿", "旭日凝霞万里红"), set()),
        (("海内存知己", "天涯若比邻"), set()),
        (("海内存知己", "天涯若比翼"), {"平仄"}),  # ends 仄
        (("春风化雨千山绿", "春日凝霞万里红"), {"重字"}),
        (("海内存知己", "天涯若比邻人"), {"字数"}),
    ],
)
def test_couplets_are_checked(lines: tuple[str, str], rules: set[str]) -> None:
    found = review(lines, form="对联")
    assert {f.rule for f in found.findings if f.severity == "error"} == rules
    assert (found.form, found.rhyme, found.passed) == ("对联", None, not rules)


WANGYUE = [
    "岱宗夫如何",
    "齐鲁青未了",
    "造化钟神秀",
    "阴阳割昏晓",
    "荡胸生层云",
    "决眦入归鸟",
    "会当凌绝顶",
    "一览众山小",
]


def test_old_verse_is_judged_by_its_rhyme_where_it_is_asked_for() -> None:
    found = review(WANGYUE, form="五古")
    assert (found.form, found.rhyme, found.passed) == ("五言古体", "筱", True)
    changed = review([*WANGYUE[:7], "一览众山低"], form="五古")
    assert {f.rule for f in changed.findings if f.severity == "error"} == {"出韵"}


def test_old_verse_that_nobody_named_says_so_and_does_not_pass() -> None:
    found = review(WANGYUE)
    assert (found.form, found.passed, found.rhyme) == ("五言古体", False, "筱")


def test_a_quatrain_of_old_style() -> None:
    assert old_style(5, 4).name == "五言古绝"
    found = review(["千山鸟飞绝", "万径人踪灭", "孤舟蓑笠翁", "独钓寒江雪"], form="五言古绝")
    assert found.passed
    assert found.rhyme == "屑"
