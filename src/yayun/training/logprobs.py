"""Log probabilities of completions for GRPO's loss on the CPU, each prompt read once however many completions it has.

The numbers are those of TRL's own pass, which reads every prompt once a completion, and puts prompt and padding
positions through the output head too: that is half of its work here.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import DynamicCache

CHUNK = 1024  # positions put through the output head at once


def completion_logprobs(
    model: Any, tokens: Tensor, mask: Tensor, completion: int, temperature: float, entropy: bool
) -> tuple[Tensor, Tensor | None]:
    """(rows, completion) log probabilities of the last ``completion`` columns of ``tokens`` (rows, length), and the
    entropies in nats if asked for; 0 where ``mask`` is 0. Prompts are padded on the left, completions on the right."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = _hidden(base.model, tokens, mask, completion)
    real = mask[:, -completion:].bool()
    targets = tokens[:, -completion:][real]
    parts = [
        _scored(base.lm_head(states) / temperature, wanted, entropy)
        for states, wanted in zip(hidden[real].split(CHUNK), targets.split(CHUNK), strict=True)
    ]
    logprobs = hidden.new_zeros(real.shape).masked_scatter(real, torch.cat([found for found, _ in parts]))
    if not entropy:
        return logprobs, None
    spread = torch.cat([found for _, found in parts if found is not None])
    return logprobs, hidden.new_zeros(real.shape).masked_scatter(real, spread)


def _hidden(inner: Any, tokens: Tensor, mask: Tensor, completion: int) -> Tensor:
    """(rows, completion, hidden) the last states that each completion token is drawn from."""
    prompts, completions = tokens[:, :-completion], tokens[:, -completion:]
    distinct, owner = torch.unique(prompts, dim=0, return_inverse=True)
    # A row of the mask for each distinct prompt: equal prompts have equal masks.
    first = torch.stack([(owner == i).nonzero()[0, 0] for i in range(len(distinct))])
    seen = mask[first, :-completion]
    cache = DynamicCache(config=inner.config)
    # The cache goes by place: transformers 5.24 renamed its keyword.
    read = inner(distinct, seen, (seen.cumsum(1) - 1).clamp_(min=0), cache, use_cache=True).last_hidden_state
    for layer in cache.layers:
        layer.keys, layer.values = layer.keys[owner], layer.values[owner]
    length = mask[:, :-completion].sum(1, keepdim=True)
    places = length + torch.arange(completion - 1, device=tokens.device)
    written = inner(completions[:, :-1], mask[:, :-1], places, cache, use_cache=True).last_hidden_state
    return torch.cat([read[owner, -1:], written], dim=1)


def _scored(logits: Tensor, targets: Tensor, entropy: bool) -> tuple[Tensor, Tensor | None]:
    logprobs = -cross_entropy(logits.float(), targets, reduction="none")
    if not entropy:
        return logprobs, None
    with torch.no_grad():
        scores = torch.log_softmax(logits.detach().float(), dim=-1)
        return logprobs, -(scores.exp() * scores).sum(-1)
