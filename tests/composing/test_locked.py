from __future__ import annotations

import pytest

import yayun
from yayun.brief import make_brief
from yayun.composing.road import Options, compose_all
from yayun.errors import YayunError


@pytest.mark.parametrize("script", ["simplified", "traditional"])
def test_locked_lines_stay_to_the_letter_and_the_rest_fits_them(script: str) -> None:
    locked = ["空山新雨后", None, None, "清泉石上流", None, None, None, "王孫自可留"]
    brief = make_brief(title="山居", locked=locked, script=script, count=2)
    seen: dict[int, tuple[str, ...]] = {}

    def watch(index: int, settled: object, order: object, draft: object) -> None:
        seen[index] = draft.lines

    for i, poem in enumerate(compose_all([brief], Options(seed=4, effort="quick"), watch=watch)):
        assert [line if kept else None for line, kept in zip(poem.lines, locked, strict=True)] == locked
        assert (poem.form, poem.rhyme) == ("五言律诗", "尤")
        assert poem.review.passed
        assert len(seen[i]) == 6


def test_a_line_with_a_warning_or_a_reading_by_context_may_stand() -> None:
    # 三仄尾 is a warning; 勝 is level in 不勝, which it is not by itself.
    for line, rhyme in (("欲穷万里目", "东"), ("不勝愁思客", "东")):
        poem = yayun.compose(locked=[line, None, None, None], rhyme=rhyme, title="登楼", seed=1, effort="quick")
        assert poem.lines[0] == line
        assert poem.review.passed


def test_locked_lines_an_image_and_an_acrostic_go_together() -> None:
    poem = yayun.compose(
        locked=["春江潮水阔", None, None, None], acrostic="春夏秋冬", imagery="潮", title="江", seed=3, effort="quick"
    )
    assert "".join(line[0] for line in poem.lines) == "春夏秋冬"
    assert not any(finding.rule == "意象" for finding in poem.review.findings)


def test_lines_that_no_pattern_holds_and_free_writing_are_refused() -> None:
    with pytest.raises(YayunError, match="同一个格式"):
        yayun.compose(locked=["白日依山尽", None, None, None], pattern="平起")
    with pytest.raises(YayunError, match="guided"):
        yayun.compose(locked=["白日依山尽", None, None, None], mode="free")
