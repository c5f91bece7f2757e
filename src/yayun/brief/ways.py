"""Verse made in a way of its own: 辘轳体 (a line takes its turn at each rhyming place), 集句 (lines of the corpus
joined into a poem), 回文 (a quatrain that is regular verse backwards too)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from yayun.brief.fields import brief_quote
from yayun.brief.finders import NOT, Found
from yayun.brief.locked import parse_locked, with_locked
from yayun.brief.shape import Shape, clash, merged
from yayun.brief.text import HAN, QUOTE, Text
from yayun.brief.value import Brief, Way
from yayun.errors import YayunError
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.readings.lexicon import read_line
from yayun.text.hanzi import is_hanzi

if TYPE_CHECKING:
    from yayun.brief.reader import Said

# Places (lines from 0) at which the line of 辘轳体 stands, a poem each, by how many lines the poems have.
TURNS = {4: (0, 1, 3), 8: (0, 1, 3, 5, 7)}
DYNASTIES = {"唐": "唐", "宋": "宋", "元": "元", "明": "明", "清": "清"}

_NOT = rf"(?P<no>{NOT}(?:写成|写|作|用|是|要)?)?"
_BARE = rf"{HAN}{{7}}(?!{HAN})|{HAN}{{5}}(?!{HAN})"
_TURNING = re.compile(rf"{_NOT}辘轳(?:体|格)?(?:诗|一组)?")
_TURNED = (
    re.compile(
        rf"(?P<lead>以|用|拿|取|把|将)(?P<x>{QUOTE}|{HAN}{{7}}|{HAN}{{5}})(?P<tail>这?一?句|[为作]句)?(?=[^.;]{{0,12}}辘轳)"
    ),
    re.compile(rf"辘轳[^.;]{{0,12}}?(?P<lead>以|用|取|拿)(?P<x>{QUOTE}|{_BARE})"),
    re.compile(rf"辘轳[^:.;]{{0,12}}?(?P<lead>:)(?P<x>{QUOTE}|{_BARE})"),
    re.compile(rf"辘轳[^.;]{{0,12}}?(?P<lead>)(?P<x>{QUOTE})"),
    re.compile(rf"(?P<lead>)(?P<x>{QUOTE})(?P<tail>这一?句)?(?=[^.;]{{0,12}}辘轳)"),
)
_BOTH_WAYS = re.compile(
    rf"{_NOT}(?:(?:回文|回环)(?:诗|体|绝(?!句))?|正读倒读|(?:正着|顺着|顺)?(?:读)?[,、]?倒(?:着|过来)(?:读|念)"
    r"(?:也|都|皆)?(?:要|能|可以?|得)?(?:通|合律|成诗|成文|是诗)*)"
)
_OF = r"(?:(?P<d>[唐宋元明清])(?:朝|代)?|古|前|今|各家)?(?:人|贤|诗人)?"
_COLLECTED = (
    re.compile(rf"{_NOT}集(?P<a>(?!{QUOTE})[^,.;:!?\s唐宋元明清古前成]{{1,4}}?)(?:的)?(?:诗|成)?句(?=$|[^,.;]|[,.;])"),
    re.compile(rf"{_NOT}集{_OF}的?(?:诗|成)?句(?:诗|成)?"),
    re.compile(rf"{_NOT}集(?P<d>[唐宋元明清])(?:人|朝|代)?(?:诗)?(?=$|[一成写作,为])"),
    re.compile(rf"{_NOT}集(?P<a>李白|杜甫|王维|白居易|苏轼|陆游|李商隐|杜牧|李|杜|苏|陆|白)(?:诗)?(?=$|[一成写作,为])"),
    re.compile(rf"{_NOT}集句(?:诗|成诗|体)?"),
)
# One name for a poet, as 集杜 and 集东坡 say.
_POETS = {
    "李": "李白", "太白": "李白", "青莲": "李白", "杜": "杜甫", "老杜": "杜甫", "少陵": "杜甫", "子美": "杜甫",
    "苏": "苏轼", "东坡": "苏轼", "子瞻": "苏轼", "陆": "陆游", "放翁": "陆游", "剑南": "陆游", "白": "白居易",
    "乐天": "白居易", "香山": "白居易", "义山": "李商隐", "玉溪": "李商隐", "小杜": "杜牧", "牧之": "杜牧",
    "摩诘": "王维", "右丞": "王维", "荆公": "王安石", "半山": "王安石", "山谷": "黄庭坚", "诚斋": "杨万里",
    "长吉": "李贺",
}  # fmt: skip


def find_way(text: Text) -> Found[Way] | None:
    """The way named, with its line or its authors. Errors: YayunError for 辘轳体 without a line."""
    for finder in (_find_turning, _find_collected, _find_both_ways):
        if (found := finder(text)) is not None:
            return found
    return None


def _find_turning(text: Text) -> Found[Way] | None:
    m = _TURNING.search(text.plain)
    if m is None or m["no"]:
        return None
    for pattern in _TURNED:
        if (given := pattern.search(text.plain)) is not None:
            line = "".join(filter(is_hanzi, text.said(*given.span("x"))))
            return Found(Way("辘轳体", line), (m.span(), (given.start("lead"), given.end(given.lastgroup or "x"))))
    raise YayunError("辘轳体要有一句五言或七言的诗(末字押韵),请写在请求里,例如:用“一枝红杏出墙来”写辘轳体绝句。")


def _find_collected(text: Text) -> Found[Way] | None:
    for pattern in _COLLECTED:
        m = pattern.search(text.plain)
        if m is None or m["no"]:
            continue
        said = m.groupdict()
        author = (said.get("a") or "").strip("、和与")
        author = _POETS.get(author, author)
        return Found(Way("集句", dynasty=DYNASTIES.get(said.get("d") or "", ""), author=author), (m.span(),))
    return None


def _find_both_ways(text: Text) -> Found[Way] | None:
    found = [m for m in _BOTH_WAYS.finditer(text.plain) if not m["no"]]
    return Found(Way("回文"), tuple(m.span() for m in found)) if found else None


def of_way(brief: Brief, said: Said, way: Way) -> Brief:
    """The brief with its way. Errors: YayunError for what the way does not go with, in one sentence."""
    if brief.fixed or brief.locked or said.given is not None or brief.acrostic:
        raise YayunError(f"{way.name}不能和藏头、嵌字、给定的诗句同用,请只留一样。")
    if brief.as_form is not None:
        raise YayunError(
            f"{way.name}写的是绝句{'' if way.name == '回文' else '或律诗'},不能写{brief.form},请换一种体裁。"
        )
    return {"辘轳体": _turning, "集句": _collected, "回文": _both_ways}[way.name](brief, said, way)


def _turning(brief: Brief, said: Said, way: Way) -> Brief:
    width = len(way.line)
    if width not in (5, 7):
        raise YayunError(f"辘轳体的那一句要五字或七字,“{brief_quote(way.line)}”有 {width} 个字。")
    asked = Shape(width, None)
    if clash(said.shape, asked):
        raise YayunError(f"给的“{way.line}”是{'五' if width == 5 else '七'}言,要的却是{said.shape.form()},请只留一样。")
    form = merged(said.shape, Shape(width, 4)).form()
    lines = FORMS[form or ""][1]
    turns = TURNS[lines]
    if said.count not in (None, 1, len(turns)):
        raise YayunError(
            f"辘轳体的{form}要写 {len(turns)} 首(“{way.line}”依次作第{'、'.join(str(i + 1) for i in turns)}句),"
            f"不能写 {said.count} 首。"
        )
    if not all(r.level for r in read_line(way.line)[-1].readings):
        raise YayunError(f"辘轳体的那一句要轮流押韵,末字应是平声,“{way.line}”的“{way.line[-1]}”不是,请换一句。")
    whole = replace(brief, form=form, way=way, count=len(turns), title=brief.title or way.line)
    rhyme = {_turned(whole, place).rhyme for place in turns[1:]}
    return replace(whole, rhyme=brief.rhyme or next(iter(rhyme)))


def _turned(brief: Brief, place: int) -> Brief:
    """The poem in which the line stands at a place."""
    assert brief.way is not None
    lines: list[str | None] = [None] * FORMS[brief.form or ""][1]
    lines[place] = brief.way.line
    one = replace(brief, count=1, way=None, first_line_rhymes=True if place == 0 else brief.first_line_rhymes)
    return with_locked(one, parse_locked(lines))


def apart(brief: Brief) -> list[Brief]:
    """What a brief for several poems asks for, a poem each; of 辘轳体 they differ."""
    if brief.way is not None and brief.way.name == "辘轳体":
        return [_turned(brief, place) for place in TURNS[FORMS[brief.form or ""][1]]]
    return [replace(brief, count=1)] * brief.count


def _collected(brief: Brief, said: Said, way: Way) -> Brief:
    return replace(brief, way=way)


def _both_ways(brief: Brief, said: Said, way: Way) -> Brief:
    if said.shape.lines not in (None, 4):
        raise YayunError(f"回文写的是绝句(五绝、七绝),{brief.form}还不会,请改写绝句。")
    if brief.rhyme_tone not in (None, "平"):
        raise YayunError("回文正读倒读都押平声韵,不能押仄韵,请换一个韵部。")
    return replace(brief, way=way, form=brief.form or merged(said.shape, Shape(5, 4)).form())
