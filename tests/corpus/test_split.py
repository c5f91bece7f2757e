from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.corpus.split import HELD_OUT, assign_splits, line_signatures, split_by_hash

# Trained weights depend on these: they may never change. By hand: SHA-256 of the id, first 8 bytes, modulo 100.
PINNED = {
    "3ad6d468-7ff1-4a7b-8b24-a27d70d00ed4": "train",
    "13e72581-968b-457f-b381-a3b7d95b8b7c": "train",
    "fa374b2b-c196-4362-b4ad-8931fc9a8860": "train",
    "84b9a130-8145-4902-aac7-5779c17e3fef": "test",
    "fc15b398-9ab5-4210-b1df-885c70cf846f": "test",
    "0c1d43ec-220c-4983-a6f9-e4e55631ad44": "test",
    "2465f80e-c739-41c6-b446-80aa00bed183": "valid",
    "534288d0-412e-44e5-aff6-b38879e01cd8": "valid",
    "03b61beb-de06-436f-8073-8b31ba88ec9a": "valid",
    "poem 52": "valid",
    "poem 75": "train",
    "poem 125": "train",
    "poem 149": "test",
    "poem 159": "test",
    "poem 413": "valid",
}


@pytest.mark.parametrize(("poem_id", "split"), PINNED.items())
def test_the_rule_is_fixed(poem_id, split):
    assert split_by_hash(poem_id) == split


def test_the_shares():
    counts = Counter(split_by_hash(f"poem {i}") for i in range(20_000))
    assert counts["valid"] == pytest.approx(400, abs=80)
    assert counts["test"] == pytest.approx(1000, abs=130)
    assert set(counts) == {"train", *HELD_OUT}


def ids(split, count):
    return [name for name in (f"id{i}" for i in range(5000)) if split_by_hash(name) == split][:count]


TRAIN, VALID, TEST = (ids(split, 4) for split in ("train", "valid", "test"))
POEM = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]


def test_signatures_join_lines_that_differ_in_one_place():
    assert set(line_signatures("山水")) == {"_水", "山_"}
    assert set(line_signatures("白日依山尽")) & set(line_signatures("白日傍山尽"))
    assert not set(line_signatures("白日依山尽")) & set(line_signatures("白日傍水尽"))
    assert not set(line_signatures("白日依山")) & set(line_signatures("白日依山尽"))


@pytest.mark.parametrize("held", [VALID[0], TEST[0]])
def test_a_training_poem_near_a_held_out_one_is_never_trained_on(held):
    one_off = ["春山依日落", "黄河入海留", "秋水共天长", "飞鸟入云中"]
    two_off = ["春山依日落", "长河入海留", "秋水共天长", "飞鸟入云中"]
    poems = [(TRAIN[0], one_off), (held, POEM), (TRAIN[1], two_off)]
    assert assign_splits(poems) == ["near", split_by_hash(held), "train"]


def test_a_repeat_is_a_repeat_wherever_it_stands():
    poems = [(TRAIN[0], POEM), (TEST[0], POEM), (VALID[0], POEM)]
    assert assign_splits(poems) == ["train", "repeat", "repeat"]


def test_a_repeated_held_out_poem_leaves_no_training_copy():
    assert assign_splits([(TEST[0], POEM), (TRAIN[0], POEM)]) == ["test", "repeat"]


def test_short_lines_are_not_compared():
    assert assign_splits([(TEST[0], ["君不见", "山水间"]), (TRAIN[0], ["君不见", "日月长"])]) == ["test", "train"]


# Few characters, so that near-duplicates come up often.
lines = st.text(alphabet="山水日", min_size=4, max_size=6)
corpora = st.lists(
    st.tuples(st.sampled_from([*TRAIN, *VALID, *TEST]), st.lists(lines, min_size=1, max_size=3)), max_size=12
)


@given(corpora)
def test_no_training_poem_shares_a_line_with_a_held_out_one(poems):
    splits = assign_splits(poems)
    held = [line for (_, ls), split in zip(poems, splits, strict=True) if split in HELD_OUT for line in ls]
    for (_, ls), split in zip(poems, splits, strict=True):
        if split != "train":
            continue
        for line in ls:
            for other in held:
                if len(line) == len(other) >= 5:
                    assert sum(a != b for a, b in zip(line, other, strict=True)) > 1


@given(corpora)
def test_only_near_and_repeat_differ_from_the_hash_and_no_poem_is_there_twice(poems):
    splits = assign_splits(poems)
    seen = []
    for (poem_id, ls), split in zip(poems, splits, strict=True):
        if split == "repeat":
            assert ls in seen
        else:
            assert ls not in seen
            assert split == split_by_hash(poem_id) or (split == "near" and split_by_hash(poem_id) == "train")
        seen.append(ls)
