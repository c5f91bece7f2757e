from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from yayun.errors import YayunError
from yayun.training.average import AverageRecipe, average
from yayun.training.card import read_log
from yayun.training.origins import open_origin, pretraining_step


@pytest.fixture
def other_run(tiny_run: Path, tmp_path: Path) -> Path:
    """A run whose weights lie one above the tiny run's."""
    run = tmp_path / "other"
    shutil.copytree(tiny_run, run)
    path = run / pretraining_step(run).name / "model.safetensors"
    save_file({name: tensor + 1.0 for name, tensor in load_file(path).items()}, path)
    return run


def test_the_mean_lies_between_and_its_log_goes_on(
    tiny_run: Path, other_run: Path, small_corpus: Path, tmp_path: Path
) -> None:
    recipe = AverageRecipe(name="mean", of=(str(tiny_run), str(other_run)), shares=(0.25, 0.75))
    found = average(recipe, tmp_path / "mean")
    first = load_file(pretraining_step(tiny_run) / "model.safetensors")
    mean = load_file(found / "model.safetensors")
    assert all((mean[name] - first[name] - 0.75).abs().max() < 1e-5 for name in first)
    log = read_log(found.parent)
    assert log[:-1] == read_log(other_run)
    assert log[-1]["held_out"] > 0
    assert log[-1]["tokens"] == log[-2]["tokens"]
    model, _ = open_origin(str(found.parent))
    assert (model.get_input_embeddings().weight - mean["model.embed_tokens.weight"]).abs().max() == 0
    assert average(recipe, found.parent) == found
    recipe = AverageRecipe(name="again", of=(str(tiny_run), str(found.parent)), shares=(0.5, 0.5))
    again = average(recipe, tmp_path / "again")
    assert read_log(again.parent)[:-1] == log


def test_what_can_not_be_averaged_is_refused(tiny_run: Path, other_run: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shares"):
        AverageRecipe(name="mean", of=(str(tiny_run), str(other_run)), shares=(0.5, 0.6))
    (other_run / "vocabulary.json").write_text(json.dumps(["甲"]))
    with pytest.raises(YayunError, match="词表"):
        average(AverageRecipe(name="m", of=(str(tiny_run), str(other_run)), shares=(0.5, 0.5)), tmp_path / "mean")
