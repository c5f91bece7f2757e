"""Tokens a second of a pretraining step: float32 and bfloat16 arithmetic, with and without the loss of the rules.

    python benchmarks/pretrain.py [--recipe recipes/embedded/pretrain-rules.yaml] [--steps 4] [--threads 1]

All four in one process, on the same batches, from fresh weights; the first step of each is not counted. Needs the
``train`` extra and the corpus.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from yayun.recipe import load_recipe
from yayun.training.arithmetic import arithmetic
from yayun.training.batches import Batch
from yayun.training.model import build_model, build_optimizers, train_step
from yayun.training.recipe import PretrainRecipe
from yayun.training.rules_loss import RulesLoss
from yayun.training.samples import load_samples
from yayun.training.stream import Position, stream
from yayun.training.tokenizer import build_vocabulary

POEMS = 4000


def tokens_per_second(recipe: PretrainRecipe, tokens: Sequence[str], batches: Sequence[Batch]) -> float:
    """Of whole steps: forward, backward, both optimizers."""
    model = build_model(recipe.model, len(tokens), {token: i for i, token in enumerate(tokens)}, recipe.seed)
    how = arithmetic(recipe.device, recipe.autocast)
    optimizers = build_optimizers(model, recipe, how)
    rules = RulesLoss.of(tokens, recipe.rules, recipe.repetition)
    train_step(model, optimizers, batches[0], rules, recipe, how)
    started = time.perf_counter()
    for batch in batches[1:]:
        train_step(model, optimizers, batch, rules, recipe, how)
    return sum(batch.real for batch in batches[1:]) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", type=Path, default=Path("recipes/embedded/pretrain-rules.yaml"))
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    recipe = load_recipe(asked.recipe, PretrainRecipe, [])
    samples = load_samples("train", POEMS, recipe.labels)
    tokens = build_vocabulary(samples, 1)
    batches = stream(recipe, samples, {token: i for i, token in enumerate(tokens)}, Position())
    taken = [batch for (batch, _), _ in zip(batches, range(asked.steps + 1), strict=False)]
    print(f"{len(tokens)} tokens of vocabulary, {asked.threads} threads, tokens a second:\n")
    print("| | float32 | bfloat16 |\n| --- | --- | --- |")
    for name, weights in (("plain", (0.0, 0.0)), ("with the rules", (recipe.rules, recipe.repetition))):
        found = [
            tokens_per_second(
                recipe.model_copy(update={"autocast": cast, "rules": weights[0], "repetition": weights[1]}),
                tokens,
                taken,
            )
            for cast in (False, True)
        ]
        print(f"| {name} | {found[0]:,.0f} | {found[1]:,.0f} |")


if __name__ == "__main__":
    main()
