from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import CLASSICS

from yayun.corpus.store import CorpusPoem
from yayun.prompts.prompt import messages, offered_feet, read_plan
from yayun.training.samples import Sample, to_sample
from yayun.training.themes import FALLBACK, theme_of, themes
from yayun.training.traces import TraceMix, draw_conditions, request, row_of, trace_of

ALL, NOTHING = TraceMix(pattern=1, imagery=1, feet=1), TraceMix(pattern=0, imagery=0, feet=0)


def sample_of(title: str, text: str) -> Sample:
    lines = tuple(line for line in text.replace("。", "，").split("，") if line)
    return to_sample(CorpusPoem("id-" + title, "唐", "", title, lines, (), "train"), {})


@pytest.fixture
def evening() -> Sample:
    return next(sample_of(title, text) for _, title, text in CLASSICS if title == "山居秋暝")


def test_the_plan_is_what_the_poem_keeps(evening: Sample) -> None:
    trace = trace_of(evening)
    assert trace is not None
    assert trace.plan.pattern == "平起首句不入韵"
    assert trace.plan.feet == ("秋", "流", "舟", "留")
    assert trace.plan.theme == "隱逸"
    for couplet, image in enumerate(trace.plan.imagery):
        assert image in "，".join(evening.lines[2 * couplet : 2 * couplet + 2])
    assert len(trace.plan.imagery) == 4
    row = row_of(trace, draw_conditions(trace, ALL, 1), "compact")
    said = row["messages"][-1]["content"]
    assert read_plan(said.removeprefix("<think>").partition("</think>")[0]) == trace.plan
    assert said.endswith("王孫自可留。</answer>")
    assert row["meta"]["verdict"]["passed"]


def test_what_the_verifier_objects_to_is_no_trace(evening: Sample) -> None:
    broken = replace(evening, lines=("空山新雨落", *evening.lines[1:3], "清泉石上石", *evening.lines[4:]))
    assert trace_of(broken) is None


def test_the_request_offers_the_poems_own_feet_among_others_and_never_tells_what_is_not_kept(evening: Sample) -> None:
    trace = trace_of(evening)
    assert trace is not None
    drawn = {draw_conditions(trace, ALL, seed) for seed in range(20)}
    assert len({told.feet for told in drawn}) > 10
    for told in drawn:
        assert set(trace.plan.feet) <= set(told.feet)
        assert 8 <= len(told.feet) == len(set(told.feet)) <= 12
        assert set(told.feet) <= {*trace.plan.feet, *offered_feet("尤", evening.title, "五律")}
        assert set(told.imagery) <= set(trace.plan.imagery)
        assert told.pattern == trace.plan.pattern
    bare = draw_conditions(trace, NOTHING, 1)
    assert (bare.feet, bare.imagery, bare.pattern) == ((), (), None)
    assert draw_conditions(trace, TraceMix(), 3) == draw_conditions(trace, TraceMix(), 3)


def test_training_asks_as_composing_does(evening: Sample) -> None:
    trace = trace_of(evening)
    assert trace is not None
    told = draw_conditions(trace, ALL, 1)
    row = row_of(trace, told, "compact")
    assert row["messages"][:2] == messages(told)
    at_length = row_of(trace, told, "instruction")
    assert at_length["messages"][:2] == request(told, trace.pattern, "instruction")
    assert "下平十一尤韵" in at_length["messages"][1]["content"]
    assert "韵脚:秋、流、舟、留" in at_length["messages"][2]["content"]
    assert "空山新雨後,天氣晚來秋。" in at_length["messages"][2]["content"]


@pytest.mark.parametrize(
    ("title", "line", "theme"),
    [
        ("送元二使安西", "渭城朝雨浥輕塵", "送別"),
        ("塞下曲", "月黑雁飛高", "邊塞"),
        ("金陵懷古", "潮打空城寂寞回", "懷古"),
        ("題僧院", "禪房花木深", "禪道"),
        ("詠柳", "碧玉妝成一樹高", "詠物"),
        ("", "", FALLBACK),
    ],
)
def test_themes(title: str, line: str, theme: str) -> None:
    assert theme_of(title, [line]) == theme


def test_the_table_of_themes_is_whole() -> None:
    names = [theme.name for theme in themes()]
    assert len(set(names)) == len(names)
    assert FALLBACK in names
    assert all(len(name) == 2 for name in names)
    assert all(theme.title and theme.verse for theme in themes())


def test_the_shipped_recipe_makes_nested_sets(small_corpus: Path) -> None:
    from yayun.recipe import load_recipe
    from yayun.training.distill import corpus_rows
    from yayun.training.distill_recipe import DistillRecipe

    path = Path(__file__).parents[2] / "recipes/embedded/distill.yaml"
    rows = list(corpus_rows(load_recipe(path, DistillRecipe, [])))
    fewer = list(corpus_rows(load_recipe(path, DistillRecipe, ["size=3"])))
    assert len(rows) > 3
    assert fewer == rows[:3]
