from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yayun.checking.check import check, check_all
from yayun.errors import YayunError
from yayun.text.poems import parse_poems

VERSE = ("床前明月光", "疑是地上霜", "举头望明月", "低头思故乡")
PAIRS = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"
BAIDI = "朝辞白帝彩云间，千里江陵一日还。\n两岸猿声啼不住，轻舟已过万重山。"
SPRING = "国破山河在，城春草木深。感时花溅泪，恨别鸟惊心。烽火连三月，家书抵万金。白头搔更短，浑欲不胜簪。"

ONE = [
    (PAIRS, "", ""),
    ("".join(VERSE), "", ""),
    ("\n".join(VERSE), "", ""),
    (" ".join(VERSE), "", ""),
    ("床前明月光 疑是地上霜\n举头望明月 低头思故乡", "", ""),
    ("床前明月光疑是地上霜\n举头望明月低头思故乡", "", ""),
    ("床前明月光, 疑是地上霜; 举头望明月, 低头思故乡.", "", ""),
    ("床前明月光／疑是地上霜／举头望明月／低头思故乡", "", ""),
    (f"静夜思\n李白\n{PAIRS}", "静夜思", "李白"),
    (f"静夜思\n\n{PAIRS}", "静夜思", ""),
    (f"静夜思\n李白\n\n{PAIRS}", "静夜思", "李白"),
    (f"《静夜思》 李白\n{PAIRS}", "静夜思", "李白"),
    (f"《静夜思》\n〔唐〕李白\n{PAIRS}", "静夜思", "李白"),
    (f"# 静夜思\n唐·李白\n\n{PAIRS}", "静夜思", "李白"),
    (f"题目：静夜思\n作者：李白\n{PAIRS}", "静夜思", "李白"),
    ("登幽州台歌\n" + "\n".join(VERSE), "登幽州台歌", ""),
    ("床前明月光，疑是地上霜。\n\n举头望明月，低头思故乡。", "", ""),
    ("床前明月光，疑是地上霜（一作雪）。\n举头望明月，低头思故乡。", "", ""),
    (f"<think>先想意象,再押阳韵。</think><answer>{PAIRS}</answer>", "", ""),
    ("\ufeff床前\u200b明月光，疑是地\ufe00上霜。\r\n举头望明月，低头思故乡。", "", ""),
    ("1. 床前明月光，\n2. 疑是地上霜。\n3. 举头望明月，\n4. 低头思故乡。", "", ""),
]


@pytest.mark.parametrize(("text", "title", "author"), ONE)
def test_one_poem(text: str, title: str, author: str) -> None:
    (poem,) = parse_poems(text)
    assert (poem.title, poem.author, poem.lines) == (title, author, VERSE)


def test_several_poems() -> None:
    text = f"静夜思\n李白\n{PAIRS}\n\n早发白帝城\n李白\n{BAIDI}\n\n《春望》杜甫\n{SPRING}"
    found = [(p.title, p.author, len(p.lines)) for p in parse_poems(text)]
    assert found == [("静夜思", "李白", 4), ("早发白帝城", "李白", 4), ("春望", "杜甫", 8)]
    assert [r.form for r in check_all(text)] == ["五言古绝", "七言绝句", "五言律诗"]
    with pytest.raises(YayunError, match="3首"):
        check(text)


def test_poems_without_blank_lines_between() -> None:
    found = parse_poems(f"静夜思\n{PAIRS}\n早发白帝城\n{BAIDI}")
    assert [(p.title, len(p.lines)) for p in found] == [("静夜思", 4), ("早发白帝城", 4)]


def test_six_lines_are_not_a_title_and_a_quatrain() -> None:
    (poem,) = parse_poems("慈母手中线，游子身上衣。\n临行密密缝，意恐迟迟归。\n谁言寸草心，报得三春晖。")
    assert len(poem.lines) == 6


def test_traditional_script() -> None:
    (poem,) = parse_poems("春望\n杜甫\n國破山河在，城春草木深。\n感時花濺淚，恨別鳥驚心。")
    assert (poem.title, poem.lines[0]) == ("春望", "國破山河在")


def test_a_review_speaks_of_the_poem_among_words() -> None:
    review = check(f"好的，这是一首诗：\n\n{BAIDI}\n\n以上。")
    assert (review.form, review.passed) == ("七言绝句", True)


@pytest.mark.parametrize("text", ["", " \n", "hello, world", "!?。，", "123", "\ud800"])
def test_no_verse(text: str) -> None:
    assert parse_poems(text) == ()
    with pytest.raises(YayunError, match="没有找到诗句"):
        check(text)


def test_depth_of_brackets_does_not_matter() -> None:
    text = "（" * 20_000 + "春" + "）" * 20_000 + PAIRS
    assert parse_poems(text)[0].lines == VERSE


_TEXT = st.one_of(
    st.text(max_size=120),
    st.text(alphabet="春风花月夜江山东红中《》（）()，。 \n看过胜思一二#<>answerthink/:：", max_size=160),
)


def never_fails(text: str) -> None:
    poems = parse_poems(text)
    assert all(poem.lines for poem in poems)
    try:
        review = check(text)
    except YayunError:
        return
    for finding in review.findings:
        assert finding.line is None or 1 <= finding.line <= len(review.lines)
        if finding.line and finding.column:
            assert finding.column <= len(review.lines[finding.line - 1])


@given(_TEXT)
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    never_fails(text)


@pytest.mark.nightly
@given(_TEXT)
@settings(max_examples=100_000, deadline=None)
def test_any_text_at_length(text: str) -> None:
    never_fails(text)


def test_very_long_text_is_read() -> None:
    """No number is too large to be named, and no text too long."""
    review = check("春风花月夜，江山落日红。\n" * 300)
    assert len(review.lines) == 600
    assert parse_poems("春\n\n" * 1000)


def test_many_poems_are_reviewed_as_each_alone() -> None:
    poems = [PAIRS, BAIDI, SPRING, PAIRS.replace("霜", "雪")]
    found = check_all("\n\n".join(f"《其{i}》\n{poem}" for i, poem in enumerate(poems * 20)))
    alone = [check(poem).to_json() for poem in poems] * 20
    assert [review.to_json() for review in found] == alone
