from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.evaluation import synthetic
from yayun.measures.altered import (
    bigram_verse,
    characters_exchanged,
    couplet_copied,
    couplet_shared,
    lines_exchanged,
)
from yayun.measures.association import learn_couplets, learn_titles
from yayun.measures.coherence import coherence_by
from yayun.measures.corpus import Corpus
from yayun.measures.diversity import distinct_bigrams, distinct_feet, seed_overlap, self_overlap
from yayun.measures.links import learn_links
from yayun.measures.measures import MEASURES
from yayun.measures.naturalness import area_under_curve, linked_by, naturalness
from yayun.measures.novelty import longest_run_in, shared_runs, text_codes
from yayun.measures.repetition import repetition
from yayun.measures.theme import theme_by
from yayun.measures.verse import Verse, is_plain_title, make_verse, rhyme_of
from yayun.prosody.readings.lexicon import tones


@pytest.fixture(scope="module")
def source() -> Corpus:
    return synthetic.corpus()


@pytest.fixture(scope="module")
def real() -> list[Verse]:
    return synthetic.poems(80, seed=2)


HUMAN = synthetic.poems(80, seed=52)


def test_naturalness_tells_spoilt_verse_and_not_real_verse(real: list[Verse]) -> None:
    floor = naturalness(real, HUMAN)
    spoilt = naturalness(characters_exchanged(real), HUMAN)
    assert floor.value < 0.62
    assert spoilt.value > 0.75
    assert floor.ci95 is not None
    assert floor.ci95[0] < floor.value < floor.ci95[1] < spoilt.value
    assert np.isnan(naturalness(real[:3], HUMAN).value)


def test_seen_with_its_links_verse_of_exchanged_lines_is_told_apart(source: Corpus, real: list[Verse]) -> None:
    exchanged = lines_exchanged(real)
    learnt = learn_links(source)
    assert linked_by(learnt, real, HUMAN).value < 0.62
    assert linked_by(learnt, exchanged, HUMAN).value > max(0.75, naturalness(exchanged, HUMAN).value + 0.1)


def test_a_poem_that_was_counted_is_judged_by_the_other_poems(source: Corpus) -> None:
    human = next(human for human in source.humans if human.split == "train")
    unknown = replace(human.verse, key="")
    assert learn_links(source).strength(human.verse) < learn_links(source).strength(unknown)
    title_lines = (human.verse.title, human.verse.lines)
    rest = replace(source, learnt=tuple(row for row in source.learnt if row != title_lines))
    assert len(rest.learnt) == len(source.learnt) - 1
    assert learn_links(source).strength(human.verse) == pytest.approx(learn_links(rest).strength(unknown), rel=1e-5)


def test_coherence_ranks_real_verse_first(source: Corpus, real: list[Verse]) -> None:
    association = learn_couplets(source)
    values = [
        coherence_by(association, poems, HUMAN).value
        for poems in (real, lines_exchanged(real), characters_exchanged(real))
    ]
    assert values[0] > 0.8
    assert max(values[1:]) < 0.65


def test_theme_ranks_real_verse_first(source: Corpus, real: list[Verse]) -> None:
    association = learn_titles(source)
    found = theme_by(association, real, HUMAN)
    assert found.n == len(real)
    assert found.value > theme_by(association, lines_exchanged(real), HUMAN).value + 0.15
    # Naming the title is not writing about it.
    named = [Verse(p.title, p.form, p.rhyme, (p.title + p.title + "來",) * 8, p.key) for p in real]
    assert theme_by(association, named, HUMAN).value < found.value


def test_area_under_the_curve_counts_pairs() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.integers(0, 5, 30), rng.integers(0, 5, 20)
    pairs = [(a > b) + 0.5 * (a == b) for a, b in itertools.product(ours, theirs)]
    assert area_under_curve(ours, theirs) == pytest.approx(sum(pairs) / len(pairs))


def verses(*texts: str, keys: str = "") -> list[Verse]:
    return [make_verse("", "五绝", "东", text.split(), keys[i : i + 1]) for i, text in enumerate(texts)]


def test_diversity_by_hand() -> None:
    poems = verses("甲乙丙 丁戊己", "甲乙庚 辛壬癸", keys="ab")
    assert distinct_bigrams(poems, ()).value == pytest.approx(7 / 8)
    assert distinct_feet(poems, ()).value == 1.0
    assert self_overlap(poems, ()).value == pytest.approx(1 / 4)
    assert np.isnan(seed_overlap(poems, ()).value)
    answers = verses("甲乙丙 丁戊己", "甲乙庚 辛壬癸", keys="aa")
    assert seed_overlap(answers, ()).value == pytest.approx(1 / 4)
    assert self_overlap(answers, ()).value == 0.0  # answers to one request are another matter
    same = verses("甲乙丙 丁戊己", "甲乙丙 丁戊己", keys="ab")
    assert distinct_bigrams(same, ()).value == distinct_feet(same, ()).value == 0.5
    assert self_overlap(same, ()).value == 1.0


def test_repetition_by_hand() -> None:
    assert repetition(verses("春春山 山水月", "甲乙丙 丁戊己"), ()).value == pytest.approx((1 / 6 + 0) / 2)


def test_the_longest_run_stays_inside_lines_and_matches_a_plain_search() -> None:
    text = "白日依山盡\n黃河入海流\n\n欲窮千里目\n更上一層樓"
    poems = verses("白日依天涯 盡黃河水流", "窮千里外客 層樓更上人", "甲乙丙丁戊 己庚辛壬癸")
    lines = [p.lines for p in poems]
    folded = "\n".join(make_verse("", "五绝", None, text.split("\n")).lines)

    def plain(poem: tuple[str, ...]) -> int:
        runs = [line[i:j] for line in poem for i in range(len(line)) for j in range(i + 2, len(line) + 1)]
        return max((len(r) for r in runs if any(r in row for row in folded.split("\n"))), default=0)

    assert shared_runs(text_codes(folded), lines) == [plain(poem) for poem in lines] == [3, 3, 0]
    assert longest_run_in(text_codes(folded), poems).value == 2.0


def test_exchanged_lines_and_characters_keep_what_they_should(real: list[Verse]) -> None:
    moved = lines_exchanged(real)
    for place in range(8):
        assert sorted(p.lines[place] for p in moved) == sorted(p.lines[place] for p in real)
    first = [p.lines[0] for p in real]
    assert all(a.lines[0] != b for a, b in zip(moved, first, strict=True) if first.count(b) == 1)
    dealt = characters_exchanged(real)
    for before, after in zip(real, dealt, strict=True):
        assert (before.title, before.cell, before.key) == (after.title, after.cell, after.key)
        assert [tones(c) for c in "".join(before.lines)] == [tones(c) for c in "".join(after.lines)]
    assert sorted("".join("".join(p.lines) for p in dealt)) == sorted("".join("".join(p.lines) for p in real))


def test_a_stock_couplet_and_a_copied_one_are_seen(source: Corpus, real: list[Verse]) -> None:
    stock, copied = couplet_shared(real), couplet_copied(real, source)
    assert self_overlap(stock, ()).value > self_overlap(real, ()).value
    assert distinct_bigrams(stock, ()).value < distinct_bigrams(real, ()).value
    codes = text_codes(source.text)
    assert longest_run_in(codes, copied).value == 5.0 > longest_run_in(codes, real).value
    assert [p.lines[4:] for p in stock] == [p.lines[4:] for p in real]
    assert [p.lines[2:] for p in copied] == [p.lines[2:] for p in real]


def test_bigram_verse_keeps_shape_and_tones(source: Corpus, real: list[Verse]) -> None:
    written = bigram_verse(real[:10], source)
    assert written == bigram_verse(real[:10], source)
    for before, after in zip(real, written, strict=False):
        assert [len(line) for line in before.lines] == [len(line) for line in after.lines]
        for old, new in zip(before.lines[0], after.lines[0], strict=True):
            assert tones(old) <= tones(new)


def test_scripts_make_no_difference() -> None:
    traditional = make_verse("登樓", "五言绝句", None, ["白日依山盡", "黃河入海流"])
    assert traditional == make_verse("登楼", "五绝", None, ["白日依山尽", "黄河入海流"])
    assert rhyme_of(["白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"]) == "尤"
    assert is_plain_title("春望")
    assert not is_plain_title("和张仆射塞下曲")


def test_what_is_trained_on_is_no_evidence() -> None:
    roles = {m.name: m.role for m in MEASURES}
    assert roles["naturalness"] == roles["coherence"] == "evidence"
    assert roles["repetition"] == roles["longest_run"] == "reward"
    assert roles["theme"] == "selection"
