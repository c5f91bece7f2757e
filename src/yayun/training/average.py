"""The mean of several pretraining checkpoints of one trajectory.

The halves of pretraining end apart, and a point between them knows held-out verse better than either (Izmailov et al.,
"Averaging Weights Leads to Wider Optima and Better Generalization", 2018).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator
from safetensors.torch import load_file

from yayun.errors import YayunError
from yayun.home import atomic_open
from yayun.journal import write_rows
from yayun.recipe import Strict
from yayun.training import checkpoint
from yayun.training.arithmetic import arithmetic
from yayun.training.card import inherit
from yayun.training.held_out import HeldOut
from yayun.training.model import build_model
from yayun.training.origins import find_run, pretraining_step, shape_of
from yayun.training.recipe import keep_recipe
from yayun.training.samples import load_samples
from yayun.training.start import LOG

Share = Annotated[float, Field(gt=0, le=1)]


class AverageRecipe(Strict):
    """``of``: pretraining runs or checkpoints, the last of which the log is carried on from; ``shares`` of each in the
    mean, 1 together."""

    name: str
    of: Annotated[tuple[str, ...], Field(min_length=2)]
    shares: tuple[Share, ...]

    @model_validator(mode="after")
    def _check(self) -> AverageRecipe:
        if len(self.shares) != len(self.of) or abs(sum(self.shares) - 1.0) > 1e-6:
            raise ValueError("shares 须与 of 一样多,合为 1")
        return self


def average(recipe: AverageRecipe, folder: Path) -> Path:
    """Write the mean as a checkpoint of the run ``folder``, with its held-out loss in the log; returns it.

    Raises YayunError where a run has no checkpoint, or they have different vocabularies.
    """
    keep_recipe(recipe, folder)
    if done := checkpoint.complete(folder):
        return done[-1]
    steps = [_checkpoint(name) for name in recipe.of]
    tokens = _shared_vocabulary(steps)
    weights = [load_file(step / "model.safetensors") for step in steps]
    mean = {
        name: sum(share * one[name] for share, one in zip(recipe.shares, weights, strict=True)) for name in weights[0]
    }
    model = build_model(shape_of(weights[0]), len(tokens), {token: i for i, token in enumerate(tokens)}, 0)
    model.load_state_dict(mean, strict=False)  # the output head is the embedding
    held = HeldOut.build([s for s in load_samples("valid") if s.dynasty == "唐"], tokens)
    with atomic_open(folder / "vocabulary.json") as f:
        json.dump(tokens, f, ensure_ascii=False)
    inherit(folder, steps[-1])
    loss = held.nats_per_character(model, arithmetic("cpu", False))
    row = {"step": 1, "tokens": 0, "seconds": 0, "held_out": round(loss, 4)}
    write_rows(folder / LOG, [row])
    return checkpoint.save(folder, 1, model, [], {})


def _checkpoint(name: str) -> Path:
    step = pretraining_step(find_run(name))
    if step is None:
        raise YayunError(f"{name} 里没有预训练的检查点:请先运行 yayun train pretrain。")
    return step


def _shared_vocabulary(steps: list[Path]) -> list[str]:
    known = [json.loads((step.parent / "vocabulary.json").read_text(encoding="utf-8")) for step in steps]
    if any(tokens != known[0] for tokens in known):
        raise YayunError("各检查点的词表不同,不能平均:请取同一次训练前后两半的检查点。")
    found: list[str] = known[0]
    return found
