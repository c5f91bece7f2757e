from __future__ import annotations

import pytest

from yayun.brief import Brief
from yayun.brief.conversation import Written, follow
from yayun.errors import YayunError

POEM = Written(("孤帆远影碧空尽", "握手离心湘水头", "今夜送行人不见", "洞庭湖外泊扁舟"), "尤")


def after(sentence: str, first: str = "写一首送别七绝") -> Brief:
    brief, moves = follow([first, sentence], [POEM, Written()])
    assert moves == 1
    return brief


def test_what_is_not_changed_stays() -> None:
    assert (after("再来一首").theme, after("再来一首").form) == ("送别", "七绝")
    assert (after("再来一首,换成五绝").theme, after("再来一首,换成五绝").form) == ("送别", "五绝")
    assert after("换成七律").form == "七律"
    assert after("五律").form == "五律"
    assert after("再来两首").count == 2
    assert after("换成繁体").script == "traditional"


def test_another_group_is_not_the_one_before() -> None:
    assert after("换个韵").avoid_rhymes == ("尤",)
    assert after("押阳韵吧").rhyme == "阳"
    assert after("韵换成东韵", "写一首送别七绝,押尤韵").rhyme == "东"


def test_lines_not_named_are_kept() -> None:
    assert after("第三句不好重写").locked == (*POEM.lines[:2], None, POEM.lines[3])
    assert after("前两句留着,后两句重写").locked == (*POEM.lines[:2], None, None)
    assert after("最后一句重写").locked == (*POEM.lines[:3], None)
    with pytest.raises(YayunError, match="4 句"):
        after("第五句重写")
    with pytest.raises(YayunError, match="前面没有"):
        follow(["写一首送别七绝", "第三句重写"], [Written(), Written()])


def test_titles_and_words() -> None:
    assert after("题目改成《秋夜》").title == "秋夜"
    assert (after("不要这个题目").title, after("不要这个题目").theme) == ("无题", "送别")
    assert after("换个意象,加上菊花").imagery == ("菊花",)
    assert after("不要出现愁字,重写").avoid_words == ("愁",)


def test_a_request_of_its_own_begins_anew() -> None:
    brief, moves = follow(["写一首送别七绝", "再写一首咏梅的五绝"], [POEM, Written()])
    assert (brief.title, brief.theme, brief.form, moves) == ("咏梅", None, "五绝", 0)
    with pytest.raises(YayunError):
        follow(["写一首送别七绝", "谢谢"], [POEM, Written()])
