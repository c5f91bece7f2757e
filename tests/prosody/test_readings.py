"""Readings chosen by sense: what was read wrongly once, and others of each kind."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.prosody import tables
from yayun.prosody.readings.likelihood import features, log_odds, of_character
from yayun.prosody.readings.line import fold, is_traditional, read_line, read_place
from yayun.prosody.readings.words import said_of
from yayun.prosody.review import Review, review
from yayun.prosody.tables import compounds, likelihoods, read_rows

SPRING = (
    "国破山河在", "城春草木深", "感时花溅泪", "恨别鸟惊心", "烽火连三月", "家书抵万金", "白头搔更短", "浑欲不胜簪",
)  # fmt: skip
ALONE = (
    "卢家少妇郁金堂", "海燕双栖玳瑁梁", "九月寒砧催木叶", "十年征戍忆辽阳",
    "白狼河北音书断", "丹凤城南秋夜长", "谁为含愁独不见", "更教明月照流黄",
)  # fmt: skip
CARRIER = ("一夜江南雨", "千山草木新", "清晨携客去", "把酒问归人")


def carried(line: str, place: int = 2) -> Review:
    """The review of the carrier with a line in the place (from 0) of another."""
    return review([*CARRIER[:place], line, *CARRIER[place + 1 :]])


def groups_at(line: str, char: str) -> set[str]:
    return set(read_place(line, line.index(char)).groups)


def symbol_at(line: str, char: str) -> str:
    return read_place(line, line.index(char)).symbol


def test_the_carrier_passes() -> None:
    assert review(CARRIER).findings == ()


# Lines 平平平仄仄 (third) that a dropped reading made wrong.
@pytest.mark.parametrize(
    "line",
    [
        "钟声遥应鼓", "琴声遥应水", "孤臣逢大难", "苍生逢丧乱", "王孙怀漂母", "愁来如中酒", "英雄曾中箭",
        "书生多横议", "先生休泥古", "将军来挑战", "悲歌成变徵", "新愁添沈带", "君王驰间使", "孤军行间道",
        "园中红间白", "浮名深般若", "书生曾上疏", "忠臣多抗疏", "荒村经丧乱", "人家多横祸", "平生尊左传",
        "空山磨石磨", "山林无间隔", "将军传降雨", "春衣霑降雨", "天时生瑞应", "诗才能冠世", "功名能冠代",
        "闲居惟泥酒", "吟诗曾中圣", "山家推水磨", "南邻多酒盛", "文章追史传", "君恩看令闻", "琴中弹变徵",
    ],
)  # fmt: skip
def test_correct_third_lines_pass(line: str) -> None:
    assert carried(line).passed, carried(line).findings


# Lines 仄仄平平仄 (first).
@pytest.mark.parametrize(
    "line",
    [
        "菊圃勤料理", "自负真才干", "犹忆唐供奉", "老去神犹王", "鼓角四更上", "早岁参供奉", "老去精神王",
        "世事烦料理", "药饵勤料理", "独上归田疏", "早上匡时疏", "夜半三更上", "自许为梁干", "柳外鸣百舌",
    ],
)  # fmt: skip
def test_correct_first_lines_pass(line: str) -> None:
    if line == "柳外鸣百舌":  # 舌 and 百 are oblique whatever they mean: a great break without its cure
        assert not carried(line, 0).passed
    else:
        assert carried(line, 0).passed, carried(line, 0).findings


@pytest.mark.parametrize(
    ("line", "char", "group"),
    [
        ("百夫长", "长", "养"), ("千夫长", "长", "养"), ("长者", "长", "养"), ("丧乱", "丧", "漾"),
        ("丧家", "丧", "漾"),
        ("居丧", "丧", "阳"), ("正月", "正", "庚"), ("元正", "正", "庚"), ("新正", "正", "庚"), ("降雨", "降", "绛"),
        ("霜降", "降", "绛"), ("降雪", "降", "绛"), ("受降", "降", "江"), ("澹台", "澹", "覃"), ("华山", "华", "祃"),
        ("太华", "华", "祃"), ("华阴", "华", "祃"), ("并州", "并", "庚"), ("并刀", "并", "庚"), ("令狐", "令", "庚"),
        ("沈约", "沈", "寝"), ("沈郎", "沈", "寝"), ("沈带", "沈", "寝"), ("浮沈", "沈", "侵"), ("漂母", "漂", "啸"),
        ("漂泊", "漂", "萧"), ("挑战", "挑", "筱"), ("挑灯", "挑", "萧"), ("石磨", "磨", "个"), ("消磨", "磨", "歌"),
        ("琢磨", "磨", "歌"), ("盛酒", "盛", "庚"), ("盛世", "盛", "敬"), ("横祸", "横", "敬"), ("纵横", "横", "庚"),
        ("培塿", "培", "有"), ("栽培", "培", "灰"), ("瑞应", "应", "径"), ("脊令", "令", "青"), ("左传", "传", "霰"),
        ("流传", "传", "先"), ("冠当时", "冠", "翰"), ("冠三军", "冠", "翰"), ("衣冠", "冠", "寒"),
        ("虚空教", "教", "效"),
        ("裴回", "裴", "灰"), ("百发百中人", "中", "送"), ("单于", "单", "先"), ("伍员", "员", "文"),
        ("大宛", "宛", "元"),
        ("一笑间宫商", "间", "谏"), ("离间", "间", "谏"), ("人间", "间", "删"), ("骁将", "将", "漾"),
        ("泥古", "泥", "霁"),
        ("白圭三复", "三", "勘"), ("三嗅", "三", "勘"),
    ],
)  # fmt: skip
def test_words_settle_their_reading(line: str, char: str, group: str) -> None:
    assert groups_at(line, char) == {group}
    assert symbol_at(line, char) in "平仄"


@pytest.mark.parametrize(
    ("line", "char"),
    [("鼓角四更上", "更"), ("永和应不胜元和", "胜"), ("裂地不要勋", "要"), ("犹忆唐供奉", "供"), ("菊圃勤料理", "料")],
)
def test_where_evidence_disagrees_neither_tone_is_ruled_out(line: str, char: str) -> None:
    assert read_place(line, line.index(char)).loose == "中"


@pytest.mark.parametrize(
    "line", ["归来八十更康强", "曾随骁将远追奔", "永和应不胜元和", "裂地不要勋", "龙大皮中的不干", "闲为邻姬说"]
)
def test_a_word_across_a_caesura_rules_nothing_out(line: str) -> None:
    for i, char in enumerate(line):
        said = said_of(fold(line), i)
        if said is not None and not said.within:
            assert not said.forbids
            assert read_place(line, i).how != "compound" or read_place(line, i).loose == "中", char


@pytest.mark.parametrize(
    ("third", "rule"),
    [("隐处唯孤云", "三平调"), ("夜静唯松风", "三平调"), ("隐处深山中", "三平调"), ("日暮何人家", "三平调")],
)
def test_a_rare_reading_hides_no_fault(third: str, rule: str) -> None:
    # 仄仄仄平平: the last line of the carrier, whose rhyme is left as it is but for these words' own.
    found = review([*CARRIER[:3], third[:2] + third[2:4] + "人"])
    assert rule in [finding.rule for finding in found.findings if finding.severity == "error"]


def test_bu_stays_oblique_within_a_line_and_the_message_says_why() -> None:
    found = review(["向晚意不适", "驱车登古原", "夕阳无限好", "只是近黄昏"])
    assert found.passed
    assert [finding.rule for finding in found.findings][:1] == ["大拗"]
    bad = review(["向晚意不适", "驱车上古原", "夕阳无限好", "只是近黄昏"])
    message = next(finding.message for finding in bad.findings if finding.rule == "大拗")
    assert "同否" in message
    assert "句末" in message


# Traditional text never has the readings of what simplified script writes the same.
@pytest.mark.parametrize(
    ("line", "char", "group"),
    [("朱干玉鏚", "干", "寒"), ("干戈滿眼來", "干", "寒"), ("皇后親蠶處", "后", "有"), ("雲臺三十八", "臺", "灰")],
)
def test_traditional_text_has_its_own_readings(line: str, char: str, group: str) -> None:
    assert is_traditional(line)
    place = read_place(line, line.index(char))
    assert place.symbol == place.loose
    assert group in place.groups


@pytest.mark.parametrize("line", ["自负真才干", "老干参天碧"])
def test_simplified_text_has_all_of_them(line: str) -> None:
    assert not is_traditional(line)
    assert read_place(line, line.index("干")).loose != "平"


# Rhymes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feet", "group"),
    [("涯怀", "佳"), ("还年", "先"), ("誉书", "鱼"), ("呆来", "灰"), ("町庭", "青"), ("衰回", "灰"), ("天还", "先")],
)
def test_a_rhyme_that_the_books_have_is_one_with_a_note(feet: str, group: str) -> None:
    poem = ["一夜江南雨", "千山草木" + feet[0], "清晨携客去", "把酒问归" + feet[1]]
    found = review(poem)
    assert found.rhyme == group
    assert found.passed, found.findings
    assert feet == "呆来" or "两读" in [finding.rule for finding in found.findings]  # 呆 is hardly ever oblique


@pytest.mark.parametrize("foot", ["□", "囍", "嘭"])
def test_an_unknown_rhyme_does_not_pass(foot: str) -> None:
    found = review(["一夜江南雨", "千山草木新", "清晨携客去", "把酒问归" + foot])
    assert not found.passed
    assert any("韵不能判定" in finding.message for finding in found.findings)
    assert len([finding for finding in found.findings if finding.rule == "字音"]) == 1


def test_a_modern_foot_is_known_and_out_of_rhyme() -> None:
    found = review(["月落乌啼霜满天", "江枫渔火对愁眠", "姑苏城外寒山寺", "夜半钟声到客舱"])
    assert [finding.rule for finding in found.findings if finding.severity == "error"] == ["出韵"]


def rhyming(*feet: str) -> Review:
    """An octave of the standard pattern with these feet."""
    lines = [*SPRING]
    for i, foot in zip((1, 3, 5, 7), feet, strict=True):
        lines[i] = lines[i][:4] + foot
    return review(lines)


@pytest.mark.parametrize(
    ("feet", "name"), [("东冬空钟", "进退格"), ("东空冬钟", "辘轳格"), ("支微时归", "进退格"), ("真人文云", "辘轳格")]
)
def test_patterns_of_two_groups_are_named(feet: str, name: str) -> None:
    found = rhyming(*feet)
    assert [finding.rule for finding in found.findings if finding.rule in (name, "出韵", "末句邻韵")] == [name]


def test_the_gourd_pattern_is_named() -> None:
    lines = [*SPRING] * 2
    lines = lines[:12]
    for i, foot in zip(range(1, 12, 2), "东空冬钟龙松", strict=True):
        lines[i] = lines[i][:4] + foot
    assert "葫芦格" in [finding.rule for finding in review(lines).findings]


def test_two_groups_at_random_are_out_of_rhyme() -> None:
    assert "出韵" in [finding.rule for finding in rhyming("东", "冬", "钟", "空").findings]


def test_where_either_foot_may_be_off_the_message_says_so() -> None:
    found = review(["一夜江南雨", "千山草木新", "清晨携客去", "把酒问归东"])
    message = next(finding.message for finding in found.findings if finding.rule == "出韵")
    assert "两说相当" in message or "不押韵" in message


def test_one_place_is_one_fault() -> None:
    lines = [*ALONE]
    at = [(f.line, f.column) for f in review(lines).findings if f.rule in ("失粘", "失对", "二四分明")]
    assert len(at) == len(set(at))


# Characters -----------------------------------------------------------------------------------------------------------


def test_the_first_level_of_gb2312_is_known() -> None:
    found = ""
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                char = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:  # the last row is not full
                continue
            found += "" if read_place(char, 0).readings else char
    assert found == ""


@pytest.mark.parametrize(
    ("char", "tone"), [("她", "平"), ("们", "平"), ("躺", "仄"), ("碰", "仄"), ("舱", "平"), ("碟", "仄")]
)
def test_modern_characters_are_marked_as_inferred(char: str, tone: str) -> None:
    (reading,) = read_place(char, 0).readings
    assert reading.source == "推定"
    assert reading.level == (tone == "平")


@pytest.mark.parametrize(("char", "same"), ["郞郎", "渓溪", "桜樱", "読读", "〇零", "観观", "沢泽", "単单", "駅驿"])
def test_other_forms_read_as_their_own(char: str, same: str) -> None:
    assert {r.group for r in read_place(char, 0).readings} <= {r.group for r in read_place(same, 0).readings}
    assert read_place(char, 0).readings


def test_a_repetition_mark_repeats() -> None:
    assert review(["春々江南雨", *CARRIER[1:]]).lines[0] == "春春江南雨"


@pytest.mark.parametrize("line", ["处处生春云", "远道如飞云"])
def test_a_reading_hardly_anyone_means_passes_with_a_warning(line: str) -> None:
    # No book tells these oblique readings from the level one by a sense of their own, so nothing forbids them.
    found = [finding for finding in review([*CARRIER[:3], line]).findings if finding.rule == "两读"]
    assert [finding.severity for finding in found if finding.line == 4] == ["warning"]


# The tables -----------------------------------------------------------------------------------------------------------


def test_every_row_that_forbids_has_a_book_for_its_source() -> None:
    for row in read_rows("restricted.tsv"):
        _, _, why, source = row.split("\t")
        assert why
        assert re.match("廣韻|莊子|漢書|史記|周禮|詩", source), row
        assert not re.search(r"\d", row), "a count is no source"
    for row in read_rows("compounds.tsv"):
        *_, force, source = row.split("\t")
        assert force == "从" or not re.match(r"複核;唐至清近体 |\d", source), row
    assert any(forbids for marks in compounds().values() for *_, forbids in marks)


@pytest.mark.parametrize(("line", "char"), [("箨龙一夜长", "长"), ("驯象诸天教", "教"), ("何时一重寻", "重")])
def test_a_word_that_only_seems_to_be_one_rules_nothing_out(line: str, char: str) -> None:
    # 一夜|长, 诸天|教, 一|重寻: what stands side by side in the last three may belong to two words.
    assert read_place(line, line.index(char)).loose == "中"


def test_an_error_names_no_reading_that_would_put_nothing_right() -> None:
    # 帆 has an oblique reading that nothing forbids; with it the line would break at its fourth character.
    (error,) = [
        f
        for f in review(["澄江馆前江水流", "征帆五月下扬州", "玉京台省多知己", "会听常何荐马周"]).findings
        if f.severity == "error"
    ]
    assert error.rule == "失对"
    assert "另有" not in error.message


def test_what_is_quoted_from_the_rhyme_book_stands_there() -> None:
    glosses: dict[str, list[str]] = {}
    for row in read_rows("rhymebook.tsv"):
        char, _, _, _, gloss = row.split("\t")  # its first twelve characters
        glosses.setdefault(char, []).append(gloss)
    words = [(w[int(at) - 1], source) for w, at, _, _, source in (r.split("\t") for r in read_rows("compounds.tsv"))]
    alone = [(char, source) for char, _, _, source in (row.split("\t") for row in read_rows("restricted.tsv"))]
    quoted = [(char, q) for char, source in words + alone for q in re.findall("廣韻.韻「(.+?)」", source)]
    assert len(quoted) > 550
    for char, quote in quoted:
        text = quote.replace(",", "")
        known = [gloss for origin in {char, *tables.origins().get(char, "")} for gloss in glosses.get(origin, [])]
        assert text.endswith("切") or any(text in gloss or (gloss and gloss in text) for gloss in known), (char, quote)


def test_the_table_of_odds_is_read_as_it_is_written() -> None:
    for char in likelihoods():
        weights = of_character(char)
        assert weights is not None
        assert all(weight for adds in weights.adds for weight in adds.values())
    assert of_character("看") is None


@given(
    st.text(alphabet="相思不胜为将春风花月山水长重分更难传中间", min_size=5, max_size=7).filter(lambda t: len(t) != 6)
)
def test_reading_a_line_agrees_with_reading_a_place(line: str) -> None:
    assert [read_place(line, i) for i in range(len(line))] == list(read_line(line))
    for i in range(len(line)):
        odds = log_odds(fold(line), i)
        assert odds is None or isinstance(odds, int)
        assert len(features(line, i)) >= 3


def test_what_cannot_be_read_is_not_a_character_come_again() -> None:
    found = review(["□夜江南雨", "千山草木□", "清晨携客去", "把酒问归□"]).findings
    assert [(finding.rule, finding.severity, finding.line) for finding in found] == [
        ("字音", "warning", 1),
        ("字音", "error", 2),
        ("字音", "error", 4),
    ]
