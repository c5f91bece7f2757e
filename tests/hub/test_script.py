from __future__ import annotations

import pytest
from tests.conftest import CLASSICS

from yayun import script
from yayun.hub import script as table
from yayun.prosody.tables import rhymebook

TEXT = "\n".join(f"{title}\n{text}" for _, title, text in CLASSICS) + "\n乾坤萬里眼 慰藉 著書 瞭望 一目瞭然 深沈"


def test_simplified_is_opencc_by_characters_and_phrases() -> None:
    assert table.to_simplified(TEXT) == script.to_simplified(TEXT)
    chars = "\n".join(sorted(rhymebook()))
    assert table.to_simplified(chars) == script.to_simplified(chars)


@pytest.mark.parametrize("title", ["春风", "头发", "皇后", "干杯", "公里", "题西林壁", "后山", "游子吟", "早发白帝城"])
def test_traditional_titles_are_opencc(title: str) -> None:
    assert table.to_traditional(title) == script.to_traditional(title)


def test_the_longest_match_goes_first() -> None:
    assert table.convert("abc", {"a": "1", "ab": "2", "bc": "3"}) == "2c"
    assert table.convert("", {}) == ""
