from __future__ import annotations

import pytest

from yayun.composing.road import default_writer
from yayun.composing.suggest import Candidate, Wanted, suggest
from yayun.errors import YayunError
from yayun.prosody.readings.lexicon import rhyme_groups
from yayun.prosody.review import review
from yayun.retrieval.novelty import is_corpus_line

TOWER = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")
AUTUMN = (
    "空山新雨後", "天氣晚來秋", "明月松間照", "清泉石上流",
    "竹喧歸浣女", "蓮動下漁舟", "隨意春芳歇", "王孫自可留",
)  # fmt: skip


def asked(lines: tuple[str, ...], line: int, column: int | None = None, **fields: str) -> tuple[Candidate, ...]:
    form = "五绝" if len(lines) == 4 else "五律"
    return suggest(Wanted(form, "尤", lines, line, column, **fields), default_writer(), 8, seed=3)


def replaced(lines: tuple[str, ...], line: int, text: str, column: int | None = None) -> list[str]:
    whole = text if column is None else lines[line][:column] + text + lines[line][column + 1 :]
    return [*lines[:line], whole, *lines[line + 1 :]]


@pytest.mark.parametrize(("line", "column"), [(0, None), (3, None), (2, 1), (1, 4), (3, 0)])
def test_candidates_keep_the_rules_and_are_new(line: int, column: int | None) -> None:
    found = asked(TOWER, line, column, title="登楼")
    assert found
    assert len({candidate.text for candidate in found}) == len(found)
    for candidate in found:
        lines = replaced(TOWER, line, candidate.text, column)
        assert lines != list(TOWER)
        assert review(lines, form="五绝", rhyme="尤").passed
        assert not is_corpus_line(lines[line])
        assert 0 < candidate.score <= 1
    assert suggest(Wanted("五绝", "尤", TOWER, line, column, "登楼"), default_writer(), 8, seed=3) == found


def test_a_middle_couplet_stays_parallel_and_says_how_much() -> None:
    found = asked(AUTUMN, 3, script="traditional", title="山居")
    assert all(candidate.note.startswith("对仗 ") for candidate in found)
    best = int(found[0].note.removeprefix("对仗 ").partition("%")[0])
    assert best >= 80


def test_a_slip_is_mended_where_it_lies() -> None:
    wrong = ("白日依山高", *TOWER[1:])
    for candidate in asked(wrong, 0, 4):
        assert review(replaced(wrong, 0, candidate.text, 4), form="五绝", rhyme="尤").passed
    off = (*TOWER[:3], "更上一层东")
    feet = asked(off, 3, 4)
    assert feet
    assert all("尤" in rhyme_groups(candidate.text) for candidate in feet)


def test_a_couplet_whose_other_line_is_at_fault_says_which_to_mend_first() -> None:
    wrong = ("白日依山尽", "黄河入海水", *TOWER[2:])
    with pytest.raises(YayunError, match="第二句"):
        asked(wrong, 0)
    assert asked(wrong, 1)


@pytest.mark.parametrize(
    ("lines", "line", "column", "said"),
    [(TOWER[:3], 0, None, "4 句"), (("白日依山", *TOWER[1:]), 1, None, "每句 5 字"), (TOWER, 4, None, "不在诗里"),
     (TOWER, 0, 5, "不在诗里"), (("白日依山x", *TOWER[1:]), 0, None, "汉字")],
)  # fmt: skip
def test_what_is_no_place_in_a_poem_is_refused(
    lines: tuple[str, ...], line: int, column: int | None, said: str
) -> None:
    with pytest.raises(YayunError, match=said):
        Wanted("五绝", "尤", lines, line, column)
