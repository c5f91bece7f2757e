"""Writing in either direction, filling gaps, and reading again what stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from yayun.backends.shipped import default_writer
from yayun.decoding.constraint import Characters, Frame, Tracker, line_by_line
from yayun.decoding.decode import Draft
from yayun.decoding.embedded import EmbeddedWriter, Gap
from yayun.decoding.options import Sampling, Way
from yayun.decoding.scoring import read_poems, score_lines, score_poems
from yayun.prompts import vocabulary as v
from yayun.prompts.order import Order
from yayun.prompts.prompt import kept_tokens
from yayun.prosody.forms.regulated import patterns
from yayun.prosody.review import review

STANDS = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
ORDER = Order("登樓", patterns("五绝")[0], "尤")


@pytest.fixture(scope="module")
def writer(tiny_model: Path) -> EmbeddedWriter:
    class Knowing(EmbeddedWriter):
        writes_backwards = True  # its vocabulary does, and the masks don't ask how well
        fills_gaps = True

    return Knowing(tiny_model, threads=1)


def write(writer: EmbeddedWriter, way: Way, orders: list[Order], seed: int = 0) -> list[Draft]:
    writer.way = way

    def judge(_: int, drafts: list[Draft]) -> np.ndarray:
        return np.array([draft.likelihood for draft in drafts])

    (pairs,) = writer.guided([orders], Sampling(), [np.random.default_rng(seed)], judge)
    return [draft for _, draft in pairs]


@pytest.mark.parametrize("plan", ["none", "images", "feet", "endings"])
@pytest.mark.parametrize("backwards", [False, True])
def test_every_way_of_writing_keeps_the_rules(writer: EmbeddedWriter, plan: str, backwards: bool) -> None:
    orders = [Order("登樓", pattern, "尤") for pattern in (patterns("五绝")[0], patterns("五绝")[2])] * 2
    drafts = write(writer, Way(plan, backwards), orders)
    for draft in drafts:
        found = review(draft.lines, form="五绝", rhyme="尤")
        assert not [f for f in found.findings if f.rule in ("出韵", "字数", "句数", "重韵")]
        assert [line[-1] for line in draft.lines[1::2]] == list(draft.plan_feet)
        assert np.isclose(np.mean(draft.nats), draft.likelihood)
        assert draft.broken or found.passed


def test_what_is_asked_for_comes_in_either_direction(writer: EmbeddedWriter) -> None:
    fixed = (((0, 0), "天"), ((1, 0), "人"), ((2, 0), "山"), ((3, 0), "鶴"))
    order = Order("登樓", patterns("五绝")[0], "尤", imagery=("明月",), fixed=fixed)
    drafts = write(writer, Way("images", backwards=True), [order] * 8)
    assert {"".join(line[0] for line in draft.lines) for draft in drafts} == {"天人山鶴"}
    assert any("明月" in "".join(draft.lines) for draft in drafts)


def test_likelihoods_of_lines_written_backwards_are_told_in_reading_order(writer: EmbeddedWriter) -> None:
    (draft,) = write(writer, Way("none", backwards=True), [ORDER])
    prompt = writer.prompt(ORDER, backwards=True)
    (read,) = score_poems(writer.session, [prompt], [draft.lines], backwards=True)
    np.testing.assert_allclose(read, draft.nats, atol=1e-3)


def test_a_word_to_avoid_comes_in_neither_direction(writer: EmbeddedWriter) -> None:
    plain = write(writer, Way("none", backwards=True), [ORDER])[0].lines
    word = plain[0][2:4]
    order = Order("登樓", patterns("五绝")[0], "尤", avoid=(word,))
    again = write(writer, Way("none", backwards=True), [order])[0].lines
    assert again[0][3:] == plain[0][3:]  # the same as far as the word is not whole
    assert all(word not in line for line in again)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("missing", [(3,), (0,), (2, 3), (0, 2)])
def test_missing_lines_are_written_around_those_that_stand(
    writer: EmbeddedWriter, missing: tuple[int, ...], backwards: bool
) -> None:
    gap = Gap(ORDER, STANDS, missing, backwards)
    for filling in writer.fill([gap] * 6, Sampling(1.0), np.random.default_rng(1)):
        assert [filling.lines[i] for i in range(4) if i not in missing] == [
            STANDS[i] for i in range(4) if i not in missing
        ]
        assert [len(nats) for nats in filling.nats] == [5] * len(missing)
        kept = {char for i, line in enumerate(STANDS) if i not in missing for char in line}
        assert not kept & {char for i in missing for char in filling.lines[i]}
        assert filling.broken or review(filling.lines, form="五绝", rhyme="尤").passed


def test_wordings_of_one_line_differ_and_are_read_as_they_were_written(writer: EmbeddedWriter) -> None:
    found = writer.fill([Gap(ORDER, STANDS, (1,))] * 8, Sampling(1.0), np.random.default_rng(1))
    assert len({filling.lines[1] for filling in found}) > 4
    read = score_lines(writer.session, [writer.prompt(ORDER)] * 8, [filling.lines for filling in found])
    np.testing.assert_allclose([nats[1] for nats in read], [f.nats[0] for f in found], atol=1e-3)


def test_heads_stay_in_a_line_that_is_written_again(writer: EmbeddedWriter) -> None:
    order = Order("登樓", patterns("五绝")[0], "尤", fixed=(((3, 0), "更"),))
    for filling in writer.fill([Gap(order, STANDS, (3,), way) for way in (False, True)] * 3, Sampling(), rng()):
        assert filling.lines[3][0] == "更"


def rng() -> np.random.Generator:
    return np.random.default_rng(2)


def test_a_poem_is_read_again_in_all_ways(writer: EmbeddedWriter) -> None:
    orders, poems = [ORDER] * 2, [STANDS, STANDS[::-1]]
    found = writer.reread(orders, poems)
    assert found is not None
    for ways in zip(*([r.forward, r.backward, r.given_rest, r.untitled] for r in found), strict=True):
        assert not np.allclose(ways[0], ways[1])  # another poem
    first = found[0]
    for other in (first.backward, first.given_rest, first.untitled):
        assert np.shape(other) == (4, 5)
        assert not np.allclose(first.forward, other)
    plain = score_poems(writer.session, [writer.prompt(ORDER)], [STANDS])[0]
    np.testing.assert_allclose(first.forward, plain, atol=1e-3)


def test_the_shipped_model_is_asked_what_it_knows() -> None:
    shipped = default_writer()
    knows = v.KEPT in shipped.session.ids
    assert (shipped.fills_gaps, shipped.writes_backwards) == (knows, knows)
    assert (shipped.reread([ORDER], [STANDS]) is None) == (not knows)


def test_lines_that_stand_beforehand_leave_their_tones_and_characters(tiny_model: Path) -> None:
    form = patterns("五绝")[0]
    fixed = tuple(((i, j), char) for i, line in enumerate(STANDS) if i != 1 for j, char in enumerate(line))
    frame = Frame(form, "尤", fixed, order=line_by_line(form, (1,), backwards=True))
    tracker = Tracker(frame, Characters(list("流海入河黃")))
    assert tracker.lines == [STANDS[0]]
    assert tracker.at == (1, 4)
    assert tracker.at_foot
    for i, char in enumerate("流海入河黃"):
        assert tracker.after == STANDS[1][5 - i :]
        assert tracker.closes_line == (i == 4)
        tracker.push(char)
    assert tracker.done
    assert tuple(tracker.lines) == STANDS
    assert tracker.feet == ("流", "樓")
    assert not tracker.broken


def test_kept_lines_are_told_in_the_direction_of_writing() -> None:
    assert "".join(kept_tokens(("白日依山盡", None), backwards=True)) == f"{v.KEPT}盡山依日白，{v.GAP}。"


def test_a_reading_has_the_likelihoods_and_what_the_model_makes_of_the_verse(writer: EmbeddedWriter) -> None:
    prompts, poems = [writer.prompt(ORDER)] * 2, [STANDS, STANDS[::-1]]
    first, second = read_poems(writer.session, prompts, poems)
    np.testing.assert_allclose([first.nats, second.nats], score_poems(writer.session, prompts, poems), atol=1e-4)
    assert first.sense is not None
    assert first.sense.shape == (writer.session.width,)
    assert not np.allclose(first.sense, second.sense)
