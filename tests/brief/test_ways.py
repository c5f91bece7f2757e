import pytest

from yayun.brief import make_brief
from yayun.brief.of_way import apart
from yayun.errors import YayunError


@pytest.mark.parametrize(
    ("said", "form", "places"),
    [
        ("用“一枝红杏出墙来”写辘轳体绝句", "七绝", (0, 1, 3)),
        ("辘轳体:夜深灯火上樊楼", "七绝", (0, 1, 3)),
        ("写一组辘轳体七律,用“不信东风唤不回”", "七律", (0, 1, 3, 5, 7)),
        ("以“更上一层楼”写三首辘轳体", "五绝", (0, 1, 3)),
    ],
)
def test_the_line_of_turns_takes_its_turn_at_each_rhyming_place(said, form, places) -> None:
    brief = make_brief(said)
    each = apart(brief)
    assert (brief.form, brief.count) == (form, len(places))
    assert [one.locked.index(brief.way.line) for one in each] == [*places]
    assert {one.rhyme for one in each} == {brief.rhyme}
    assert each[0].first_line_rhymes is True


@pytest.mark.parametrize(
    ("said", "dynasty", "author"),
    [
        ("集唐人句写一首五绝", "唐", ""),
        ("集宋诗写一首七绝", "宋", ""),
        ("集句成一首七绝,写秋思", "", ""),
        ("集李白诗句,写一首送别的七绝", "", "李白"),
        ("集杜成一首五律", "", "杜甫"),
        ("集东坡句写七绝", "", "苏轼"),
    ],
)
def test_whose_lines_are_collected(said, dynasty, author) -> None:
    way = make_brief(said).way
    assert (way.name, way.dynasty, way.author) == ("集句", dynasty, author)


@pytest.mark.parametrize("said", ["写一首回文七绝,咏秋夜", "七绝回文,倒着读也要合律", "回文绝句,七言"])
def test_verse_that_reads_both_ways(said) -> None:
    brief = make_brief(said)
    assert (brief.way.name, brief.form, brief.unread) == ("回文", "七绝", ())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("辘轳体", "写在请求里"),
        ("以“梦里不知身是客”写辘轳体", "平声"),
        ("用“一枝红杏出墙来”写五绝辘轳体", "七言"),
        ("用“一枝红杏出墙来”写辘轳体绝句,写两首", "3 首"),
        ("回文七律", "绝句"),
        ("回文藏头诗:春夏秋冬", "只留一样"),
        ("集唐人句填一首浣溪沙", "只用于诗"),
        ("集句写一副春联", "换一种体裁"),
        ("回文七绝,押仄韵", "平声韵"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(said, why) -> None:
    with pytest.raises(YayunError, match=why):
        make_brief(said)


def test_a_way_that_is_ruled_out_is_none() -> None:
    assert make_brief("写一首七绝,不要集句").way is None
