"""Pretraining on the corpus: a stock Qwen3 shape from scratch, resumable to the bit."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from yayun.home import atomic_open
from yayun.progress import bar
from yayun.training import checkpoint
from yayun.training.arithmetic import arithmetic
from yayun.training.card import inherit
from yayun.training.held_out import HeldOut
from yayun.training.model import build_model, build_optimizers, set_rates, train_step
from yayun.training.origins import find_run
from yayun.training.own_verse import read_verse
from yayun.training.recipe import PretrainRecipe
from yayun.training.rules_loss import RulesLoss
from yayun.training.samples import Sample, load_samples, training_samples
from yayun.training.shelf import FOLDER, Shelf, shelve
from yayun.training.start import LOG
from yayun.training.stream import Position, ahead, stream
from yayun.training.tokenizer import build_vocabulary


def pretrain(recipe: PretrainRecipe, folder: Path, stop_after: int = 0) -> Path:
    """Run (or go on with) a recipe in ``folder``; returns the newest checkpoint.

    ``stop_after`` steps the run stops early (0 = never); what was done is kept.
    """
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    how = arithmetic(recipe.device, recipe.autocast)
    print(f"计算:{how}", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    samples = _samples(folder, recipe)
    tokens = _vocabulary(folder, samples, recipe)
    ids = {t: i for i, t in enumerate(tokens)}
    tang = [s for s in load_samples("valid", recipe.limit_poems) if s.dynasty == "唐"]
    held = {"held_out": HeldOut.build(tang, tokens)}
    if any(phase.mix.backwards for phase in recipe.phases):
        held["held_out_backwards"] = HeldOut.build(tang, tokens, backwards=True)
    model = build_model(recipe.model, len(tokens), ids, recipe.seed).to(how.device)  # type: ignore[arg-type]
    optimizers = build_optimizers(model, recipe, how)
    step, seconds, position = 0, 0.0, Position()
    if done := checkpoint.complete(folder):
        state = checkpoint.load(done[-1], model, optimizers)
        step, seconds, position = state["step"], state["seconds"], Position(**state["position"])
    elif recipe.start_from:
        checkpoint.load_weights(Path(recipe.start_from), model)
        inherit(folder, Path(recipe.start_from))
    if recipe.compile:
        model.model.compile(dynamic=True)
    rules = RulesLoss.of(tokens, recipe.rules, recipe.repetition)
    total = sum(p.tokens for p in recipe.phases)
    since = _Since(seconds)
    with bar("pretrain", total, position.tokens) as progress:
        for batch, here in ahead(stream(recipe, samples, ids, position)):
            factor = set_rates(optimizers, recipe, here.tokens / total)
            since.add(train_step(model, optimizers, batch, rules, recipe, how), batch.real)
            step += 1
            last = here.phase == len(recipe.phases) - 1 and here.tokens >= total
            saving = step % recipe.save_every == 0 or last or step == stop_after
            measuring = step % recipe.evaluate_every == 0 or last
            if saving or measuring or step % recipe.log_every == 0:
                row = {"step": step, "tokens": here.tokens, "lr": round(factor, 4), **since.row()}
                if measuring:
                    row |= {name: round(one.nats_per_character(model, how), 4) for name, one in held.items()}
                    since.skip()
                _log(folder / LOG, row)
                progress(here.tokens, row)
            if saving:
                state = {"position": asdict(here), "seconds": since.seconds}
                checkpoint.save(folder, step, model, optimizers, state)
            if step == stop_after:
                break
    return checkpoint.complete(folder)[-1]


class _Since:
    """Means of what was logged since the last row, and how long all steps took."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._began = seconds, time.perf_counter()
        self._found: list[dict[str, Tensor]] = []
        self._tokens = 0

    def add(self, found: dict[str, Tensor], tokens: int) -> None:
        self._found.append(found)
        self._tokens += tokens

    def row(self) -> dict[str, Any]:
        """The means; the device is waited for here alone."""
        means = {name: round(sum(one[name].item() for one in self._found) / len(self._found), 4)
                 for name in self._found[0]}  # fmt: skip
        now = time.perf_counter()
        spent, self._began = now - self._began, now
        self.seconds += spent
        speed = round(self._tokens / spent)
        self._found, self._tokens = [], 0
        return {**means, "tokens_per_second": speed, "seconds": round(self.seconds)}

    def skip(self) -> None:
        """What has passed since the last row was no step."""
        self._began = time.perf_counter()


def _samples(folder: Path, recipe: PretrainRecipe) -> Sequence[Sample]:
    """The run's samples, made once and read from then on."""
    if (folder / FOLDER).exists():
        return Shelf(folder / FOLDER)
    found: Iterable[Sample] = training_samples(recipe.corpus, recipe.limit_poems, recipe.labels)
    if recipe.verse:
        found = [*found, *read_verse([find_run(name) for name in recipe.verse])]
    return shelve(folder / FOLDER, found)


def _vocabulary(folder: Path, samples: Sequence[Sample], recipe: PretrainRecipe) -> list[str]:
    """The run's vocabulary: built once, then read, so that a resumed run can't differ. A run that begins with another's
    weights spells as that one does."""
    path = folder / "vocabulary.json"
    if not path.exists():
        with atomic_open(path) as f:
            if recipe.start_from:
                f.write((Path(recipe.start_from).parent / path.name).read_text(encoding="utf-8"))
            else:
                json.dump(build_vocabulary(samples, recipe.vocabulary_min_count), f, ensure_ascii=False)
    tokens: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return tokens


def _log(path: Path, row: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as f:
        f.write(json.dumps(row) + "\n")
