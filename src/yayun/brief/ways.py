"""Verse made in a way of its own: 辘轳体 (a line takes its turn at each rhyming place), 集句 (lines of the corpus
joined into a poem), 回文 (a quatrain that is regular verse backwards too)."""

from __future__ import annotations

import re

from yayun.brief.finders import NOT, Found
from yayun.brief.text import HAN, QUOTE, Text
from yayun.brief.value import Way
from yayun.errors import YayunError
from yayun.prosody.readings.hanzi import is_hanzi

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
