from __future__ import annotations

import random
import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prosody.realise import FEET, LEVELS, OBLIQUES, realise, settled

from yayun.errors import YayunError
from yayun.prosody import paper
from yayun.prosody.batch.paper import paper_rows
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORMS, line_tones, line_types, patterns
from yayun.prosody.meter.linerules import line_verdicts
from yayun.prosody.paper import paper_scores
from yayun.prosody.scores import Scores
from yayun.prosody.tones import LEVEL, OBLIQUE
from yayun.text.poems import verse_lines

PATTERNS = [p for form in FORMS for p in patterns(form)]
# Every one regular: 登鹳雀楼, 宿建德江 (特拗), 早发白帝城, 赋得古原草送别 (大拗, cured), 蜀相 (小拗, cured).
REGULAR = [
    "白日依山尽 黄河入海流 欲穷千里目 更上一层楼",
    "移舟泊烟渚 日暮客愁新 野旷天低树 江清月近人",
    "朝辞白帝彩云间 千里江陵一日还 两岸猿声啼不住 轻舟已过万重山",
    "离离原上草 一岁一枯荣 野火烧不尽 春风吹又生 远芳侵古道 晴翠接荒城 又送王孙去 萋萋满别情",
    "丞相祠堂何处寻 锦官城外柏森森 映阶碧草自春色 隔叶黄鹂空好音 "
    "三顾频烦天下计 两朝开济老臣心 出师未捷身先死 长使英雄泪满襟",
]
IN_TRADITIONAL = [
    "白日依山盡 黃河入海流 欲窮千里目 更上一層樓",
    "移舟泊煙渚 日暮客愁新 野曠天低樹 江清月近人",
    "朝辭白帝彩雲間 千里江陵一日還 兩岸猿聲啼不住 輕舟已過萬重山",
]
OLD_STYLE = "千山鸟飞绝 万径人踪灭 孤舟蓑笠翁 独钓寒江雪"
MIXED = "君不见黄河之水天上来 奔流到海不复回 君不见高堂明镜悲白发 朝如青丝暮成雪 人生得意须尽欢 莫使金樽空对月"
SOME = st.lists(st.text(alphabet="天水一东铜山abc□𠀋龘發", max_size=9), max_size=12)


def columns(scores: Scores) -> tuple[float, ...]:
    return scores.tones, scores.rhymes, scores.antithesis, scores.length, scores.total


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: f"{p.short}{p.variant}")
@pytest.mark.parametrize("asked", [True, False])
def test_standard_verse_has_full_marks(pattern: Form, asked: bool) -> None:
    lines = realise(pattern.tones)
    scores = paper_scores(lines, pattern.short if asked else None, "东" if asked else None)
    assert (scores.tones, scores.rhymes, scores.length) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("poem", REGULAR + IN_TRADITIONAL)
def test_free_places_and_licences_keep_full_marks(poem: str) -> None:
    scores = paper_scores(poem.split())
    assert (scores.tones, scores.rhymes, scores.length) == (1.0, 1.0, 1.0)


@given(st.sampled_from(PATTERNS), st.integers(5, 9))
@settings(max_examples=30)
def test_longer_regulated_verse_continues_the_template(pattern: Form, couplets: int) -> None:
    octave = next(p for p in patterns("五律" if pattern.width == 5 else "七律") if p.variant == pattern.variant)
    types = (line_types(octave) + line_types(octave)[4:] * 3)[: 2 * couplets]
    lines = realise([line_tones(t, pattern.width) for t in types])
    scores = paper_scores(lines)
    assert (scores.tones, scores.rhymes, scores.length) == (1.0, 1.0, 1.0)


def test_both_scripts_score_alike() -> None:
    for simplified, traditional in zip(REGULAR[:3], IN_TRADITIONAL, strict=True):
        assert columns(paper_scores(simplified.split())) == pytest.approx(columns(paper_scores(traditional.split())))


def test_old_style_and_mixed_lines_are_scored_as_what_they_are() -> None:
    old, mixed = paper_scores(OLD_STYLE.split()), paper_scores(MIXED.split())
    assert old.length == 1.0
    assert 0.05 < old.tones < 0.8
    # 绝 灭 雪 rhyme; the even lines are 灭 and 雪.
    assert old.rhymes == 1.0
    # 10 characters for 7 in two of six lines.
    assert mixed.length == pytest.approx(1 - 2 * (3 / 7) / 6)
    assert mixed.rhymes < 1.0


@given(st.sampled_from(PATTERNS), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_wherever_tones_are_short_of_full_one_change_helps(pattern: Form, rng: random.Random) -> None:
    tones = ["".join(rng.choices(LEVEL + OBLIQUE, k=pattern.width)) for _ in pattern.lines]
    before = paper_scores(realise(tones), form=pattern.short).tones
    after = []
    for i, line in enumerate(tones):
        for j, tone in enumerate(line):
            mended = line[:j] + (OBLIQUE if tone == LEVEL else LEVEL) + line[j + 1 :]
            after.append(paper_scores(realise([*tones[:i], mended, *tones[i + 1 :]]), form=pattern.short).tones)
    assert max(after) > before or before == 1.0


@pytest.mark.parametrize("width", [5, 7])
def test_bringing_a_place_to_the_line_type_never_lowers_its_credit(width: int) -> None:
    for symbols in map("".join, product(LEVEL + OBLIQUE, repeat=width)):
        for line_type, credit in paper._line_credits(symbols, width).items():
            wanted = line_tones(line_type, width)
            assert paper._line_credits(wanted, width)[line_type] == 1.0
            for i in range(width):
                mended = symbols[:i] + wanted[i] + symbols[i + 1 :]
                # A line without fault has nothing to mend: half of a licence given up would be a fault.
                assert credit == 1.0 or paper._line_credits(mended, width)[line_type] >= credit


@pytest.mark.parametrize("width", [5, 7])
def test_a_line_has_full_credit_where_the_rules_find_no_fault(width: int) -> None:
    for symbols in map("".join, product(LEVEL + OBLIQUE, repeat=width)):
        for line_type, credit in paper._line_credits(symbols, width).items():
            faults = [v for v in line_verdicts(line_type, symbols) if v.severity == "error"]
            # 大拗 is cured or not by the answering line.
            great_break = line_type == "a" and symbols[-2] == OBLIQUE
            assert great_break or (credit == 1.0) == (not faults), (symbols, line_type, faults)


@given(st.sampled_from(PATTERNS), st.data())
@settings(max_examples=40)
def test_a_foot_brought_into_the_group_never_lowers_the_rhyme(pattern: Form, data: st.DataObject) -> None:
    lines = realise(pattern.tones)
    ends = data.draw(st.lists(st.sampled_from("山年流东阳"), min_size=len(lines), max_size=len(lines)))
    drafts = [line[:-1] + end for line, end in zip(lines, ends, strict=True)]
    feet = settled(FEET, LEVEL)
    before = paper_scores(drafts, rhyme="东").rhymes
    for i in range(1, len(lines), 2):
        drafts[i] = drafts[i][:-1] + feet[i + 1]
        after = paper_scores(drafts, rhyme="东").rhymes
        assert after >= before
        before = after
    assert before == 1.0


def test_rhymes_know_neighbours_repeats_and_lone_feet() -> None:
    lines = realise(patterns("五律")[0].tones)

    def with_ends(*ends: str) -> float:
        feet = dict(zip((1, 3, 5, 7), ends, strict=True))
        return paper_scores([line[:-1] + feet.get(i, line[-1]) for i, line in enumerate(lines)]).rhymes

    full, near, off = with_ends(*"东红宫公"), with_ends(*"东红宫钟"), with_ends(*"东红宫山")
    assert off < near < full == 1.0
    assert with_ends(*"东红宫东") == off
    assert with_ends(*"东山流阳") == 0.0
    assert with_ends(*"东东东东") == 0.0


@given(st.sampled_from(PATTERNS), st.data())
@settings(max_examples=40)
def test_length_grows_character_by_character(pattern: Form, data: st.DataObject) -> None:
    lines = realise(pattern.tones)
    i = data.draw(st.integers(0, len(lines) - 1))
    for form in (pattern.short, None):
        drafts = [[*lines[:i], lines[i][:n], *lines[i + 1 :]] for n in range(pattern.width + 1)]
        lengths = [paper_scores(draft, form).length for draft in drafts]
        assert lengths == sorted(lengths)
        assert lengths[-1] == 1.0
    grown = [paper_scores(lines[:n], pattern.short).length for n in range(len(lines) + 1)]
    assert grown == sorted(set(grown))
    surplus = paper_scores([*lines, lines[0]], pattern.short)
    assert max(surplus.tones, surplus.rhymes, surplus.length) < 1.0


def test_a_parallel_couplet_raises_antithesis_wherever_it_stands() -> None:
    none = paper_scores(["白发悲花落", "青云羡鸟飞", "圣朝无阙事", "自觉谏书稀"]).antithesis
    loose = paper_scores(["圣朝无阙事", "自觉谏书稀", "床前明月光", "疑是地上霜"]).antithesis
    assert 0.8 <= loose < none <= 1.0


def test_other_characters_fit_nowhere_and_unresolved_ones_anywhere() -> None:
    latin = paper_scores(["abcde"] * 4)
    assert (latin.tones, latin.rhymes) == (0.0, 0.0)
    lines = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
    unresolved = [lines[0], "黄𪛖入海流", *lines[2:]]
    assert paper_scores(unresolved).tones == 1.0


@given(SOME, st.sampled_from([None, *FORMS]), st.sampled_from([None, "东", "屋"]))
@settings(max_examples=150)
def test_any_text_has_scores_between_nothing_and_one(lines: list[str], form: str | None, rhyme: str | None) -> None:
    for part in columns(paper_scores(lines, form, rhyme)):
        assert 0.0 <= part <= 1.0


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_any_string_is_read_as_verse(text: str) -> None:
    assert all(0.0 <= part <= 1.0 for part in columns(paper_scores(verse_lines(text))))


@given(st.lists(SOME, max_size=6), st.data())
@settings(max_examples=40)
def test_rows_are_the_scores(some: list[list[str]], data: st.DataObject) -> None:
    poems = [*some, *(poem.split() for poem in (*REGULAR, OLD_STYLE, MIXED))]
    forms = data.draw(st.lists(st.sampled_from([None, *FORMS]), min_size=len(poems), max_size=len(poems)))
    rows = paper_rows(poems, forms=forms)
    assert rows.shape == (len(poems), 5)
    for row, lines, form in zip(rows.tolist(), poems, forms, strict=True):
        assert row == pytest.approx(columns(paper_scores(lines, form)), abs=1e-6)


def test_no_poems_are_no_rows() -> None:
    assert paper_rows([]).shape == (0, 5)
    assert columns(paper_scores([])) == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_random_characters_stay_far_below_verse() -> None:
    rng = random.Random(1)
    chars = settled(LEVELS, LEVEL) + settled(OBLIQUES, OBLIQUE)
    for width, count in FORMS.values():
        rows = paper_rows([["".join(rng.choices(chars, k=width)) for _ in range(count)] for _ in range(80)])
        assert rows[:, 0].mean() < 0.4
        assert rows[:, 1].mean() < 0.3


def test_unknown_names_are_refused() -> None:
    with pytest.raises(YayunError):
        paper_scores(["白日依山尽"], form="词")
    with pytest.raises(YayunError):
        paper_scores(["白日依山尽"], rhyme="没有")


def test_the_scalar_path_needs_no_numpy() -> None:
    code = (
        "import sys; from yayun.prosody.paper import paper_scores; "
        "paper_scores(['白日依山尽', '黄河入海流']); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
