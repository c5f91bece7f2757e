# yayun/prosody/groups.py of yayun, copied by `yayun train export`: change it there.
"""The 106 Pingshui rhyme groups: names, tones, order and neighbours.

Source: the group list of the Pingshui rhyme book (平水韻, 106 groups) as every edition gives it;
the neighbours are those Tang first lines show (首句鄰韻), after Wang Li, *Shici gelü*.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Tone = Literal["平", "上", "去", "入"]

# Volume -> its groups in order. 上平/下平 are two volumes of one tone.
_VOLUMES = {
    "上平": "东冬江支微鱼虞齐佳灰真文元寒删",
    "下平": "先萧肴豪歌麻阳庚青蒸尤侵覃盐咸",
    "上": "董肿讲纸尾语麌荠蟹贿轸吻阮旱潸铣筱巧皓哿马养梗迥有寝感俭豏",
    "去": "送宋绛寘未御遇霁泰卦队震问愿翰谏霰啸效号个祃漾敬径宥沁勘艳陷",
    "入": "屋沃觉质物月曷黠屑药陌锡职缉合叶洽",
}

# Finals that Tang poets let a first line borrow from one another.
_NEIGHBOURS = ("东冬", "支微齐", "鱼虞", "佳灰", "真文元", "元寒删先", "萧肴豪", "庚青蒸", "覃盐咸")
# Attested, but seldom.
_RARE_NEIGHBOURS = ("江阳", "歌麻")
# 泰 has no level final of its own; it goes with those of 佳 and 灰.
_WITHOUT_LEVEL = ("泰卦队",)

# The same final in its other tones, by position of the level group (for 撞韵 and for oblique neighbours).
_FINALS = (
    "东董送屋",
    "冬肿宋沃",
    "江讲绛觉",
    "支纸寘",
    "微尾未",
    "鱼语御",
    "虞麌遇",
    "齐荠霁",
    "佳蟹卦",
    "灰贿队",
    "真轸震质",
    "文吻问物",
    "元阮愿月",
    "寒旱翰曷",
    "删潸谏黠",
    "先铣霰屑",
    "萧筱啸",
    "肴巧效",
    "豪皓号",
    "歌哿个",
    "麻马祃",
    "阳养漾药",
    "庚梗敬陌",
    "青迥径锡",
    "尤有宥",
    "侵寝沁缉",
    "覃感勘合",
    "盐俭艳叶",
    "咸豏陷洽",
)


@dataclass(frozen=True, slots=True)
class Group:
    """One rhyme group: ``name`` (simplified, unique over all tones), ``volume``, ``ordinal`` in it (from 1), ``tone``
    and whether that is ``level`` (平)."""

    name: str
    volume: str
    ordinal: int
    tone: Tone
    level: bool

    @property
    def label(self) -> str:
        """The name with volume and ordinal, e.g. ``上平一东``, ``去二十三漾``."""
        return f"{self.volume}{chinese_number(self.ordinal)}{self.name}"


@cache
def chinese_number(n: int) -> str:
    """Write 1..99 in Chinese numerals, e.g. ``十二``; larger numbers in figures."""
    if n > 99:
        return str(n)
    tens, ones = divmod(n, 10)
    digits = "零一二三四五六七八九"
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")


def _tone_of(volume: str) -> Tone:
    return "平" if volume in ("上平", "下平") else volume  # type: ignore[return-value]


@cache
def groups() -> dict[str, Group]:
    """All 106 groups by name, in the order of the book."""
    return {
        name: Group(name, volume, i, tone := _tone_of(volume), tone == "平")
        for volume, names in _VOLUMES.items()
        for i, name in enumerate(names, start=1)
    }


@cache
def neighbours(name: str) -> frozenset[str]:
    """Groups a first line may borrow from when the poem rhymes in ``name`` (itself excluded).

    An oblique group's neighbours are the groups of the same tone whose level finals are neighbours.
    """
    tone_index = "平上去入".index(groups()[name].tone)
    found: set[str | None] = set()
    for row in _NEIGHBOURS + _RARE_NEIGHBOURS:
        members = {_in_tone(level, tone_index) for level in row}
        if name in members:
            found |= members
    for row in _WITHOUT_LEVEL:
        if name in row:
            found |= set(row)
    return frozenset(other for other in found if other is not None and other != name)


def _in_tone(level_name: str, tone_index: int) -> str | None:
    for final in _FINALS:
        if final[0] == level_name:
            return final[tone_index] if tone_index < len(final) else None
    return level_name if tone_index == 0 else None


@cache
def same_final(name: str) -> frozenset[str]:
    """Groups that share the final of ``name`` in another tone (入 apart: its finals are stops)."""
    for final in _FINALS:
        if name in final:
            return frozenset(final[:3]) - {name}
    return frozenset()
