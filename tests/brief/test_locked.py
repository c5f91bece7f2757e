from __future__ import annotations

import pytest

from yayun.brief import make_brief
from yayun.errors import YayunError


def test_locked_lines_settle_form_and_group() -> None:
    brief = make_brief(title="登楼", locked=["白日依山尽，", None, "", "更上一层楼。"])
    assert brief.locked == ("白日依山尽", None, None, "更上一层楼")
    assert (brief.form, brief.rhyme) == ("五绝", "尤")
    assert make_brief(title="登楼", locked=[None] * 4).locked == ()
    odd = make_brief("写一首五律", locked=["空山新雨后", *[None] * 7])
    assert (odd.form, odd.rhyme) == ("五律", None)
    assert make_brief(locked=["無邊落木蕭蕭下", *[None] * 7]).form == "七律"


def test_of_several_groups_one_that_is_wanted_is_taken() -> None:
    lines = [None, "春风吹未看", None, None]  # 看: level 寒, oblique 翰
    assert make_brief(locked=lines).rhyme == "寒"
    assert make_brief("押仄韵的五绝", locked=[None, "春风吹又看", None, None]).rhyme == "翰"


REFUSED = [
    (["白日依山尽", None, None], "照全诗给出"),
    (["白日依山尽", None, "欲穷千里目啊", None], "照全诗给出"),
    (["白日依山x", None, None, None], "只能用汉字"),
    ([None, "黄河入海流", None, "更上一层东"], "同押"),
    (["白日依山高", None, None, None], "第一句"),
    ([None, "黄河入海流", None, "江水入海流"], "第四句"),
]


@pytest.mark.parametrize(("lines", "said"), REFUSED)
def test_lines_that_cannot_stand_are_refused_with_the_reason(lines: list[str | None], said: str) -> None:
    with pytest.raises(YayunError, match=said):
        make_brief(locked=lines)


def test_lines_that_say_other_than_the_request_are_refused() -> None:
    lines = ["白日依山尽", None, None, "更上一层楼"]
    for fields, said in (
        ({"form": "七绝"}, "七绝"),
        ({"rhyme": "东"}, "第四句"),
        ({"acrostic": "春夏秋冬"}, "藏头第一字"),
    ):
        with pytest.raises(YayunError, match=said):
            make_brief(locked=lines, **fields)
    assert make_brief(locked=lines, acrostic="白夏秋更").acrostic == "白夏秋更"
