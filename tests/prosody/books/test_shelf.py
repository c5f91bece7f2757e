import pytest

from yayun.errors import YayunError
from yayun.prosody.books.shelf import NAMES, book, canonical_book, canonical_division, divisions


def test_books_as_values() -> None:
    sizes = {"词林正韵": 19, "中华新韵": 14, "中华通韵": 16}
    for name, count in sizes.items():
        held = book(name)
        assert held.name == name
        assert len(divisions(name)) == count
        for char in "春花秋月何时了往事知多少":
            for reading in held.readings(char):
                group = held.groups[reading.group]
                assert (reading.tone, reading.level) == (group.tone, group.level)
                assert reading.group in held.together(reading.group)


def test_what_rhymes_in_which_book() -> None:
    def rhyme(name: str, one: str, other: str) -> bool:
        held = book(name)
        return any(
            other_reading.group in held.together(reading.group)
            for reading in held.readings(one)
            for other_reading in held.readings(other)
        )

    assert rhyme("词林正韵", "东", "冬")
    assert rhyme("词林正韵", "雪", "物")
    assert not rhyme("词林正韵", "雪", "客")
    assert not rhyme("词林正韵", "东", "动")  # level and oblique are two rhymes
    assert rhyme("词林正韵", "动", "梦")
    assert rhyme("中华新韵", "东", "情")
    assert not rhyme("中华通韵", "东", "情")
    assert rhyme("中华新韵", "歌", "波")
    assert not rhyme("中华通韵", "歌", "波")
    assert rhyme("中华通韵", "歌", "别")
    assert rhyme("中华通韵", "诗", "西")
    assert not rhyme("中华新韵", "诗", "西")


def test_names_of_books_and_rhymes() -> None:
    assert canonical_book("新韵") == canonical_book("中華新韻") == "中华新韵"
    assert canonical_book("平水韵") in NAMES
    for asked in ("三", "第三部", "三部", "3"):
        assert canonical_division("词林正韵", asked) == "第三部"
    for asked in ("麻", "一麻", "麻韵", "一"):
        assert canonical_division("中华新韵", asked) == "麻"
    with pytest.raises(YayunError, match="没有「洪武」"):
        canonical_book("洪武")
    with pytest.raises(YayunError, match="它有麻、波"):
        canonical_division("中华新韵", "东")
