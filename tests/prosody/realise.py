"""Verse of given tones, from characters that have one tone only whatever stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from yayun.prosody.readings.lexicon import read_line, tones
from yayun.prosody.tones import LEVEL

LEVELS = "天云山江湖春花楼台云霞窗人家门溪林亭村桥船帆歌琴书灯杯衣裘牛羊"
OBLIQUES = "水月夜雨雪路马鸟草叶木石海岸野寺塔客子酒梦泪竹柳露雾火日户径浦"
# Level feet of 东, and oblique ends of many groups.
FEET = "东同铜桐童瞳宫红鸿丛翁葱聪通公"
ENDS = "水月雨雪路马鸟草叶木石海岸野"


@cache
def settled(chars: str, tone: str) -> str:
    """The characters of ``chars`` that have that tone and no other."""
    return "".join(dict.fromkeys(c for c in chars if tones(c) == {tone}))


def realise(lines: Sequence[str], *, start: int = 0) -> list[str]:
    """A character for each tone: no character in two lines, level line ends rhyme in 东."""
    level, oblique = settled(LEVELS, "平"), settled(OBLIQUES, "仄")
    feet, ends = settled(FEET, "平"), settled(ENDS, "仄")
    found = []
    for i, line in enumerate(lines):
        inner = "".join(
            (level if tone == LEVEL else oblique)[(start + 7 * i + j) % 20] for j, tone in enumerate(line[:-1])
        )
        pool = feet if line[-1] == LEVEL else ends
        found.append(inner + pool[(start + i) % len(pool)])
    for line, wanted in zip(found, lines, strict=True):
        assert [place.tones for place in read_line(line)] == [{tone} for tone in wanted], line
    return found
