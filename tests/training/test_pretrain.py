from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.torch import load_file
from tests.conftest import tiny_recipe

from yayun.errors import YayunError
from yayun.prompts import vocabulary as v
from yayun.recipe import load_recipe
from yayun.training import checkpoint
from yayun.training.batches import IGNORE, batches_of_pass
from yayun.training.card import read_log
from yayun.training.model import schedule
from yayun.training.pretrain import pretrain
from yayun.training.recipe import DataMix, PretrainRecipe
from yayun.training.samples import load_samples
from yayun.training.tokenizer import build_vocabulary

RECIPES = Path(__file__).parents[2] / "recipes"


def _weights(run: Path) -> dict:
    return load_file(checkpoint.complete(run)[-1] / "model.safetensors")


def test_resume_after_a_kill_gives_the_same_weights_to_the_bit(
    tiny_run: Path, small_corpus: Path, tmp_path: Path
) -> None:
    pretrain(tiny_recipe(), tmp_path, stop_after=6)
    # What a kill leaves behind: a half-written checkpoint and a log that ran ahead.
    (tmp_path / ".step-0000007").mkdir()
    (tmp_path / ".step-0000007" / "model.safetensors").write_bytes(b"half")
    pretrain(tiny_recipe(), tmp_path)
    whole, resumed = _weights(tiny_run), _weights(tmp_path)
    assert whole.keys() == resumed.keys()
    assert all((whole[k] == resumed[k]).all() for k in whole)


def test_loss_falls_and_held_out_loss_is_logged(tiny_run: Path) -> None:
    rows = [json.loads(line) for line in (tiny_run / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["loss"] < rows[0]["loss"] - 0.5
    held = [r["held_out"] for r in rows if "held_out" in r]
    assert len(held) >= 2
    assert held[-1] < held[0]
    assert rows[-1]["lr"] == pytest.approx(0.0, abs=0.05)


def test_no_held_out_poem_is_ever_trained_on(small_corpus: Path) -> None:
    train = {s.id for s in load_samples("train")}
    held = {s.id for split in ("valid", "test", "near", "repeat") for s in load_samples(split)}
    assert train
    assert not train & held


def test_batches_learn_completions_only_and_repeat_exactly(small_corpus: Path) -> None:
    samples = load_samples("train")
    tokens = build_vocabulary(samples, 1)
    ids = {t: i for i, t in enumerate(tokens)}
    first, again = (list(batches_of_pass(samples, ids, DataMix(), 600, 7, 0)) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.tokens, b.tokens)
        assert np.array_equal(a.targets, b.targets)
        assert 250 <= a.tokens.size <= 1000  # a remainder joins the batch before it
    prompt_only = {ids[t] for t in (v.BEGIN, v.TITLE, *v.DYNASTIES.values(), *v.FORM_TOKENS.values())}
    for batch in first:
        learnt = batch.targets[batch.targets != IGNORE]
        assert not prompt_only & set(learnt.tolist())
        assert ids[v.END] in learnt


def test_schedule_warms_up_stays_and_falls_to_zero() -> None:
    values = [schedule(p / 100, 0.05, 0.6) for p in range(101)]
    assert values[0] < values[3] < values[6] == 1.0 == values[60]
    assert values[100] == 0.0
    assert all(a >= b for a, b in pairwise(values[60:]))


@pytest.mark.parametrize("path", sorted(RECIPES.glob("embedded/pretrain*.yaml")), ids=lambda p: p.stem)
def test_shipped_recipes_parse(path: Path) -> None:
    assert load_recipe(path, PretrainRecipe, []).phases


def test_recipe_overrides_and_errors(tmp_path: Path) -> None:
    path = RECIPES / "embedded/pretrain.yaml"
    assert load_recipe(path, PretrainRecipe, ["model.layers=3"]).model.layers == 3
    with pytest.raises(YayunError, match=r"model\.layer"):
        load_recipe(path, PretrainRecipe, ["model.layer=3"])
    with pytest.raises(YayunError, match="key=value"):
        load_recipe(path, PretrainRecipe, ["seed"])
    with pytest.raises(YayunError, match="找不到"):
        load_recipe(tmp_path / "none.yaml", PretrainRecipe, [])


def test_kill_9_and_the_same_command_again(tiny_run: Path, small_corpus: Path, tmp_path: Path) -> None:
    recipe, run = tmp_path / "tiny.yaml", tmp_path / "run"
    recipe.write_text(yaml.safe_dump(tiny_recipe().model_dump(mode="json")), encoding="utf-8")
    command = [sys.executable, "-m", "yayun", "train", "pretrain", "--recipe", str(recipe), "--run", str(run)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not checkpoint.complete(run):
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert len(read_log(run)) < len(read_log(tiny_run))
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "step-" in again.stdout
    assert "tokens_per_second" in again.stderr  # the progress bar
    whole, resumed = _weights(tiny_run), _weights(run)
    assert all((whole[k] == resumed[k]).all() for k in whole)


def test_a_run_from_another_checkpoint_begins_there_and_carries_its_totals(
    tiny_run: Path, small_corpus: Path, tmp_path: Path
) -> None:
    step = checkpoint.complete(tiny_run)[-1]
    pretrain(
        tiny_recipe(
            start_from=str(step), vocabulary_min_count=1_000_000, phases=[{"tokens": 1500, "mix": {"song": 0}}]
        ),
        tmp_path,
    )
    assert (tmp_path / "vocabulary.json").read_text() == (tiny_run / "vocabulary.json").read_text()
    before, rows = read_log(tiny_run), read_log(tmp_path)
    assert rows[: len(before)] == before
    assert rows[-1]["tokens"] > before[-1]["tokens"] + 1000
    assert abs(rows[len(before)]["loss"] - before[-1]["loss"]) < 1.0
