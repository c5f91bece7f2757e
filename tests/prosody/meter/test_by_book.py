from pathlib import Path

import pytest

from yayun.checking.tunes import told_by_other_books
from yayun.errors import YayunError
from yayun.prosody.meter.by_book import review_by_book
from yayun.prosody.review import review

ROWS = (Path(__file__).parents[1] / "books" / "living.tsv").read_text("utf-8").splitlines()[1:]
LIVING = [(tuple(poem.split(",")), xinyun, tongyun) for poem, xinyun, tongyun in (row.split("\t") for row in ROWS)]


@pytest.mark.parametrize(("lines", "xinyun", "tongyun"), LIVING)
def test_poems_by_living_rules(lines: tuple[str, ...], xinyun: str, tongyun: str) -> None:
    for book, rhyme in (("中华新韵", xinyun), ("中华通韵", tongyun)):
        found = review_by_book(lines, book)
        assert found.passed == bool(rhyme), (book, found.findings)
        if rhyme:
            assert found.rhyme == rhyme
        else:
            assert {f.rule for f in found.findings if f.severity == "error"} == {"出韵"}
    assert {f.rule for f in review(lines).findings} & {"出韵", "末句邻韵", "体裁"}  # none rhymes right by 平水韵


def test_the_review_by_pingshui_says_which_book_passes() -> None:
    lines = LIVING[0][0]
    (told,) = told_by_other_books([review(lines)], None)
    assert told.findings[0].message == "按平水韵出韵;按中华新韵、中华通韵合律(可加 --book 中华新韵 再查)"
    assert not told.passed
    right = review(("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"))
    assert told_by_other_books([right], None) == [right]


def test_cilin_judges_by_sections() -> None:
    lines = (
        "国破山河在",
        "城春草木深",
        "感时花溅泪",
        "恨别鸟惊心",
        "烽火连三月",
        "家书抵万金",
        "白头搔更短",
        "浑欲不胜簪",
    )
    found = review_by_book(lines, "词林正韵")
    assert found.passed
    assert found.rhyme == "第十三部"
    assert found.form == "五言律诗"


def test_what_was_asked_for() -> None:
    lines = LIVING[0][0]
    assert review_by_book(lines, "中华新韵", rhyme="庚", form="五绝").passed
    other = review_by_book(lines, "中华新韵", rhyme="麻")
    assert [f.rule for f in other.findings if f.severity == "error"] == ["出韵", "出韵"]
    with pytest.raises(YayunError, match="中华新韵里没有「东」"):
        review_by_book(lines, "中华新韵", rhyme="东")
