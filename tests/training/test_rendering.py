from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from yayun.corpus.store import CorpusPoem
from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import line_marks
from yayun.training.batches import IGNORE, batches_of_pass
from yayun.training.recipe import DataMix
from yayun.training.rendering import render
from yayun.training.samples import Sample, clauses_of, other_form, relabelled, samples_of

CLIMBING = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
AUTUMN = (
    "空山新雨後", "天氣晚來秋", "明月松間照", "清泉石上流", "竹喧歸浣女", "蓮動下漁舟", "隨意春芳歇", "王孫自可留"
)  # fmt: skip
PLAIN = {"pattern": 0.0, "imagery": 0.0, "plan": 0.0}


def poem(lines: tuple[str, ...], **more: object) -> CorpusPoem:
    return CorpusPoem("an-id", "唐", "", "登鸛雀樓", lines, (), "train", **more)  # type: ignore[arg-type]


def sample(lines: tuple[str, ...] = CLIMBING) -> Sample:
    (one,) = relabelled(samples_of(poem(lines), {"白日": 5.0, "黃河": 5.0, "千里": 5.0}))
    return one


def verse_of(tokens: list[str]) -> str:
    return "".join(tokens[tokens.index(v.ANSWER) + 1 : tokens.index(v.ANSWER_END)])


def test_backwards_each_line_begins_with_its_foot() -> None:
    prompt, completion = render(sample(), DataMix(**PLAIN, backwards=1.0), np.random.default_rng(1))
    assert prompt[-1] == v.BACKWARDS
    assert verse_of(completion).startswith("盡山依日白，流海入河黃。")


@pytest.mark.parametrize("seed", range(12))
def test_what_is_missing_and_what_is_kept_are_the_poem(seed: int) -> None:
    _, completion = render(sample(AUTUMN), DataMix(**PLAIN, gaps=1.0), np.random.default_rng(seed))
    kept = "".join(completion[1 : completion.index(v.ANSWER)])
    missing = iter(verse_of(completion).replace("，", "。").rstrip("。").split("。"))
    parts = kept.replace("，", "。").rstrip("。").split("。")
    whole = [next(missing) if part == v.GAP else part for part in parts]
    assert tuple(whole) == AUTUMN
    assert next(missing, None) is None


def test_a_couplet_alone_is_one_of_the_middle_ones() -> None:
    seen = set()
    for seed in range(20):
        prompt, completion = render(sample(AUTUMN), DataMix(**PLAIN, couplets=1.0), np.random.default_rng(seed))
        assert v.FORM_TOKENS[v.COUPLET] in prompt
        verse = verse_of(completion)
        upper = "".join(completion[1 : completion.index(v.GAP) - 1]) if v.GAP in completion else ""
        seen.add((upper + "，" + verse if upper else verse).rstrip("。"))
    assert seen == {"明月松間照，清泉石上流", "竹喧歸浣女，蓮動下漁舟"}


def test_a_plan_may_name_whole_endings() -> None:
    mix = DataMix(pattern=0, imagery=0, plan=1.0, whole_plan=1.0, endings=1.0)
    _, completion = render(sample(), mix, np.random.default_rng(1))
    assert "".join(completion).partition(v.ENDINGS)[2].startswith("海流、層樓</think>")


def test_without_a_title_nothing_is_said_of_it() -> None:
    prompt, _ = render(sample(), DataMix(**PLAIN, untitled=1.0), np.random.default_rng(1))
    assert v.TITLE not in prompt


def test_a_tune_keeps_its_clauses_marks_and_stanzas() -> None:
    stanzas = ("一曲新詞酒一杯。去年天氣舊亭臺。夕陽西下幾時回。", "無可奈何花落去，似曾相識燕歸來。小園香徑獨徘徊。")
    clauses, marks = clauses_of(stanzas)
    assert (len(clauses), marks[2], marks[3]) == (6, ("。", v.STANZA), ("，",))
    (one,) = samples_of(poem(clauses, genre="词", tune="浣溪沙", stanzas=stanzas), {})
    prompt, completion = render(one, DataMix(**PLAIN), np.random.default_rng(1))
    assert "".join(prompt) == "<|begin|>【唐】【词】【词牌】浣溪沙【题目】登鸛雀樓"
    assert verse_of(completion) == v.STANZA.join(stanzas)


def test_longer_poems_come_in_parts_under_the_name_of_their_shape() -> None:
    long = CLIMBING * 6
    parts = list(samples_of(poem(long), {}))
    assert [len(part.lines) for part in parts] == [20, 4]
    assert tuple(chain.from_iterable(part.lines for part in parts)) == long
    assert {part.form for part in parts} == {"五言排律"}
    assert other_form(("君不見黃河之水天上來", "奔流到海不復回")) == "杂言"
    assert other_form(CLIMBING[:3]) == "五言古诗"


def test_which_lines_are_missing_is_not_learnt() -> None:
    tokens = v.token_list(sorted({*"".join(AUTUMN), *"登鸛雀樓"}))
    ids = {token: i for i, token in enumerate(tokens)}
    mix = DataMix(**PLAIN, tang=40, gaps=1.0)
    for batch in batches_of_pass([sample(AUTUMN)], ids, mix, 900, 3, 0):
        learnt = batch.targets[batch.targets != IGNORE]
        assert not {ids[v.GAP], ids[v.KEPT]} & set(learnt.tolist())
        assert ids[v.GAP] in batch.tokens
        assert set(batch.kept) == {None}


def test_marks_alternate() -> None:
    assert line_marks(4) == (("，",), ("。",), ("，",), ("。",))
