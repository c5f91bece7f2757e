from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from yayun.backends.builtin import Builtin
from yayun.brief import make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options, compose_with, describe_change, describe_plan
from yayun.decoding.decode import Change, Draft
from yayun.decoding.embedded import EmbeddedWriter
from yayun.decoding.options import Sampling
from yayun.mending.revising import Reviser, Revising
from yayun.prompts.order import Order
from yayun.prosody.forms.regulated import patterns

ORDER = Order("登樓", patterns("五绝")[0], "尤")
DRAFT = Draft(("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"), (), ("流", "樓"), -3.0)


@pytest.fixture(scope="module")
def writer(tiny_model: Path) -> EmbeddedWriter:
    class Knowing(EmbeddedWriter):
        writes_backwards = True
        fills_gaps = True

    return Knowing(tiny_model, threads=1)


def likes_water(drafts: Sequence[Draft]) -> np.ndarray:
    """A judge who dislikes one line, and likes water."""
    texts = ["".join(draft.lines) for draft in drafts]
    return np.array([3 * any(c in text for c in "水江河") - 5.0 * ("千里目" in text) for text in texts])


def reviser(writer: EmbeddedWriter, rounds: int, judge=likes_water, passes=lambda order, draft: True, tell=None):
    how = Revising(poems=2, rounds=rounds, wordings=8)
    return Reviser(writer, how, judge, passes, Sampling(), np.random.default_rng(0), tell)


def test_the_line_liked_least_is_written_again_and_the_others_stay(writer: EmbeddedWriter) -> None:
    told: list[Draft] = []
    ((order, draft),) = reviser(writer, 1, tell=lambda _, d: told.append(d))([(ORDER, DRAFT)])
    assert order is ORDER
    assert [a == b for a, b in zip(draft.lines, DRAFT.lines, strict=True)] == [True, True, False, True]
    assert draft.changes == (Change(2, "欲窮千里目", draft.lines[2]),)
    assert told == [draft]
    assert likes_water([draft]) > likes_water([DRAFT])
    assert np.isclose(np.mean(draft.nats), draft.likelihood)


def test_what_makes_nothing_better_or_may_not_stand_is_left(writer: EmbeddedWriter) -> None:
    def even(drafts: Sequence[Draft]) -> np.ndarray:
        return np.zeros(len(drafts))

    ((_, draft),) = reviser(writer, 4, judge=even)([(ORDER, DRAFT)])
    assert (draft.lines, draft.changes) == (DRAFT.lines, ())

    def first_alone(order: Order, other: Draft) -> bool:
        return other.lines == DRAFT.lines

    ((_, draft),) = reviser(writer, 4, passes=first_alone)([(ORDER, DRAFT)])
    assert draft.lines == DRAFT.lines
    assert reviser(writer, 4, passes=lambda order, other: False)([(ORDER, DRAFT)]) == []


def test_lines_that_were_given_are_never_written_again(writer: EmbeddedWriter) -> None:
    fixed = tuple(((2, j), char) for j, char in enumerate(DRAFT.lines[2]))
    order = Order("登樓", patterns("五绝")[0], "尤", fixed=fixed)
    ((_, draft),) = reviser(writer, 6)([(order, DRAFT)])
    assert draft.lines[2] == DRAFT.lines[2]


def test_composing_revises_by_its_effort_and_tells_of_it(writer: EmbeddedWriter) -> None:
    def poem(effort: str, seed: int) -> tuple[Poem, list[Draft]]:
        told: list[Draft] = []
        how = Options(seed=seed, effort=effort, candidates=8)
        brief = make_brief(title="春风", form="五绝", rhyme="尤")
        (found,) = compose_with([brief], how, Builtin(writer), watch=lambda n, s, o, d: told.append(d))
        assert isinstance(found, Poem)
        assert found.review.passed
        return found, [draft for draft in told if draft.changes]

    revised = [poem("normal", seed) for seed in range(3)]
    assert any("推敲第" in found.think and told for found, told in revised)
    assert [poem("normal", 0)[0].lines] == [revised[0][0].lines]  # the same seed, the same poem
    found, told = poem("quick", 0)
    assert "推敲" not in found.think
    assert not told


def test_a_change_is_told_in_words() -> None:
    draft = Draft(DRAFT.lines, (), (), -3.0, changes=(Change(2, "甲", "乙"),))
    assert describe_change(draft.changes[0]) == "推敲第三句:「甲」改作「乙」"
    assert describe_plan("登楼", ORDER, draft).endswith("推敲第三句:「甲」改作「乙」。")
