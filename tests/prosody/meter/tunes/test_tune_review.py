from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prosody.meter.tunes.test_match import realised

from yayun.errors import YayunError
from yayun.prosody.forms.tunes.tune import names, tune
from yayun.prosody.meter.tunes.align import align
from yayun.prosody.meter.tunes.review import find_tunes, guess_tunes, review_tune
from yayun.prosody.meter.tunes.text import find_tune_texts, stanzas_of
from yayun.prosody.meter.tunes.verse import Verse, read_verse

CLASSICS = {held.title: held for held in find_tune_texts((Path(__file__).parent / "classics.txt").read_text("utf-8"))}
PLAIN = [
    form
    for name in (
        "浣溪沙",
        "菩萨蛮",
        "鹧鸪天",
        "蝶恋花",
        "念奴娇",
        "满江红",
        "沁园春",
        "如梦令",
        "忆秦娥",
        "定风波",
        "更漏子",
    )
    for form in tune(name).forms[:1]
    if {clause.rhyme.upper() for clause in form.clauses} <= {"", "A", "B"} and not any(c.same for c in form.clauses)
]
WORDS = ["一曲新词酒一杯。去年天气旧亭台。夕阳西下几时回。", "无可奈何花落去，似曾相识燕归来。小园香径独徘徊。"]


def said(text: list[str], name: str = "浣溪沙") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in review_tune(read_verse(text), find_tunes(name)).findings:
        found.setdefault(finding.rule, []).append(finding.message)
    return found


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(PLAIN), st.integers(0, 1000))
def test_a_form_passes_its_own_realisation(form, seed) -> None:
    verse = realised(form, seed)
    review = review_tune(verse, (form.tune,))
    assert review.passed, review.findings
    assert review.kept[0] > 0.75  # a place that the book leaves open may be one that poets don't
    assert review.kept[1:] == (1.0, 1.0)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(PLAIN), st.integers(0, 1000), st.data())
def test_a_character_lost_is_found_in_its_sentence(form, seed, data) -> None:
    verse = realised(form, seed)
    where = data.draw(st.integers(0, len(verse.clauses) - 1).filter(lambda i: len(verse.clauses[i]) > 3))
    clauses = list(verse.clauses)
    marks = [mark for held in verse.marks for mark in held]
    clauses[where] = clauses[where][:1] + clauses[where][2:]
    shorter = read_verse(["".join(map("".join, zip(clauses, marks, strict=True)))])
    alignment = align(form, shorter)
    lost = [i for i, j in enumerate(alignment.places) if j is None]
    start = sum(map(len, verse.clauses[:where]))
    assert len(lost) == 1
    assert not alignment.extra
    assert start <= lost[0] < start + len(verse.clauses[where])


def test_every_form_of_every_tune_can_be_judged() -> None:
    for name in list(names())[::9]:
        form = tune(name).forms[-1]
        if {clause.rhyme.upper() for clause in form.clauses} <= {"", "A", "B"}:
            assert review_tune(realised(form, 1), (name,)).tune == name


def test_faults_by_clause_and_place() -> None:
    assert not [m for rule, m in said(WORDS).items() if rule in ("应平", "应仄", "出韵", "失叶", "字数")]
    wrong = said(["一曲新词美酒杯。去年天气旧亭台。夕阳西下几时回。", WORDS[1]])
    assert not wrong.keys() & {"出韵", "失叶"}
    assert said([WORDS[0].replace("回", "归"), WORDS[1]]).keys() >= {"通押"}
    assert (
        "上片第三句第七字「香」在第二部,不在本词所押的第三部" in said([WORDS[0].replace("回", "香"), WORDS[1]])["出韵"]
    )
    assert said([WORDS[0].replace("回", "去"), WORDS[1]])["失叶"] == ["上片第三句第七字「去」仄声,此处当押平声韵"]
    assert said([WORDS[0].replace("新词", "词"), WORDS[1]])["字数"] == ["上片第一句少一字"]
    assert said([WORDS[0], WORDS[1].replace("独徘徊", "独自徘徊")])["字数"] == ["下片第三句多一字"]
    assert any("应平" in message for message in said([WORDS[0].replace("夕阳", "夕照"), WORDS[1]]).get("应平", [""]))


def test_a_tune_for_the_entering_tone() -> None:
    """Two classics with their stops put into 上去."""
    for name, stops, others, words in [
        ("念奴娇", "物壁雪杰发灭发月", "事地意气异起蕊水", "此调多押入声"),
        ("满江红", "歇烈月切雪灭缺血阙", "细励意泪洗已砌水际", "此调须押入声"),
    ]:
        verse = next(held for title, held in CLASSICS.items() if title.startswith(name)).verse
        feet = iter(others)
        clauses = [c[:-1] + next(feet) if c[-1] in stops and m == "。" else c for c, m in pieces(verse)]
        text = "".join(clause + mark for clause, (_, mark) in zip(clauses, pieces(verse), strict=True))
        assert said([text], name)["入声"][0].startswith(words)


def pieces(verse: Verse) -> list[tuple[str, str]]:
    return list(zip(verse.clauses, [mark for held in verse.marks for mark in held], strict=True))


def test_names_that_are_no_tune() -> None:
    with pytest.raises(YayunError, match="没有「浣溪纱纱」这个词牌,相近的有浣溪纱"):
        find_tunes("浣溪纱纱")
    assert find_tunes("念奴嬌") == ("念奴娇",)


def test_texts_as_people_paste_them() -> None:
    one = "浣溪沙\n晏殊\n" + "\n".join(WORDS)
    lines = (
        "《浣溪沙》\n\n一曲新词酒一杯\n去年天气旧亭台\n夕阳西下几时回\n\n无可奈何花落去\n似曾相识燕归来\n小园香径独徘徊"
    )
    run = "浣溪沙·春恨\n" + "".join(WORDS)
    for text in (one, lines, run):
        (held,) = find_tune_texts(text)
        review = review_tune(held.verse, held.tunes)
        assert review.tune == "浣溪沙"
        assert review.passed
    assert find_tune_texts("春望\n国破山河在，城春草木深。") == ()
    assert len(find_tune_texts(one + "\n\n菩萨蛮\n" + "小山重叠金明灭。鬓云欲度香腮雪。")) == 2


def test_a_tune_is_guessed_by_shape() -> None:
    assert guess_tunes(stanzas_of("\n".join(WORDS)))[0][0] == "浣溪沙"
    assert guess_tunes(read_verse(["春花秋月何时了"])) == ()


def test_text_without_punctuation_is_cut_as_the_form() -> None:
    bare = "".join(WORDS).replace("。", "").replace("，", "")
    review = review_tune(read_verse([bare]), ("浣溪沙",))
    assert review.lines[0] == "一曲新词酒一杯"
    assert review.passed
