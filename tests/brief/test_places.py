"""次韵, 藏尾 and 斜嵌 read from a sentence."""

from __future__ import annotations

import pytest

from yayun.brief import make_brief, read_request
from yayun.errors import YayunError

HERON = "白日依山尽,黄河入海流。欲穷千里目,更上一层楼。"


@pytest.mark.parametrize("request_text", [f"步韵:{HERON}", f"写一首五绝,次韵“{HERON}”", f"步王之涣诗韵写一首:{HERON}"])
def test_the_feet_of_a_poem_are_kept_in_order(request_text: str) -> None:
    brief = make_brief(request_text)
    assert brief.fixed == (((1, 4), "流"), ((3, 4), "楼"))
    assert (brief.form, brief.rhyme, brief.first_line_rhymes) == ("五绝", "尤", False)


def test_a_rhyming_first_line_is_answered_too() -> None:
    brief = make_brief("步韵:朝辞白帝彩云间,千里江陵一日还。两岸猿声啼不住,轻舟已过万重山。")
    assert [char for _, char in brief.fixed] == ["间", "还", "山"]
    assert brief.first_line_rhymes


def test_ends_and_diagonals() -> None:
    assert make_brief("藏尾“月来夜开”,写一首七绝").fixed == (
        ((0, 6), "月"),
        ((1, 6), "来"),
        ((2, 6), "夜"),
        ((3, 6), "开"),
    )
    assert [place for place, _ in make_brief("写一首五绝,斜嵌“春江花月”").fixed] == [(0, 0), (1, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize(
    ("request_text", "said"),
    [
        ("次韵《登高》", "原诗"),
        ("藏尾“春夏秋冬”,写一首七绝", "不同韵"),
        ("写一首藏尾诗", "藏尾请写明"),
        (f"写一首七律,步韵:{HERON}", "请只留一样"),
        ("斜嵌“春江花”,写一首五绝", "4 个字"),
    ],
)
def test_what_cannot_be_set_says_what_would_work(request_text: str, said: str) -> None:
    with pytest.raises(YayunError, match=said):
        make_brief(request_text)


@pytest.mark.parametrize(
    ("asked", "first", "fixed"),
    [
        ("韵脚用“来、台”,七绝", False, {(1, 6): "来", (3, 6): "台"}),
        ("韵脚:来、开、台", True, {(0, 4): "来", (1, 4): "开", (3, 4): "台"}),
        ("用“来”“开”“台”“梅”作韵脚写一首五律", False, {(1, 4): "来", (3, 4): "开", (5, 4): "台", (7, 4): "梅"}),
    ],
)
def test_rhyme_words_that_are_named_are_set(asked: str, first: bool, fixed: dict[tuple[int, int], str]) -> None:
    brief = read_request(asked)
    assert (brief.rhyme, brief.first_line_rhymes, dict(brief.fixed)) == ("灰", first, fixed)


def test_more_rhyme_words_than_a_poem_has_lines_that_rhyme_are_told() -> None:
    brief = read_request("用“来、开、台、梅”作韵脚写一首七绝")
    assert (brief.rhyme, brief.fixed, brief.unread) == ("灰", (), ("来、开、台、梅",))
    assert any("只保证押灰韵" in note for note in brief.notes)
