from __future__ import annotations

import pytest

from yayun.prosody.marks import expected_tones, marks
from yayun.prosody.render import line_signs
from yayun.prosody.review import review

AUTUMN = (
    "空山新雨後", "天氣晚來秋", "明月松間照", "清泉石上流",
    "竹喧歸浣女", "蓮動下漁舟", "隨意春芳歇", "王孫自可留",
)  # fmt: skip


@pytest.mark.parametrize(
    ("line_type", "five", "seven"),
    [
        ("a", "中仄平平仄", "中平中仄平平仄"),
        ("b", "中平平仄仄", "中仄中平平仄仄"),
        ("A", "中仄仄平平", "中平中仄仄平平"),
        ("B", "平平中仄平", "中仄平平中仄平"),
    ],
)
def test_expected_tones_are_the_textbooks(line_type: str, five: str, seven: str) -> None:
    # Wang Li, Shici gelü: the eight lines with their free places.
    assert (expected_tones(line_type, 5), expected_tones(line_type, 7)) == (five, seven)


def test_an_octave_is_marked_character_by_character() -> None:
    judged = review(AUTUMN)
    found = marks(judged)
    assert ["".join(mark.char for mark in line) for line in found] == [*AUTUMN]
    assert tuple("".join(mark.tone for mark in line) for line in found) == judged.tones
    assert [line[-1].foot for line in found] == [False, True] * 4
    assert not any(mark.foot for line in found for mark in line[:-1])
    assert [line[0].parallel is None for line in found] == [True, True, False, False, False, False, True, True]
    assert found[2][0].parallel
    for i, line in enumerate(found):
        assert line_signs(judged, i) == "".join("○" if mark.tone == "平" else "●" for mark in line)
    place = found[0][0].to_json()
    assert place["readings"][0]["used"]


def test_slips_and_cures_lie_where_the_findings_say() -> None:
    slip = review(["白日依山盡", "黃河入海流", "欲窮千里目", "更上三層東"], form="五绝", rhyme="尤")
    found = marks(slip)
    faults = {(i, j) for i, line in enumerate(found, 1) for j, mark in enumerate(line, 1) if mark.severity == "error"}
    assert faults == {(f.line, f.column) for f in slip.findings if f.severity == "error" and f.column}
    # 大拗: the upper line's fourth place is cured by the lower line's third.
    cured = review(["野火燒不盡", "春風吹又生", "遠芳侵古道", "晴翠接荒城"])
    (cure,) = {f.cure for f in cured.findings if f.cure}
    assert [(i, j) for i, line in enumerate(marks(cured), 1) for j, mark in enumerate(line, 1) if mark.cure] == [cure]


def test_verse_that_is_not_regulated_has_no_pattern() -> None:
    old = review(["千山鳥飛絕", "萬徑人蹤滅", "孤舟蓑笠翁", "獨釣寒江雪"])
    assert {mark.expected for line in marks(old) for mark in line} == {"中"}
    asked = marks(review(old.lines, form="五绝"))
    assert "".join(mark.expected for mark in asked[1]) == "中仄中平仄"
    ragged = marks(review(["白日依山", "黃河入海流", "欲窮千里目□", "更上一層樓"]))
    assert [len(line) for line in ragged] == [4, 5, 6, 5]
    assert not ragged[2][5].to_json()["readings"]
