from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prosody.realise import realise

from yayun.errors import YayunError
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORM_NAMES, FORMS, line_tones, line_types, patterns
from yayun.prosody.meter.linerules import acceptable_couplets, tone_strings
from yayun.prosody.review import review

SPRING = [
    "国破山河在",
    "城春草木深",
    "感时花溅泪",
    "恨别鸟惊心",
    "烽火连三月",
    "家书抵万金",
    "白头搔更短",
    "浑欲不胜簪",
]
CRANES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]


def errors(lines: list[str], **asked: object) -> list[tuple[str, int | None]]:
    return [(f.rule, f.line) for f in review(lines, **asked).findings if f.severity == "error"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "pattern", [p for form in FORMS for p in patterns(form)], ids=lambda p: f"{p.short}{p.variant}"
)
def test_every_standard_pattern_passes(pattern: Form) -> None:
    judged = review(realise(pattern.tones))
    assert (judged.form, judged.rhyme, judged.pattern) == (FORM_NAMES[pattern.short], "东", pattern.variant)
    assert errors(list(judged.lines)) == []


# A couplet's types, the line it starts at and the standard poem around it.
PLACES = [("AB", 0), ("BA", 0), ("aB", 0), ("bA", 0), ("aB", 2), ("bA", 2)]


def around(types: str, at: int, width: int) -> tuple[Form, list[str]]:
    form = "五绝" if width == 5 else "七绝"
    pattern = next(p for p in patterns(form) if line_types(p)[at : at + 2] == types)
    return pattern, [line_tones(t, width) for t in line_types(pattern)]


def judge_pair(types: str, at: int, pair: tuple[str, str]) -> list[tuple[str, int | None]]:
    pattern, tones = around(types, at, len(pair[0]))
    tones[at : at + 2] = pair
    return errors(realise(tones), form=pattern.short, rhyme="东", pattern=pattern.variant)


@pytest.mark.parametrize(("types", "at"), PLACES)
def test_acceptable_couplets_pass_and_no_others(types: str, at: int) -> None:
    """Every pair of fives, written out in characters."""
    allowed = acceptable_couplets(types[0], types[1], 5)
    strings = tone_strings(5)
    # A pair that is one slip away in one line at most, and every pair of slips in the standard upper line.
    standard = [line_tones(t, 5) for t in types]
    pairs = {(upper, standard[1]) for upper in strings} | {(standard[0], lower) for lower in strings}
    for pair in pairs | allowed:
        assert (judge_pair(types, at, pair) == []) == (pair in allowed), pair


@given(st.sampled_from(PLACES), st.sampled_from(tone_strings(7)), st.sampled_from(tone_strings(7)))
@settings(max_examples=60, deadline=None)
def test_acceptable_couplets_of_sevens(place: tuple[str, int], upper: str, lower: str) -> None:
    types, at = place
    assert (judge_pair(types, at, (upper, lower)) == []) == ((upper, lower) in acceptable_couplets(*types, 7))


@pytest.mark.nightly
@pytest.mark.parametrize(("types", "at"), PLACES)
@pytest.mark.parametrize("width", [5, 7])
def test_all_couplets(types: str, at: int, width: int) -> None:
    allowed = acceptable_couplets(types[0], types[1], width)  # type: ignore[arg-type]
    for pair in product(tone_strings(width), repeat=2):  # type: ignore[arg-type]
        assert (judge_pair(types, at, pair) == []) == (pair in allowed), pair


@given(st.sampled_from([p for form in FORMS for p in patterns(form)]), st.data())
@settings(max_examples=60, deadline=None)
def test_one_flipped_tone_is_at_most_one_fault_a_rule_it_breaks(pattern: Form, data: st.DataObject) -> None:
    """One slip never spreads: at most its line and its two neighbours (失对, 失粘) hear of it."""
    line = data.draw(st.integers(0, pattern.count - 1))
    column = data.draw(st.integers(1, pattern.width))
    tones = list(pattern.tones)
    flipped = "仄" if tones[line][column - 1] == "平" else "平"
    tones[line] = tones[line][: column - 1] + flipped + tones[line][column:]
    faults = errors(realise(tones), form=pattern.short)
    assert len(faults) <= (2 if column == 2 else 1), faults


def test_what_was_asked_for() -> None:
    assert errors(SPRING, form="五律", rhyme="侵", pattern="仄起") == []
    assert errors(SPRING, form="七绝") == [("体裁", None)]
    assert errors(SPRING, pattern="平起") == [("格律", None)]
    assert errors(SPRING, pattern="首句入韵") == [("格律", None)]
    assert errors(CRANES, rhyme="东") == [("出韵", 2), ("出韵", 4)]
    assert errors(CRANES, rhyme="尤韻") == []
    assert review(CRANES, form="五絕").form == "五言绝句"


@pytest.mark.parametrize("asked", [{"form": "词"}, {"rhyme": "铁"}, {"pattern": "拗起"}])
def test_what_nobody_knows_is_said(asked: dict[str, str]) -> None:
    with pytest.raises(YayunError, match=next(iter(asked.values()))):
        review(CRANES, **asked)  # type: ignore[arg-type]


def test_no_lines() -> None:
    with pytest.raises(YayunError):
        review([])


def test_imagery() -> None:
    found = [(f.rule, f.severity) for f in review(CRANES, imagery=["黄河", "柳", "樓"]).findings]
    assert found == [("意象", "warning")]


def test_lengths() -> None:
    assert errors([*CRANES[:2], "欲穷千里", CRANES[3]]) == [("字数", 3)]
    assert errors(CRANES[:3], form="五绝") == [("句数", None)]
    assert errors([*CRANES[:3], CRANES[3] + "高"]) == [("字数", 4)]


def test_tones_are_given_line_by_line() -> None:
    assert review(CRANES).tones[:3] == ("仄仄平平仄", "平平仄仄平", "仄平平仄仄")
    drafts = [CRANES[0], CRANES[1][:4], *CRANES[2:], CRANES[0]]
    tones = review(drafts, form="五绝").tones
    assert [len(line) for line in tones] == [5, 0, 5, 5, 0]


def test_repeated_rhyme() -> None:
    assert ("重韵", 4) in errors([*CRANES[:3], "更上一层流"])


def test_repeated_characters_are_one_finding_a_run() -> None:
    found = review(["君问归期未有期", "巴山夜雨涨秋池", "何当共剪西窗烛", "却话巴山夜雨时"]).findings
    assert [(f.line, f.column, f.lines) for f in found if f.rule == "重字"] == [(4, 3, (2, 4))]


def test_variants_are_one_character() -> None:
    found = review(["白日依山盡", "黃河入海流", "欲窮千里目", "猨上一層樓"]).findings
    assert not [f for f in found if f.rule == "重字"]
    found = review(["猿日依山盡", "黃河入海流", "欲窮千里目", "猨上一層樓"]).findings
    assert [(f.line, f.column) for f in found if f.rule == "重字"] == [(4, 1)]


def test_oblique_rhyme_asked_for_is_accepted_with_a_note() -> None:
    lines = realise(["平平仄仄平", "仄仄平平仄", "仄仄仄平平", "平平平仄仄"])
    lines[1], lines[3] = lines[1][:-1] + "漾", lines[3][:-1] + "望"
    judged = review(lines, form="五绝", rhyme="漾")
    assert (judged.form, judged.rhyme, judged.passed) == ("五言绝句", "漾", True)
    assert ("仄韵", "note") in [(f.rule, f.severity) for f in judged.findings]
    broken = [lines[0], lines[1], lines[3][:2] + lines[2][2:], lines[3]]
    assert not review(broken, form="五绝", rhyme="漾").passed


def test_long_verse() -> None:
    octave = patterns("五律")[0].tones
    lines = realise([*octave, *octave[:2]])
    judged = review(lines)
    assert (judged.form, errors(lines)) == ("五言排律", [])


def test_other_shapes_are_old_style() -> None:
    assert review(SPRING[:6]).form == "五言古体"
    assert review(["关关雎鸠", "在河之洲", "窈窕淑女", "君子好逑"]).form == "古体"
    assert errors(SPRING[:6]) == [("体裁", None)]


def test_unresolved_characters_are_findings() -> None:
    found = review(["白日依山尽", "黄河入海流", "欲穷千里□", "更上一层楼"]).findings
    assert [(f.rule, f.severity, f.line, f.column) for f in found] == [("字音", "warning", 3, 5)]


SENT_FROM_COURT = (
    "巴山楚水凄凉地 二十三年弃置身 怀旧空吟闻笛赋 到乡翻似烂柯人 "
    "沉舟侧畔千帆过 病树前头万木春 今日听君歌一曲 暂凭杯酒长精神"
)


@pytest.mark.parametrize(
    ("upper", "lower", "rule", "column", "says"),
    [
        ("怀旧空吟闻笛赋", "到乡翻似烂柯人", None, None, ""),
        ("漠漠水田飞白鹭", "山林夏木啭黄鹂", "对仗", 1, "「漠漠」是叠字,与它相对的「山林」不是"),
        ("神州处处传佳节", "赤县家家庆好时", "合掌", None, "同一个意思"),
        ("色丝黄绢侬无分", "悔不文园着力耕", "对仗", 2, "对仗不工"),
    ],
)
def test_what_is_wrong_with_a_couplet_is_named(
    upper: str, lower: str, rule: str | None, column: int | None, says: str
) -> None:
    lines = SENT_FROM_COURT.split()
    found = review([*lines[:2], upper, lower, *lines[4:]], form="七律")
    said = [f for f in found.findings if f.rule in ("对仗", "合掌")]
    assert [(f.rule, f.severity, f.line) for f in said] == ([(rule, "warning", 4)] if rule else [])
    assert all(says in f.message and f.lines == (3, 4) and (column is None) == (f.column is None) for f in said)
    assert found.scores.antithesis < 0.62 or not said


def test_json_is_the_contract() -> None:
    row = review(SPRING).to_json()
    assert list(row) == ["passed", "form", "rhyme", "pattern", "lines", "findings", "scores"]
    assert set(row["scores"]) == {"tones", "rhymes", "antithesis", "length", "total"}  # type: ignore[arg-type]
    for finding in row["findings"]:  # type: ignore[attr-defined]
        assert list(finding)[:5] == ["rule", "severity", "line", "column", "message"]
