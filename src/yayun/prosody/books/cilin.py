"""詞林正韻 (戈載, 1821): nineteen sections made of the Pingshui groups.

Fourteen sections hold level, rising and departing rhymes together (level rhymes apart from the two oblique tones, but
of one 部: 叶韵), five hold the entering tone. Nine Pingshui groups are divided between sections; ``data/cilin.tsv``,
made by ``scripts/build_cilin.py``, says which character goes where.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from yayun.prosody import tables
from yayun.prosody.books.pingshui import pingshui
from yayun.prosody.numerals import chinese_number

ENTERING = 15  # the first section of the entering tone

# A rhyme of 詞林正韻: the section, and whether it is level.
Sound = tuple[int, bool]

# Section -> the Pingshui groups that go into it whole, all tones. Divided groups are not here.
_WHOLE = {
    1: "东冬董肿送宋",
    2: "江阳讲养绛漾",
    3: "支微齐纸尾荠寘未霁",
    4: "鱼虞语麌御遇",
    5: "蟹",
    6: "真文轸吻震问",
    7: "寒删先旱潸铣翰谏霰",
    8: "萧肴豪筱巧皓啸效号",
    9: "歌哿个",
    10: "麻马祃",
    11: "庚青蒸梗迥敬径",
    12: "尤有宥",
    13: "侵寝沁",
    14: "覃盐咸感俭豏勘艳陷",
    15: "屋沃",
    16: "觉药",
    17: "质陌锡职缉",
    18: "物月曷黠屑叶",
    19: "合洽",
}

# Sections that Song poets are seen to rhyme together (通押), most pairs at least thirty times in 7,200 poems: a note,
# not a fault. The last is by the poets' dialects.
KIN = frozenset(
    frozenset(pair)
    for pair in (
        (3, 5), (3, 4), (6, 11), (6, 13), (11, 13), (6, 7), (7, 14), (9, 10), (17, 18), (16, 17), (16, 18), (18, 19),
        (17, 19), (8, 12),
    )
)  # fmt: skip


@cache
def _section_of_group() -> dict[str, int]:
    return {group: number for number, held in _WHOLE.items() for group in held}


@cache
def _divided() -> dict[str, dict[str, tuple[int, ...]]]:
    """Divided group -> folded character -> sections."""
    rows = (files("yayun.prosody.books") / "data" / "cilin.tsv").read_text(encoding="utf-8").split("\n")[1:-1]
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for row in rows:
        group, numbers, chars = row.split("\t")
        sections = tuple(map(int, numbers.split()))
        held = found.setdefault(group, {})
        for char in chars.translate(tables.folding()):
            held[char] = tuple(sorted({*held.get(char, ()), *sections}))
    return found


@cache
def sections_of(char: str, group: str) -> tuple[int, ...]:
    """The sections (1 to 19) of ``char`` read in a Pingshui group; more than one where the book or poets have both.

    Raises KeyError for a name that is no group.
    """
    if (whole := _section_of_group().get(group)) is not None:
        return (whole,)
    held = _divided()[group]
    folded = char.translate(tables.folding())
    return held.get(folded) or tuple(sorted({number for numbers in held.values() for number in numbers}))


@cache
def sections_of_group(group: str) -> tuple[int, ...]:
    """The sections that characters of a Pingshui group are in. Raises KeyError for a name that is no group."""
    whole = _section_of_group().get(group)
    return (whole,) if whole else tuple(sorted({n for numbers in _divided()[group].values() for n in numbers}))


def sounds_of(char: str, in_groups: Iterable[str]) -> frozenset[Sound]:
    """The rhymes of ``char`` read in any of some Pingshui groups."""
    return frozenset(
        (number, pingshui().groups[name].level) for name in in_groups for number in sections_of(char, name)
    )


def rhyme_name(sound: Sound) -> str:
    """第三部平, 第三部仄, 第十五部仄: a rhyme as the decoder's frames name it beside Pingshui groups."""
    return f"第{chinese_number(sound[0])}部{'平' if sound[1] else '仄'}"


@cache
def rhyme_named(name: str) -> Sound | None:
    """The rhyme that ``rhyme_name`` gave a name; None for any other name."""
    every = [(number, level) for number in range(1, ENTERING + 5) for level in (True, False)]
    return next((sound for sound in every if rhyme_name(sound) == name), None)
