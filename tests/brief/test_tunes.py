from __future__ import annotations

import pytest

from yayun.brief import make_brief, read_request
from yayun.brief.tunes import section_named
from yayun.errors import YayunError


@pytest.mark.parametrize(
    ("said", "tune", "title"),
    [
        ("写一首浣溪沙,咏秋夜", "浣溪沙", "咏秋夜"),
        ("填一阕水调歌头·中秋,押江阳韵", "水调歌头", "中秋"),
        ("写一首《如梦令·春晓》", "如梦令", "春晓"),
        ("填首《漁家傲》", "渔家傲", ""),
        ("以“秋夜”为题填一首蝶恋花", "蝶恋花", "秋夜"),
        ("写一首词牌为如梦令的词", "如梦令", ""),
        ("写一首小令,咏梅", "", "咏梅"),
    ],
)
def test_a_tune_is_understood(said: str, tune: str, title: str) -> None:
    brief = read_request(said)
    assert (brief.form, brief.tune, brief.title, brief.unread) == ("词", tune, title, ())


@pytest.mark.parametrize("said", ["以《浣溪沙》为题写一首七绝", "凉州词七绝", "不要写词,写一首七绝咏梅"])
def test_a_poem_is_no_tune(said: str) -> None:
    assert read_request(said).form == "七绝"


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("第三部", "第三部"),
        ("江阳韵", "第二部"),
        ("东冬", "第一部"),
        ("第十九部韵", "第十九部"),
        ("东", None),
        ("二十部", None),
    ],
)
def test_sections_by_number_and_by_name(name: str, section: str | None) -> None:
    assert section_named(name) == section


def test_flags_say_it_too() -> None:
    brief = make_brief("咏荷", tune="卜算子", variant="正体", rhyme="第三部")
    assert (brief.form, brief.tune, brief.variant, brief.rhyme) == ("词", "卜算子", "正体", "第三部")
    assert make_brief(form="忆江南").tune == "忆江南"


@pytest.mark.parametrize(
    ("said", "fields", "says"),
    [
        ("填一首浣西沙", {}, "浣溪沙"),
        ("写一首浣溪沙,七律", {}, "只留一样"),
        ("写一首浣溪沙", {"tune": "满江红"}, "前后不一"),
        ("填一首浣溪沙,藏头“春夏秋冬”", {}, "藏头"),
        ("填一首浣溪沙,仄起", {}, "平起仄起"),
        ("写一首七绝,咏梅", {"rhyme": "第三部"}, "词林正韵的韵部"),
        ("咏梅", {"variant": "正体"}, "--tune"),
    ],
)
def test_what_does_not_go_together_is_said(said: str, fields: dict[str, str], says: str) -> None:
    with pytest.raises(YayunError, match=says) as raised:
        make_brief(said, **fields)  # type: ignore[arg-type]
    assert str(raised.value).count("。") == 1


def test_a_given_line_of_a_tune_may_be_of_any_length() -> None:
    brief = make_brief("念奴娇,首句用“大江东去”")
    assert (brief.tune, brief.locked) == ("念奴娇", ("大江东去",))
