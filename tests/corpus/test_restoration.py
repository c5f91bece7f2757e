import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.corpus.restoration.authors import traditional_authors
from yayun.corpus.restoration.features import joined, to_codes, to_text
from yayun.corpus.restoration.restorer import split_text, train_restorer
from yayun.corpus.restoration.spellings import is_spelling
from yayun.corpus.store import CorpusPoem

# 里 and 裏, 后 and 後, 余 and 餘, each where verse has it.
HEADS, TAILS = "春秋江山風雨雪月煙花", "客人夢心鐘酒舟燈鳥魚"
PATTERNS = ("千里{}中{}", "{}裏有歸{}", "皇后{}前{}", "{}後無行{}", "{}餘三兩{}", "余愛{}中{}")


@pytest.fixture(scope="module")
def restorer():
    poems = [
        CorpusPoem(str(n), "唐", "某", "雲", tuple(p.format(a, b) for p in PATTERNS), (), "train")
        for n, (a, b) in enumerate(itertools.product(HEADS, TAILS))
        if (HEADS.index(a) + TAILS.index(b)) % 3  # a third of the pairs is never seen
    ]
    return train_restorer(poems)


def test_what_was_merged_is_told_apart_in_context(restorer):
    unseen = [(a, b) for a, b in itertools.product(HEADS, TAILS) if not (HEADS.index(a) + TAILS.index(b)) % 3]
    simple = str.maketrans("裏後餘風煙夢鐘燈鳥魚歸無兩愛雲", "里后余风烟梦钟灯鸟鱼归无两爱云")
    right = [("雲", tuple(p.format(a, b) for p in PATTERNS)) for a, b in unseen]
    given_ = [(title.translate(simple), [line.translate(simple) for line in lines]) for title, lines in right]
    assert restorer.restore(given_) == right


def test_what_the_source_writes_apart_stays(restorer):
    assert restorer.restore([("題", ["裏有歸客馀"])]) == [("題", ("裏有歸客餘",))]


def test_characters_never_seen_are_opencc_s(restorer):
    assert restorer.restore([("电", ["发财龙凤头"])]) == [("電", ("發財龍鳳頭",))]


def test_poems_without_title_or_lines(restorer):
    assert restorer.restore([("", ["千里"]), ("题", [])]) == [("", ("千里",)), ("題", ())]


@given(st.lists(st.tuples(st.text("春里云"), st.lists(st.text("春里云，", min_size=1), max_size=3)), min_size=1))
def test_nothing_changes_length(restorer, poems):
    found = restorer.restore(poems)
    assert [(len(t), [len(line) for line in lines]) for t, lines in found] == [
        (len(t), [len(line) for line in lines]) for t, lines in poems
    ]


@given(st.lists(st.tuples(st.text("春里𠮷"), st.lists(st.text("春里𠮷", min_size=1), max_size=3)), min_size=1))
def test_joining_and_splitting(poems):
    text = joined(poems)
    assert split_text(text) == [(title, tuple(lines)) for title, lines in poems]
    assert to_text(to_codes(text)) == text


@pytest.mark.parametrize(
    ("right", "written", "same"),
    [("遊", "游", True), ("游", "遊", True), ("捲", "卷", True), ("卷", "捲", False), ("後", "后", False),
     ("裏", "里", False), ("髮", "發", False), ("春", "春", True), ("唤", "喚", True), ("喚", "唤", False)],
)  # fmt: skip
def test_spellings(right, written, same):
    assert is_spelling(right, written) is same


@pytest.mark.parametrize(
    ("name", "traditional"), [("余怀", "余懷"), ("钟惺", "鍾惺"), ("于谦", "于謙"), ("钱谦益", "錢謙益")]
)
def test_authors(restorer, name, traditional):
    assert traditional_authors(["某", name], restorer) == ["某", traditional]
