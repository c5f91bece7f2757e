from __future__ import annotations

import pytest

from tests_adapters.conftest import GOOD, NONE, OTHER
from yayun.evaluation.adapters.scoring import METRICS, format_score, marks, reply_sample
from yayun.evaluation.rows import make_row
from yayun.prosody.review import review


@pytest.mark.parametrize("form", ["五绝", "七律"])
@pytest.mark.parametrize("rhyme", ["尤", "东", None])
@pytest.mark.parametrize(
    "text", [GOOD, OTHER, OTHER[:9], NONE, "", "<think>想", "<answer>", "好" * 3000, "东\n" * 50, "𠮷□1a。"]
)
def test_marks_are_defined_for_any_text_and_are_those_of_the_table(text: str, form: str, rhyme: str | None) -> None:
    sample = reply_sample(text, form, rhyme)
    found = marks(sample)
    assert set(found) <= set(METRICS)
    assert all(0.0 <= value <= 1.0 for value in found.values())
    for profile, prefix in (("strict", ""), ("paper", "paper_")):
        row = make_row("", [sample], profile).values
        for name in ("tones", "rhymes", "antithesis", "length", "total"):
            assert row[name] == pytest.approx(100 * found[prefix + name], abs=0.005)
    if sample.lines:
        assert found["all_rules"] == review(sample.lines, form=form, rhyme=rhyme).passed


def test_the_reply_is_read_with_and_without_tags() -> None:
    bare = reply_sample("登鹳雀楼\n白日依山尽,黄河入海流。欲穷千里目,更上一层楼。", "五绝", "尤")
    assert reply_sample(GOOD, "五绝", "尤") == bare
    answer = GOOD[GOOD.index("<answer>") :]
    verse = answer.removeprefix("<answer>").removesuffix("</answer>")
    for text in [
        GOOD.removesuffix("</answer>"),
        f"用尤韵,流、楼。</think>{answer}",
        f"用尤韵,流、楼。</think>\n{verse}",
        f"<think>按<answer>诗</answer>的格式写。</think>{answer}",
        f"{answer}<think>补想。</think>",
        f"<answer>《登鹳雀楼》\n{verse}</answer>",
    ]:
        assert reply_sample(text, "五绝", "尤") == bare
    assert reply_sample(f"<think>{verse}", "五绝", "尤").lines == ()
    assert reply_sample(f"<think>{verse}</think>", "五绝", "尤").lines == ()
    assert marks(bare)["all_rules"] == 1.0
    assert marks(reply_sample(OTHER, "五绝", "尤"))["all_rules"] == 0.0


def test_scores_grow_as_a_draft_gets_better() -> None:
    drafts = ["", "白日依山尽,黄河入海", "白日依山尽,黄河入海流。欲穷千里目", GOOD]
    totals = [marks(reply_sample(draft, "五绝", "尤"))["total"] for draft in drafts]
    assert totals == sorted(set(totals))


def test_the_format_is_graded() -> None:
    assert format_score(GOOD) == format_score(f"\n{GOOD}\n") == 1.0
    broken = [NONE, "<answer>诗</answer>", GOOD.removesuffix("</answer>"), f"好的。{GOOD}", GOOD]
    assert [format_score(text) for text in broken] == [0.0, 0.25, 0.375, 0.5, 1.0]
    assert format_score("<answer>诗</answer><think>想</think>") == 0.5
    assert format_score(GOOD + GOOD) == 0.0
