import pytest

from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.readings.lexicon import rhyme_groups, variants
from yayun.retrieval.feet import rhyme_feet


@pytest.mark.parametrize("group", list(book(PINGSHUI).groups))
def test_every_group_offers_members_only_each_once(group):
    feet = rhyme_feet(group, "送别", "七律")
    assert len(set(feet)) == len(feet)
    assert all(len(foot) == 1 and group in rhyme_groups(foot) for foot in feet)
    assert not variants().keys() & set(feet)


@pytest.mark.parametrize("group", [name for name, group in book(PINGSHUI).groups.items() if group.level])
def test_level_groups_fill_the_limit(group):
    assert len(rhyme_feet(group)) == 24


def test_every_group_offers_feet():
    few = {name: len(rhyme_feet(name)) for name in book(PINGSHUI).groups if len(rhyme_feet(name)) < 16}
    assert all(count >= 4 for count in few.values())
    assert len(few) <= 6, few


def test_the_likeliest_come_first():
    assert set("風中空同紅") <= set(rhyme_feet("东", limit=8))
    assert "人" in rhyme_feet("真", limit=2)
    assert {"上", "望"} <= set(rhyme_feet("漾"))


@pytest.mark.parametrize(
    ("group", "near", "far", "closer"),
    [
        ("东", "边塞", "山居", "戎"),
        ("东", "雪", "边塞", "融"),
        ("庚", "边塞", "春风", "營"),
    ],
)
def test_a_theme_brings_its_feet_forward(group, near, far, closer):
    def place(theme):
        return rhyme_feet(group, theme, limit=200).index(closer)

    assert place(near) < place(far)


def test_scripts_and_order_of_calls_make_no_difference():
    assert rhyme_feet("东", "边塞") == rhyme_feet("东", "邊塞") == rhyme_feet("东", "邊塞")


def test_an_unknown_theme_falls_back_to_frequency():
    assert rhyme_feet("东", "hello") == rhyme_feet("东") == rhyme_feet("东", "")


def test_the_form_counts_its_own_width():
    assert rhyme_feet("东", form="五绝") == rhyme_feet("东", form="五律")
    assert rhyme_feet("东", form="五绝") != rhyme_feet("东", form="七绝")


@pytest.mark.parametrize("limit", [0, 1, 8, 40])
def test_the_limit_holds(limit):
    assert len(rhyme_feet("东", "春风", limit=limit)) == limit


def test_no_group():
    with pytest.raises(KeyError):
        rhyme_feet("東韻")
