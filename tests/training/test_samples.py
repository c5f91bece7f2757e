from __future__ import annotations

import numpy as np

from yayun.corpus.store import CorpusPoem
from yayun.prompts import vocabulary as v
from yayun.training.recipe import DataMix
from yayun.training.rendering import render
from yayun.training.samples import OLD, Sample, relabelled, to_sample

CLIMBING = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
WHOLE = DataMix(pattern=1.0, imagery=0.0, plan=1.0, whole_plan=1.0, feet=1.0)


def sample_of(lines: tuple[str, ...]) -> Sample:
    words = dict.fromkeys(("白日", "黃河", "千里"), 5.0)
    return to_sample(CorpusPoem("an-id", "唐", "王之渙", "登鸛雀樓", lines, "五绝", "train"), words)


def test_the_verifier_calls_regular_only_what_is() -> None:
    wrong = sample_of((*CLIMBING[:3], "高上西天樓"))
    found = list(relabelled([sample_of(CLIMBING), wrong]))
    assert [s.pattern for s in found] == ["仄起首句不入韵", OLD]
    assert found[0].rhyme == "尤"


def test_a_whole_plan_states_theme_and_pattern_and_the_offer_holds_the_feet() -> None:
    (sample,) = relabelled([sample_of(CLIMBING)])
    prompt, completion = render(sample, WHOLE, np.random.default_rng(1))
    offered = prompt[prompt.index(v.ALLOWED_FEET) + 1 :]
    assert {"流", "樓"} < set(offered)
    assert 8 <= len(offered) <= 12
    think = completion[: completion.index(v.THINK_END)]
    assert think[:2] == [v.THINK, v.THEME]
    assert v.pattern_token("仄起首句不入韵") in think
    assert think[-2:] == ["流", "樓"]


def test_an_irregular_poem_promises_nothing() -> None:
    (sample,) = relabelled([sample_of((*CLIMBING[:3], "高上西天樓"))])
    prompt, completion = render(sample, WHOLE, np.random.default_rng(1))
    assert v.OLD_STYLE in prompt
    assert v.ALLOWED_FEET not in prompt
    assert v.THEME not in completion
