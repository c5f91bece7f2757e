"""The lexicon: every script resolves, rare readings never rescue, context decides what it can."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from yayun.prosody import tables
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.readings.lexicon import (
    Place,
    everyday,
    members,
    read_line,
    readings,
    rhyme_groups,
    standardize,
    tones,
    variants,
)
from yayun.prosody.readings.line import read_place

to_simplified = OpenCC("t2s").convert

ROWS = (
    "白日依山盡 黃河入海流 欲窮千里目 更上一層樓 紅豆生南國 春來發幾枝 願君多采擷",
    "此物最相思 空山新雨後 天氣晚來秋 明月松間照 清泉石上流 竹喧歸浣女 蓮動下漁舟",
    "隨意春芳歇 王孫自可留 國破山河在 城春草木深 感時花濺淚 恨別鳥驚心 烽火連三月",
    "家書抵萬金 白頭搔更短 渾欲不勝簪 朝辭白帝彩雲間 千里江陵一日還 兩岸猿聲啼不住",
    "輕舟已過萬重山 錦瑟無端五十弦 一弦一柱思華年 莊生曉夢迷蝴蝶 望帝春心託杜鵑",
    "滄海月明珠有淚 藍田日暖玉生煙 風急天高猿嘯哀 渚清沙白鳥飛迴 無邊落木蕭蕭下",
    "不盡長江滾滾來 艱難苦恨繁霜鬢 潦倒新停濁酒杯 少小離家老大回 鄉音無改鬢毛衰",
    "遠上寒山石徑斜 白雲生處有人家 停車坐愛楓林晚 霜葉紅於二月花",
)
CLASSICS = [line for row in ROWS for line in row.split()]

OLD_FORMS = "疎劒猨迹髪爲溪却迴羣啼跡衆牀荆慙爐掃遍峯牕閒煑敘鴈鶴甎綫庿"

book_characters = st.sampled_from(sorted(tables.rhymebook()))


def groups_of(char: str) -> set[str]:
    return {reading.group for reading in readings(char)}


def place(line: str, char: str) -> Place:
    return next(place for place in read_line(line) if place.char == char)


# Resolution -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", CLASSICS)
def test_classics_resolve_alike_in_both_scripts(line: str) -> None:
    traditional, simplified = read_line(line), read_line(to_simplified(line))
    for one, other in zip(traditional, simplified, strict=True):
        assert one.tones
        assert one.tones <= other.tones, (one.char, other.char)


def test_old_and_variant_forms_resolve() -> None:
    assert [char for char in OLD_FORMS if not readings(char)] == []


@given(book_characters)
def test_conversion_to_simplified_never_loses_a_reading(char: str) -> None:
    simplified = to_simplified(char)
    if char in tables.origins():  # 苧 is both the simplified 薴 and the traditional 苎
        return
    assert groups_of(char) <= groups_of(simplified)


@pytest.mark.parametrize("char", sorted(set("".join(CLASSICS)) | set("髮發後裏隻雲乾幹鬥穀臺徵幾鐘鍾復複曆歷麵鬆")))
def test_conversion_to_simplified_keeps_everyday_readings_in_play(char: str) -> None:
    assert tones(char) <= tones(to_simplified(char))
    assert rhyme_groups(char) <= rhyme_groups(to_simplified(char))


def test_a_seldom_used_origin_stays_rare_in_a_merged_character() -> None:
    assert tones("同") == {"平"}  # 衕
    assert tones("沈") == {"平"}  # 瀋
    assert tones("干") == {"平", "仄"}  # 幹 is common enough


@pytest.mark.parametrize(
    ("char", "expected"),
    [("发", {"月"}), ("后", {"有", "宥"}), ("钟", {"冬"}), ("征", {"庚", "蒸", "纸"}), ("听", {"青", "径"})],
)
def test_merged_characters_carry_all_their_origins(char: str, expected: set[str]) -> None:
    assert expected <= groups_of(char)


def test_the_old_character_of_the_same_shape_is_rare_beside_the_simplified_one() -> None:
    assert rhyme_groups("听") == rhyme_groups("聽")
    assert {r.group for r in readings("听") if r.rare} >= {"轸"}


@given(st.text(max_size=12))
def test_any_text_can_be_read(text: str) -> None:
    places = read_line(text)
    assert [place.char for place in places] == list(text)
    for one in places:
        assert (one.how == "unresolved") == (not one.readings)
        assert not set(one.readings) & set(one.alternatives)
        assert set(one.readings) | set(one.alternatives) == set(readings(one.char))


@pytest.mark.parametrize("char", ["A", "1", "，", " ", "", "々", "🙂"])
def test_what_is_no_character_of_verse_is_unresolved(char: str) -> None:
    assert readings(char) == ()
    assert tones(char) == frozenset()


@pytest.mark.parametrize(
    ("line", "char", "tone"),
    [
        ("死生長別離", "長", "平"),
        ("昔人已乘白雲去", "乘", "平"),
        ("更上一層樓", "更", "仄"),
        ("爭都更上籌", "更", "平"),
        ("出入君懷袖生長", "長", "仄"),
    ],
)
def test_a_compound_settles_the_reading_in_both_scripts(line: str, char: str, tone: str) -> None:
    assert place(line, char).tones == {tone}
    assert place(to_simplified(line), to_simplified(char)).tones == {tone}


@given(st.text(alphabet="更上一層樓乘白雲馬長別離生相思不勝看將", max_size=8))
def test_a_place_read_alone_is_the_place_in_its_line(line: str) -> None:
    assert tuple(read_place(line, i) for i in range(len(line))) == read_line(line)


def test_compatibility_ideographs_read_like_the_unified_ones() -> None:
    assert readings("\uf9dc") == readings("隆")


# Tables ---------------------------------------------------------------------------------------------------------------


def test_variants_have_no_chains_and_every_standard_form_resolves() -> None:
    for variant, standard in variants().items():
        assert standard not in variants()
        assert readings(standard)
        assert readings(variant)


def test_equivalents_are_resolved_and_not_themselves_in_the_book() -> None:
    for char, same in tables.equivalents().items():
        assert char not in tables.rhymebook()
        assert same in tables.rhymebook()
        assert rhyme_groups(char)


@pytest.mark.parametrize("group", list(book(PINGSHUI).groups))
def test_every_group_has_members_in_standard_forms(group: str) -> None:
    held = members(group)
    assert len(held) >= 15
    assert len(set(held)) == len(held)
    for char in held:
        assert group in rhyme_groups(char)
        assert char not in variants()


def test_members_come_common_first_and_leave_rare_readings_out() -> None:
    assert set("風中空東公同紅") <= set(members("东")[:12])
    assert "夢" not in members("东")  # level in the dictionary, oblique in use
    with pytest.raises(KeyError):
        members("東")


def test_every_table_row_names_a_group_and_a_reading_that_exist() -> None:
    for char, rows in tables.rhymebook().items():
        for row in rows:
            assert row.split("\t")[1] in book(PINGSHUI).groups
            assert int(row.split("\t")[3]) >= 0
        assert len({row.split("\t")[1] for row in rows}) == len(rows), char
    for char, rows in (*tables.senses().items(), *tables.feet().items()):
        for row in rows:
            assert row.split("\t")[1] in groups_of(char)
            assert row.split("\t")[3] in ("常", "罕")
    for char, decision in tables.priors().items():
        assert char in tables.rhymebook()
        assert decision in ("平", "仄", "平仄")


def test_every_compound_selects_a_reading_its_character_has() -> None:
    for word, marks in tables.compounds().items():
        for at, selected, _ in marks:
            classes = {"平" if reading.level else "仄" for reading in readings(word[at])}
            assert selected in groups_of(word[at]) or set(selected) <= classes, word


@given(book_characters)
def test_every_character_of_the_book_keeps_an_everyday_reading(char: str) -> None:
    assert everyday(char)
    assert set(everyday(char)) <= set(readings(char))
    assert tones(char) <= {"平", "仄"}


# Priors ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chars", "tone"),
    [("不夢眾洞院著句與漢共暗若", "仄"), ("三如深空中間衣王龍龙風风何生光華蓮深回先清輕輿", "平")],
)
def test_rare_readings_stay_out_of_play(chars: str, tone: str) -> None:
    for char in chars:
        assert tones(char) == {tone}, char


@pytest.mark.parametrize("char", list("看望聽听醒忘歎叹漫憑凭過过論论"))
def test_free_characters_are_open(char: str) -> None:
    assert tones(char) == {"平", "仄"}


@pytest.mark.parametrize("char", list("勝教令思探禁應當為相將長重分更難興傳從冠觀騎燕吹量稱調乘正藏便任荷和行供"))
def test_sense_listed_characters_keep_both_classes_and_name_their_senses(char: str) -> None:
    assert tones(char) == {"平", "仄"}
    for tone in ("平", "仄"):
        assert any(reading.sense for reading in everyday(char) if reading.level == (tone == "平"))


@pytest.mark.parametrize(
    ("char", "group"),
    [
        ("回", "灰"), ("梅", "灰"), ("開", "灰"), ("斜", "麻"), ("車", "麻"), ("車", "鱼"), ("懷", "佳"), ("涯", "麻"),
        ("涯", "支"), ("佳", "麻"), ("先", "先"), ("行", "阳"), ("行", "庚"), ("衰", "支"), ("差", "支"), ("論", "元"),
    ],
)  # fmt: skip
def test_feet_as_tang_poets_use_them(char: str, group: str) -> None:
    assert group in rhyme_groups(char)
    assert group in rhyme_groups(to_simplified(char))


@pytest.mark.parametrize(
    ("char", "group"), [("能", "灰"), ("池", "歌"), ("浮", "虞"), ("逢", "东"), ("橫", "阳"), ("雲", "真")]
)
def test_groups_that_feet_do_not_use_are_not_offered(char: str, group: str) -> None:
    assert group not in rhyme_groups(char)


# Context --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "char", "expected"),
    [
        ("此物最相思", "思", "平"),
        ("一弦一柱思華年", "思", "平仄"),
        ("向晚意不適", "不", "仄"),
        ("空山新雨後", "空", "平"),
        ("不教胡馬度陰山", "教", "平"),
        ("但使龍城飛將在", "將", "仄"),
        ("渾欲不勝簪", "勝", "平"),
        ("蕭關逢候騎", "騎", "仄"),
        ("丞相祠堂何處尋", "相", "仄"),
        ("輕舟已過萬重山", "重", "平"),
        ("一行白鷺上青天", "行", "平"),
        ("萬里長征人未還", "長", "平"),
        ("遙憐小兒女", "兒", "平"),
        ("殷勤為探看", "探", "平仄"),
        ("未解憶長安", "長", "平"),
        ("應須駐白日", "應", "平"),
        ("望帝春心託杜鵑", "望", "仄"),
        ("雞聲茅店月", "店", "仄"),
    ],
)
def test_golden_readings_in_both_scripts(line: str, char: str, expected: str) -> None:
    assert place(line, char).tones == set(expected)
    assert place(to_simplified(line), to_simplified(char)).tones == set(expected)


def test_a_line_says_how_it_decided() -> None:
    assert place("此物最相思", "思").how == "compound"
    assert place("渾欲不勝簪", "勝").how in ("likely", "compound")
    assert place("向晚意不適", "不").how == "rule"
    assert place("一弦一柱思華年", "思").how == "open"
    assert place("白日依山盡", "山").how == "only"
    assert place("白日x山盡", "x").how == "unresolved"


def test_a_ruled_out_reading_is_still_named() -> None:
    ruled_out = place("向晚意不適", "不").alternatives
    assert {(reading.group, reading.sense) for reading in ruled_out} == {("尤", "同否"), ("有", "同否")}
    lost = place("此物最相思", "思").alternatives
    assert {reading.group for reading in lost} == {"寘"}


def test_bu_at_the_end_of_a_line_is_fou() -> None:
    assert {reading.group for reading in place("未知明日不", "不").readings} == {"尤", "有"}


def test_two_words_that_disagree_settle_nothing() -> None:
    # 飛將 speaks of a general, 將去 of leaving: whichever it is, neither may rule the other out.
    for char in "將相思為":
        for line in (f"春{char}春", f"{char}", f"春春{char}"):
            assert place(line, char).readings


@given(st.lists(st.sampled_from(CLASSICS), min_size=1, max_size=3))
def test_reading_a_line_does_not_depend_on_what_was_read_before(lines: list[str]) -> None:
    assert [read_line(line) for line in lines] == [read_line(line) for line in lines]
    assert read_line("此物最相思")[4].tones == {"平"}


# Rewriting ------------------------------------------------------------------------------------------------------------


@given(st.text(alphabet=st.sampled_from(sorted(variants()) + list("春江花月夜")), max_size=10))
def test_standardizing_is_idempotent_and_keeps_the_length(text: str) -> None:
    once = standardize(text)
    assert standardize(once) == once
    assert len(once) == len(text)


def test_standardizing_leaves_simplified_text_simplified() -> None:
    assert standardize("龙门东风") == "龙门东风"
    assert standardize("羣峯") == "群峰"


def test_the_lexicon_needs_neither_numpy_nor_opencc() -> None:
    check = (
        "import sys; from yayun.prosody.readings.lexicon import read_line; read_line('飞将在'); "
        "sys.exit(any(m in sys.modules for m in ('numpy', 'torch', 'opencc')))"
    )
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0


def test_the_written_down_everyday_groups_are_those_worked_out() -> None:
    known = tables.everyday()
    assert len(known) > 6000
    assert {char for char, held in known.items() if held != {reading.group for reading in everyday(char)}} == set()
