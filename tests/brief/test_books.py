import pytest

from yayun.brief import make_brief
from yayun.errors import YayunError


@pytest.mark.parametrize(
    ("said", "flags", "book", "rhyme"),
    [
        ("用中华新韵写一首七绝,咏秋夜", {}, "中华新韵", None),
        ("写一首五律,按通韵,押英韵", {}, "中华通韵", "英"),
        ("七绝一首", {"book": "新韵", "rhyme": "十一庚"}, "中华新韵", "庚"),
        ("写首七绝,词林正韵第三部", {}, "词林正韵", "第三部"),
        ("新韵七绝", {"rhyme": "麻"}, "中华新韵", "麻"),
        ("写首七绝,不要新韵", {}, "平水韵", None),
        ("《新韵》七绝", {}, "平水韵", None),
    ],
)
def test_the_book_and_its_group(said, flags, book, rhyme) -> None:
    brief = make_brief(said, **flags)
    assert (brief.book, brief.rhyme) == (book, rhyme)
    assert brief.unread == ()


@pytest.mark.parametrize(
    ("said", "flags", "why"),
    [
        ("用新韵写七绝,押东韵", {}, "庚"),
        ("用新韵写七绝", {"rhyme": "东"}, "庚"),
        ("押中华新韵一东的七绝", {}, "庚"),
        ("七绝", {"book": "词林正韵", "rhyme": "一东"}, "第一部"),
        ("写一首七绝,第三部", {}, "词林正韵的韵部"),
        ("七绝", {"book": "新韵", "rhyme": "xyz"}, "麻、波"),
        ("七绝", {"book": "十三辙"}, "可用平水韵"),
        ("按十三辙写七绝", {}, "中华新韵"),
        ("用通韵写七绝", {"book": "新韵"}, "只留一个"),
        ("七绝,用新韵,不,用通韵", {}, "只能选一部"),
        ("浣溪沙一首,用新韵", {}, "词林正韵"),
        ("写一副春联,用新韵", {}, "平水韵"),
        ("新韵七绝,押仄韵", {}, "平声韵"),
    ],
)
def test_what_goes_with_no_book_is_refused_in_a_sentence(said, flags, why) -> None:
    with pytest.raises(YayunError, match=why) as error:
        make_brief(said, **flags)
    assert "\n" not in str(error.value)


def test_given_lines_are_judged_by_the_book() -> None:
    brief = make_brief("末句用“东风吹绿满山红”,写七绝,新韵")
    assert (brief.rhyme, brief.book) == ("庚", "中华新韵")
