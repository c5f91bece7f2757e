"""Season and hour: does a poem name two seasons, or morning and night, by words that belong to one alone?

Poets do so too, on purpose; the human number says how often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse
from yayun.retrieval.novelty import fold_line

SEASONS = {
    "春": "春 鶯 桃花 杏花 梨花 柳絮 楊花 清明 寒食 上巳 踏青 東風",
    "夏": "夏 荷花 芙蓉 暑 梅雨 榴花 薰風 炎",
    "秋": "秋 菊 重陽 落葉 霜 蛩 桂花 西風 蘆花 砧 紅葉",
    "冬": "冬 雪 臘 歲暮 寒梅 冰 朔風",
}
HOURS = {
    "晨": "曉 曙 晨 朝陽 朝霞 朝日 旭 旦 日出 雞鳴",
    "夜": "夜 月 暮 宵 黃昏 燈 燭 斜陽 夕陽 落日 晚鐘 更漏",
}


def season_clashes(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The share (0..1) of poems that name two seasons or more."""
    return _share_of(poems, SEASONS)


def hour_clashes(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The share (0..1) of poems that name both morning and night."""
    return _share_of(poems, HOURS)


def named(lines: Sequence[str], kinds: Mapping[str, str]) -> frozenset[str]:
    """The kinds (of ``SEASONS`` or ``HOURS``) of which a word stands in folded lines."""
    return frozenset(
        kind for kind, words in _folded(tuple(kinds.items())) if any(w in line for w in words for line in lines)
    )


@cache
def _folded(kinds: tuple[tuple[str, str], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((kind, tuple(fold_line(words).split())) for kind, words in kinds)


def _share_of(poems: Sequence[Verse], kinds: Mapping[str, str]) -> Measured:
    return mean_measured(np.array([float(len(named(poem.lines, kinds)) > 1) for poem in poems]))
