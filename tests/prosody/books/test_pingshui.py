from collections import Counter

import pytest

from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.numerals import chinese_number


def test_there_are_106_groups_in_five_volumes() -> None:
    assert len(book(PINGSHUI).groups) == 106
    volumes = Counter(group.volume for group in book(PINGSHUI).groups.values())
    assert volumes == {"上平": 15, "下平": 15, "上": 29, "去": 30, "入": 17}
    assert Counter(group.tone for group in book(PINGSHUI).groups.values()) == {"平": 30, "上": 29, "去": 30, "入": 17}
    assert sum(group.level for group in book(PINGSHUI).groups.values()) == 30


@pytest.mark.parametrize(
    ("name", "label"),
    [("东", "上平一东"), ("删", "上平十五删"), ("咸", "下平十五咸"), ("漾", "去二十三漾"), ("洽", "入十七洽")],
)
def test_labels_carry_volume_and_ordinal(name: str, label: str) -> None:
    assert book(PINGSHUI).label(name) == label


@pytest.mark.parametrize(("n", "text"), [(1, "一"), (10, "十"), (15, "十五"), (20, "二十"), (29, "二十九")])
def test_chinese_numbers(n: int, text: str) -> None:
    assert chinese_number(n) == text


def test_neighbours_are_symmetric_of_one_tone_and_never_the_group_itself() -> None:
    for name, group in book(PINGSHUI).groups.items():
        for other in book(PINGSHUI).neighbours[name]:
            assert other != name
            assert name in book(PINGSHUI).neighbours[other]
            assert book(PINGSHUI).groups[other].tone == group.tone


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("东", "冬"), ("支", "微齐"), ("鱼", "虞"), ("佳", "灰"), ("真", "文元"),
        ("元", "真文寒删先"), ("先", "元寒删"), ("庚", "青蒸"), ("覃", "盐咸"), ("阳", "江"), ("尤", ""), ("侵", ""),
        ("纸", "尾荠"), ("屋", "沃"), ("泰", "卦队"),
    ],
)  # fmt: skip
def test_neighbours_as_tang_first_lines_show_them(name: str, others: str) -> None:
    assert book(PINGSHUI).neighbours[name] == frozenset(others)


def test_same_final_pairs_level_rising_and_departing() -> None:
    assert book(PINGSHUI).finals["东"] == {"董", "送"}
    assert book(PINGSHUI).finals["漾"] == {"阳", "养"}
    for name in book(PINGSHUI).groups:
        for other in book(PINGSHUI).finals[name]:
            assert book(PINGSHUI).groups[other].tone != book(PINGSHUI).groups[name].tone
            if book(PINGSHUI).groups[name].tone != "入":
                assert name in book(PINGSHUI).finals[other]
