"""A brief for verse made in a way of its own (``ways``): what it can take, and the poems of a 辘轳体, one by one."""

from __future__ import annotations

from dataclasses import replace

from yayun.brief.fields import brief_quote
from yayun.brief.locked import parse_locked, with_locked
from yayun.brief.reader import Said
from yayun.brief.shape import Shape, clash, merged
from yayun.brief.value import Brief, Way
from yayun.errors import YayunError
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.readings.lexicon import read_line

# Places (lines from 0) at which the line of 辘轳体 stands, a poem each, by how many lines the poems have.
TURNS = {4: (0, 1, 3), 8: (0, 1, 3, 5, 7)}


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
