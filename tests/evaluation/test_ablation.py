from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from yayun import ablation
from yayun.ablation import (
    AblationRecipe,
    best_of,
    cell_of,
    composer,
    fill,
    rows_of,
    torch_sampler,
    trained_on,
)
from yayun.backends.options import Options
from yayun.errors import YayunError
from yayun.evaluation import table
from yayun.evaluation.bench import read_requests
from yayun.evaluation.rows import Row
from yayun.evaluation.samples import Answer, Run, append_log, read_log
from yayun.evaluation.table import Wanted, default_requests
from yayun.journal import write_rows
from yayun.recipe import load_recipe

ROOT = Path(__file__).parents[2]
STORKS = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
BROKEN = ("白日依山月", "黃河入海天", "欲窮千里目", "更上一層山")


def recipe(model: Path, **changes: object) -> AblationRecipe:
    values = {"name": "tiny", "cells": [{"name": "甲", "model": str(model), "answers": 2}], "tokens": 30, "threads": 1}
    return AblationRecipe.model_validate(values | changes)


def test_the_shipped_recipe_has_all_cells() -> None:
    shipped = load_recipe(ROOT / "recipes/embedded/ablation.yaml", AblationRecipe, [])
    assert {"SFT", "GRPO", "SFT+GRPO"} <= {cell.name for cell in shipped.cells}
    assert any(cell.answers == 8 for cell in shipped.cells)


def test_sampling_goes_on_where_it_stopped_and_a_full_log_needs_no_model(tiny_model: Path, tmp_path: Path) -> None:
    requests, log = read_requests(default_requests(), 3), tmp_path / "log.jsonl"
    fill(recipe(tiny_model), requests, log, Path)
    whole = read_log(log)
    assert len(whole) == 3 * 2 * 2  # requests, retrieval, answers
    assert {(cell_of(a.run), a.run.rag, a.run.mode) for a in whole} == {("甲", rag, "free") for rag in (False, True)}
    cut = tmp_path / "cut.jsonl"
    append_log(cut, whole[:5])
    fill(recipe(tiny_model), requests, cut, Path)
    assert [replace(a, seconds=None) for a in read_log(cut)] == [replace(a, seconds=None) for a in whole]
    fill(recipe(tiny_model), requests, log, lambda name: None)
    assert read_log(log) == whole
    with pytest.raises(YayunError, match="训练"):
        fill(recipe(tiny_model), requests, tmp_path / "none.jsonl", lambda name: None)


def test_a_cell_can_be_drawn_more_narrowly_than_the_others(tiny_model: Path, tmp_path: Path) -> None:
    (request,) = read_requests(default_requests(), 1)
    cells = [
        {"name": name, "model": str(tiny_model), "answers": 2, "top_p": p} for name, p in (("广", 1.0), ("窄", 1e-6))
    ]
    sampled = {}
    for cell in cells:
        sampler, _ = torch_sampler(tiny_model, recipe(tiny_model), 1.0, cell["top_p"])
        sampled[cell["name"]] = {sampler([["<|begin|>", "【唐】"]], seed)[0] for seed in range(3)}
    assert len(sampled["广"]) > len(sampled["窄"]) == 1
    log = tmp_path / "log.jsonl"
    fill(recipe(tiny_model, cells=cells), [request], log, Path)
    assert {cell_of(a.run) for a in read_log(log)} == {"广", "窄"}


def test_the_prompt_has_retrieved_feet_with_retrieval_alone() -> None:
    (request,) = read_requests(default_requests(), 1)
    seen: list[Sequence[str]] = []

    def sampler(prompts: Sequence[Sequence[str]], seed: int) -> list[str]:
        seen.extend(prompts)
        return [f"<answer>{STORKS[0]}，{STORKS[1]}。{STORKS[2]}，{STORKS[3]}。</answer>"] * len(prompts)

    for rag in (False, True):
        (found,) = composer(sampler)([request.brief], Options(mode="free", rag=rag, seed=4))
        assert found.lines == STORKS
        assert found.seed == 4
    assert ["【可用韵脚】" in prompt for prompt in seen] == [False, True]
    assert seen[1][: len(seen[0])][:4] == seen[0][:4]
    (nothing,) = composer(lambda prompts, seed: ["白日"])([request.brief], Options(mode="free", seed=4))
    assert isinstance(nothing, YayunError)


def answer(n: int, lines: tuple[str, ...], run: Run) -> Answer:
    return Answer(0, n, "请求", run, "五绝", "尤", "登楼", lines=lines, seconds=0.1)


def test_best_of_several_is_one_that_keeps_the_rules(tmp_path: Path) -> None:
    run = Run("torch", "甲@1", "free", False, 0.8, 0)
    several = [answer(0, BROKEN, run), answer(1, STORKS, run), answer(2, (), run)]
    assert [a.answer for a in best_of(several)] == [1]
    log = tmp_path / "log.jsonl"
    append_log(log, several)
    rows = {row.name: row for _, row in rows_of(log, ["甲", "乙"], Wanted())}
    assert rows["甲"].values["all_rules"] == 0.0
    assert rows["甲,3 选 1"].values["all_rules"] == 100.0


def test_a_measure_that_was_trained_on_is_marked() -> None:
    assert trained_on({"tones": 0.4, "naturalness": 0.1, "theme": 0.0}) == {"naturalness", "linked_naturalness"}
    row = Row("甲", 1, "strict", {})
    assert ablation.marked(row, frozenset()) is row
    assert ablation.marked(row, frozenset({"naturalness"})).name == "甲 †"


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ablation_script", ROOT / "scripts/ablation.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_command_writes_the_page_and_the_curves_from_the_logs(
    script: ModuleType, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(table, "_quality", lambda samples: ())
    run = tmp_path / "run"
    rows = [{"step": n, "reward": n / 9, "kl": 0.0, "entropy": 3.0, "zero_std": 0.0, "clipped": 0.0, "tokens": 40.0,
             "rewards": {"tones": [0.9, 0.1]}} for n in range(1, 6)]  # fmt: skip
    write_rows(run / "log.jsonl", rows)
    (run / "recipe.json").write_text('{"weights": {"tones": 1.0, "naturalness": 0.1}}')
    for path in tiny_model.iterdir():
        (run / path.name).write_bytes(path.read_bytes())
    settings = tmp_path / "ablation.yaml"
    settings.write_text(f"name: t\ncells: [{{name: SFT, model: {run}}}]\nlimit: 2\ntokens: 20\nshown: 2\nthreads: 1\n")
    docs = tmp_path / "docs"
    log = ["--log", str(tmp_path / "samples.jsonl")]
    script.main([str(settings), "--docs", str(docs), "--shown", "SFT", *log])
    page = (docs / "ablation.md").read_text(encoding="utf-8")
    assert "SFT † " in page
    assert "SFT + 检索 †" in page
    assert page.count("```text") == 2
    assert (docs / "img/ablation.svg").is_file()
    for path in (*run.iterdir(), tmp_path / "samples.jsonl"):
        path.unlink()
    script.main([str(settings), "--docs", str(docs), "--shown", "SFT", "--log-only"])
    assert (docs / "ablation.md").read_text(encoding="utf-8") == page
