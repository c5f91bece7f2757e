import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yayun.corpus.overlaps import hash_poems, is_among, repeats

POEM = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")


def mask(count, *chosen):
    found = np.zeros(count, bool)
    found[list(chosen)] = True
    return found


def near(poems, these, those):
    return np.flatnonzero(hash_poems(poems).near_to(mask(len(poems), *these), mask(len(poems), *those))).tolist()


def test_lines_that_differ_in_one_place_are_near():
    poems = [POEM, ("春山依日落", "黄河入海留"), ("春山依日落", "长河入海留"), ("君不见", "日月长")]
    assert near(poems, [1, 2, 3], [0]) == [1]
    assert near(poems, [0], [1, 2, 3]) == [0]


def test_the_same_characters_in_other_places_are_not_near():
    assert near([("白日依山尽",), ("日白依山尽",), ("白日依山尽山",)], [1, 2], [0]) == []


def test_short_lines_are_not_compared():
    assert near([("君不见",), ("君不见",)], [1], [0]) == []


lines = st.text(alphabet="山水日", min_size=1, max_size=6)
poems = st.lists(st.lists(lines, min_size=1, max_size=3), min_size=1, max_size=8)


@given(poems, st.data())
def test_near_is_what_the_split_means_by_it(poems, data):
    those = data.draw(st.sets(st.integers(0, len(poems) - 1)))
    these = set(range(len(poems))) - those

    def close(a, b):
        return len(a) == len(b) >= 5 and sum(x != y for x, y in zip(a, b, strict=True)) <= 1

    expected = [i for i in sorted(these) if any(close(a, b) for a in poems[i] for j in those for b in poems[j])]
    assert near(poems, these, those) == expected


@given(poems)
def test_more_than_half_of_the_lines_in_one_earlier_poem_or_all_make_a_repeat(poems):
    found = repeats(hash_poems(poems))
    for i, poem in enumerate(poems):
        if found[i]:
            assert any(sum(line in poems[j] for line in poem) * 2 > len(poem) for j in range(i))
        if poem in poems[:i]:
            assert found[i]


def test_repeats_from_a_number_on():
    every = [POEM, POEM, (*POEM[:3], "独钓寒江雪"), (*POEM[:2], "独钓寒江雪", "孤舟蓑笠翁")]
    assert repeats(hash_poems(every)).tolist() == [False, True, True, False]
    assert repeats(hash_poems(every), first=2).tolist() == [False, False, True, False]


@given(st.lists(st.integers(0, 2**64 - 1)), st.lists(st.integers(0, 2**64 - 1)))
def test_membership(many, few):
    many = many + few[:1]
    found = is_among(np.array(many, np.uint64), np.array(few, np.uint64))
    assert found.tolist() == [x in few for x in many]


def test_nothing_is_near_nothing():
    assert hash_poems([]).count == 0
    assert repeats(hash_poems([])).tolist() == []
    assert repeats(hash_poems([POEM, (), ("",), POEM])).tolist() == [False, False, False, True]
