"""Pretraining on the corpus: a stock Qwen3 shape from scratch, resumable to the bit."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import Qwen3Config, Qwen3ForCausalLM

from yayun.home import atomic_open
from yayun.training import checkpoint
from yayun.training.card import inherit
from yayun.training.data import IGNORE, Batch, Sample, batches_of_pass, load_samples, pack
from yayun.training.muon import Muon
from yayun.training.origins import find_run
from yayun.training.own_verse import read_verse
from yayun.training.recipe import ModelShape, PretrainRecipe
from yayun.training.rules_loss import RulesLoss
from yayun.training.tokenizer import build_vocabulary
from yayun.writers import vocabulary as v
from yayun.writers.prompt import Conditions, answer_tokens, prompt_tokens


def build_model(shape: ModelShape, vocabulary_size: int, ids: dict[str, int], seed: int) -> Qwen3ForCausalLM:
    """A fresh model; projections back into the residual stream start at zero."""
    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=vocabulary_size,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.context,
        tie_word_embeddings=True,
        attention_dropout=0.0,
        bos_token_id=ids[v.BEGIN],
        eos_token_id=ids[v.END],
        pad_token_id=ids[v.PAD],
        attn_implementation="sdpa",
    )
    model = Qwen3ForCausalLM(config)
    for layer in model.model.layers:
        nn.init.zeros_(layer.self_attn.o_proj.weight)
        nn.init.zeros_(layer.mlp.down_proj.weight)
    return model


def build_optimizers(model: nn.Module, recipe: PretrainRecipe) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for embeddings and norms."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    settings = recipe.optimizer
    return [
        Muon(
            matrices,
            lr=settings.muon_lr,
            weight_decay=settings.muon_weight_decay,
            dtype=torch.bfloat16 if recipe.autocast else torch.float32,
        ),
        torch.optim.AdamW(others, lr=settings.adam_lr, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def schedule(progress: float, warmup: float, flat: float) -> float:
    """Learning-rate factor at ``progress`` (share of all tokens seen): up, flat, then linear to zero."""
    if progress < warmup:
        return max(progress / warmup, 0.02)
    return min(1.0, max(0.0, (1 - progress) / (1 - flat)))


def loss_on_targets(model: Qwen3ForCausalLM, tokens: Tensor, targets: Tensor) -> Tensor:
    """Per-target losses, shape (targets,)."""
    keep = targets != IGNORE
    return cross_entropy(_logits(model, tokens, keep), targets[keep], reduction="none")


def _logits(model: Qwen3ForCausalLM, tokens: Tensor, keep: Tensor) -> Tensor:
    """(positions kept, vocabulary): only positions with a target reach the output head.

    Rows are right-padded and attention is causal, so no real position sees padding and no mask is needed.
    """
    return model.lm_head(model.model(input_ids=tokens, use_cache=False).last_hidden_state[keep]).float()


def step_loss(model: Qwen3ForCausalLM, batch: Batch, rules: RulesLoss | None) -> tuple[Tensor, dict[str, Tensor]]:
    """A batch's mean loss, with that of the rules where there are any, and what is to be logged beside it."""
    tokens, targets = torch.from_numpy(batch.tokens), torch.from_numpy(batch.targets)
    if rules is None:
        return loss_on_targets(model, tokens, targets).mean(), {}
    keep = targets != IGNORE
    logits = _logits(model, tokens, keep)
    beside = rules.parts(logits, [row[row != IGNORE] for row in targets], batch.kept)
    return cross_entropy(logits, targets[keep]) + rules.weighted(beside), beside


def train_step(
    model: Qwen3ForCausalLM,
    optimizers: Sequence[torch.optim.Optimizer],
    batch: Batch,
    rules: RulesLoss | None,
    recipe: PretrainRecipe,
) -> tuple[float, dict[str, float]]:
    """One update of the weights by a batch; its loss and what is to be logged beside it."""
    with torch.autocast("cpu", torch.bfloat16, enabled=recipe.autocast):
        loss, beside = step_loss(model, batch, rules)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), recipe.optimizer.clip)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()
    return loss.item(), {name: value.item() for name, value in beside.items()}


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out poems with form, group and title given; the loss counts poem characters alone."""

    batches: list[Batch]
    is_verse: np.ndarray  # by token id: a character of verse, not punctuation or control

    @classmethod
    def build(cls, samples: list[Sample], tokens: list[str]) -> HeldOut:
        """Render ``samples`` with nothing optional: no pattern, no imagery, no plan."""
        ids = {t: i for i, t in enumerate(tokens)}
        rows = []
        for s in samples:
            told = Conditions(s.dynasty, s.form, s.rhyme, None, s.title)
            prompt, completion = prompt_tokens(told), answer_tokens(s.lines)
            rows.append(([ids.get(t, 3) for t in prompt], [ids.get(t, 3) for t in completion], None))
        rows.sort(key=lambda r: len(r[0]) + len(r[1]))
        verse = np.array([len(t) == 1 and t not in (v.COMMA, v.STOP, v.PAUSE) for t in tokens])
        verse[ids[v.UNKNOWN]] = True
        return cls([pack(rows[i : i + 128]) for i in range(0, len(rows), 128)], verse)

    @torch.no_grad()
    def nats_per_character(self, model: Qwen3ForCausalLM) -> float:
        """Mean negative log likelihood per poem character."""
        total, count = 0.0, 0
        verse = torch.from_numpy(self.is_verse)
        for batch in self.batches:
            targets = torch.from_numpy(batch.targets)
            losses = loss_on_targets(model, torch.from_numpy(batch.tokens), targets)
            mask = verse[targets[targets != -100]]
            total += losses[mask].sum().item()
            count += int(mask.sum())
        return total / count


@dataclass(slots=True)
class Position:
    """Where the run is: the phase, the pass over its mix, the batch in the pass, and the totals."""

    phase: int = 0
    number: int = 0
    batch: int = 0
    phase_tokens: int = 0
    tokens: int = 0
    seconds: float = 0.0


def stream(recipe: PretrainRecipe, samples: list[Sample], ids: dict[str, int], position: Position) -> Iterator[Batch]:
    """Batches from ``position`` on, which is moved along; ends after the last phase."""
    while position.phase < len(recipe.phases):
        phase = recipe.phases[position.phase]
        seed = recipe.seed * 100 + position.phase
        batches = batches_of_pass(samples, ids, phase.mix, recipe.batch_tokens, seed, position.number)
        for i, batch in enumerate(batches):
            if i < position.batch:
                continue
            position.batch += 1
            position.phase_tokens += batch.real
            position.tokens += batch.real
            yield batch
            if position.phase_tokens >= phase.tokens:
                break
        else:
            position.number, position.batch = position.number + 1, 0
            continue
        position.phase, position.number, position.batch, position.phase_tokens = position.phase + 1, 0, 0, 0


def pretrain(recipe: PretrainRecipe, folder: Path, stop_after: int = 0) -> Path:
    """Run (or go on with) a recipe in ``folder``; returns the newest checkpoint.

    ``stop_after`` steps the run stops early (0 = never); what was done is kept.
    """
    from yayun.progress import bar

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    folder.mkdir(parents=True, exist_ok=True)
    samples = load_samples("train", recipe.limit_poems, recipe.labels)
    if recipe.verse:
        samples += read_verse([find_run(name) for name in recipe.verse])
    if recipe.start_from:
        _take_vocabulary(folder, Path(recipe.start_from))
    tokens = _vocabulary(folder, samples, recipe)
    ids = {t: i for i, t in enumerate(tokens)}
    held = HeldOut.build([s for s in load_samples("valid", recipe.limit_poems) if s.dynasty == "唐"], tokens)
    model = build_model(recipe.model, len(tokens), ids, recipe.seed)
    optimizers = build_optimizers(model, recipe)
    step, position = 0, Position()
    if done := checkpoint.complete(folder):
        state = checkpoint.load(done[-1], model, optimizers)
        step, position = state["step"], Position(**state["position"])
    elif recipe.start_from:
        checkpoint.load_weights(Path(recipe.start_from), model)
        inherit(folder, Path(recipe.start_from))
    rules = RulesLoss.of(tokens, recipe.rules, recipe.repetition)
    total = sum(p.tokens for p in recipe.phases)
    base = [[g["lr"] for g in o.param_groups] for o in _with_lr(optimizers, recipe)]
    with bar("pretrain", total, position.tokens) as progress:
        for batch in stream(recipe, samples, ids, position):
            started = time.perf_counter()
            factor = schedule(position.tokens / total, recipe.optimizer.warmup, recipe.optimizer.flat)
            for optimizer, rates in zip(optimizers, base, strict=True):
                for group, rate in zip(optimizer.param_groups, rates, strict=True):
                    group["lr"] = rate * factor
            loss, beside = train_step(model, optimizers, batch, rules, recipe)
            step += 1
            spent = time.perf_counter() - started
            position.seconds += spent
            row = {"step": step, "tokens": position.tokens, "loss": round(loss, 4), "lr": round(factor, 4),
                   "tokens_per_second": round(batch.real / spent), "seconds": round(position.seconds)}  # fmt: skip
            row |= {name: round(value, 4) for name, value in beside.items()}
            last = position.phase == len(recipe.phases) - 1 and position.tokens >= total
            if step % recipe.evaluate_every == 0 or last:
                row["held_out"] = round(held.nats_per_character(model), 4)
            _log(folder / "log.jsonl", row)
            progress(position.tokens, row)
            if step % recipe.save_every == 0 or last or step == stop_after:
                checkpoint.save(folder, step, model, optimizers, {"position": vars_of(position)})
            if step == stop_after:
                break
    return checkpoint.complete(folder)[-1]


def vars_of(position: Position) -> dict:
    """The position's fields, JSON-ready."""
    return {name: getattr(position, name) for name in Position.__slots__}


def _with_lr(optimizers: list[torch.optim.Optimizer], recipe: PretrainRecipe) -> list[torch.optim.Optimizer]:
    """Set the recipe's base rates (a restored optimizer carries the scheduled one)."""
    for optimizer, rate in zip(optimizers, (recipe.optimizer.muon_lr, recipe.optimizer.adam_lr), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
    return optimizers


def _vocabulary(folder: Path, samples: list[Sample], recipe: PretrainRecipe) -> list[str]:
    """The run's vocabulary: built once, then read, so that a resumed run can't differ; control tokens under today's
    names, for under an old one what is written by the new would be read as unknown."""
    path = folder / "vocabulary.json"
    if not path.exists():
        with atomic_open(path) as f:
            json.dump(build_vocabulary(samples, recipe.vocabulary_min_count), f, ensure_ascii=False)
    return v.current_names(json.loads(path.read_text(encoding="utf-8")))


def _take_vocabulary(folder: Path, origin: Path) -> None:
    """A run that begins with another's weights spells as that one does, whatever the corpus gives today."""
    path = folder / "vocabulary.json"
    if not path.exists():
        with atomic_open(path) as f:
            f.write((origin.parent / "vocabulary.json").read_text(encoding="utf-8"))


def _log(path: Path, row: dict) -> None:
    with path.open("a", encoding="utf-8") as f:
        f.write(json.dumps(row) + "\n")
