"""The embedded model's shape, its optimizers, and the loss of a step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import Qwen3Config, Qwen3ForCausalLM

from yayun.prompts import vocabulary as v
from yayun.training.arithmetic import Arithmetic
from yayun.training.batches import IGNORE, Batch
from yayun.training.head_loss import head_loss
from yayun.training.muon import Muon
from yayun.training.recipe import ModelShape, PretrainRecipe
from yayun.training.rules_loss import RulesLoss


def build_model(shape: ModelShape, vocabulary_size: int, ids: dict[str, int], seed: int) -> Qwen3ForCausalLM:
    """A fresh model; projections back into the residual stream start at zero."""
    torch.manual_seed(seed)
    config = Qwen3Config(  # type: ignore[call-arg]  # the attention is a field of every configuration
        vocab_size=vocabulary_size,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.context,
        tie_word_embeddings=True,
        attention_dropout=shape.dropout,
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


def build_optimizers(model: nn.Module, recipe: PretrainRecipe, how: Arithmetic) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for embeddings and norms."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    settings = recipe.optimizer
    return [
        Muon(
            matrices,
            lr=settings.muon_lr,
            weight_decay=settings.muon_weight_decay,
            dtype=torch.bfloat16 if how.bfloat16 else torch.float32,
        ),
        torch.optim.AdamW(others, lr=settings.adam_lr, betas=(0.9, 0.95), weight_decay=settings.adam_weight_decay),
    ]


def losses_of(model: Qwen3ForCausalLM, tokens: Tensor, targets: Tensor) -> Tensor:
    """Per-target losses, shape (targets,)."""
    keep = targets != IGNORE
    return cross_entropy(_logits(model, tokens, keep), targets[keep], reduction="none")


def _logits(model: Qwen3ForCausalLM, tokens: Tensor, keep: Tensor) -> Tensor:
    """(positions kept, vocabulary)"""
    logits: Tensor = model.lm_head(_hidden(model, tokens, keep))
    return logits.float()


def _hidden(model: Qwen3ForCausalLM, tokens: Tensor, keep: Tensor) -> Tensor:
    """(positions kept, width): only positions with a target reach the output head.

    Rows are right-padded and attention is causal, so no real position sees padding and no mask is needed.
    """
    found: Tensor = model.model(input_ids=tokens, use_cache=False).last_hidden_state[keep]
    return found


def step_loss(
    model: Qwen3ForCausalLM, batch: Batch, rules: RulesLoss | None, how: Arithmetic
) -> tuple[Tensor, dict[str, Tensor]]:
    """A batch's mean loss, with that of the rules where there are any, and what is to be logged beside it."""
    tokens, targets = how.put(batch.tokens), how.put(batch.targets)
    keep = targets != IGNORE
    if rules is None:
        return head_loss(_hidden(model, tokens, keep), model.lm_head.weight, targets[keep]), {}
    logits = _logits(model, tokens, keep)
    beside = rules.parts(logits, [row[row != IGNORE] for row in targets], batch.kept)
    return cross_entropy(logits, targets[keep]) + rules.weighted(beside), beside


def train_step(
    model: Qwen3ForCausalLM,
    optimizers: Sequence[torch.optim.Optimizer],
    batch: Batch,
    rules: RulesLoss | None,
    recipe: PretrainRecipe,
    how: Arithmetic,
) -> dict[str, Tensor]:
    """One update of the weights by a batch; its loss and what is to be logged beside it, still on the device."""
    with how.casting():
        loss, beside = step_loss(model, batch, rules, how)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), recipe.optimizer.clip)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()
    return {"loss": loss.detach(), **{name: value.detach() for name, value in beside.items()}}


def schedule(progress: float, warmup: float, flat: float) -> float:
    """Learning-rate factor at ``progress`` (share of all tokens seen): up, flat, then linear to zero."""
    if progress < warmup:
        return max(progress / warmup, 0.02)
    return min(1.0, max(0.0, (1 - progress) / (1 - flat)))


def set_rates(optimizers: Sequence[torch.optim.Optimizer], recipe: PretrainRecipe, progress: float) -> float:
    """Set the learning rates for ``progress``; returns their factor."""
    factor = schedule(progress, recipe.optimizer.warmup, recipe.optimizer.flat)
    for optimizer, rate in zip(optimizers, (recipe.optimizer.muon_lr, recipe.optimizer.adam_lr), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate * factor
    return factor
