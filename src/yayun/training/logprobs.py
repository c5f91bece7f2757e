"""Log probabilities of completions for GRPO's loss on the CPU, each prompt read once however many completions it has.

The numbers are those of TRL's own pass, which reads every prompt once a completion, and puts prompt and padding
positions through the output head too: that is half of its work here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import DynamicCache

from yayun.training.permitted import distance, permitted_tokens

CHUNK = 1024  # positions put through the output head at once


class Scored(NamedTuple):
    """(rows, completion) each; 0 where there is no token. ``distance``: from the start held to what is permitted."""

    logprobs: Tensor
    entropies: Tensor | None
    distance: Tensor | None


class Held(NamedTuple):
    """The frozen ``start`` and what it is held to: ``marks`` (rows, completion, 1 + feet) and the masks they number, as
    ``permitted`` gives them."""

    start: Any
    marks: Tensor
    table: Tensor


def completion_logprobs(
    model: Any,
    tokens: Tensor,
    mask: Tensor,
    completion: int,
    temperature: float,
    entropy: bool,
    held: Held | None = None,
) -> Scored:
    """Log probabilities of the last ``completion`` columns of ``tokens`` (rows, length), with the entropies and the
    distance from what is ``held``, in nats, if asked for. Prompts are padded on the left, completions on the right."""
    base = _base(model)
    hidden = _hidden(base.model, tokens, mask, completion)
    real = mask[:, -completion:].bool()
    targets = tokens[:, -completion:][real]
    teacher = _Teacher.of(held, tokens, mask, completion)
    parts = []
    for i, (states, wanted) in enumerate(zip(hidden[real].split(CHUNK), targets.split(CHUNK), strict=True)):
        logits = base.lm_head(states).float() / temperature
        parts.append((*_scored(logits, wanted, entropy), teacher.distance(logits, i, temperature) if teacher else None))

    def spread(found: tuple[Tensor | None, ...]) -> Tensor | None:
        whole = [part for part in found if part is not None]
        return hidden.new_zeros(real.shape).masked_scatter(real, torch.cat(whole)) if whole else None

    logprobs, entropies, distances = map(spread, zip(*parts, strict=True))
    assert logprobs is not None
    return Scored(logprobs, entropies, distances)


class _Teacher(NamedTuple):
    """The start's last states and what it may write at each place, chunk by chunk."""

    head: Any
    states: Sequence[Tensor]
    allowed: Sequence[Tensor]

    @classmethod
    def of(cls, held: Held | None, tokens: Tensor, mask: Tensor, completion: int) -> _Teacher | None:
        if held is None:
            return None
        base, real = _base(held.start), mask[:, -completion:].bool()
        with torch.no_grad():
            states = _hidden(base.model, tokens, mask, completion)[real]
        allowed = permitted_tokens(tokens[:, -completion:], held.marks, held.table)[real.flatten()]
        return cls(base.lm_head, states.split(CHUNK), allowed.split(CHUNK))

    def distance(self, logits: Tensor, chunk: int, temperature: float) -> Tensor:
        with torch.no_grad():
            start = self.head(self.states[chunk]).float() / temperature
        return distance(logits, start, self.allowed[chunk])


def _base(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


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
        layer.keys, layer.values = layer.keys[owner], layer.values[owner]  # type: ignore[union-attr,index]
    length = mask[:, :-completion].sum(1, keepdim=True)
    places = length + torch.arange(completion - 1, device=tokens.device)
    written = inner(completions[:, :-1], mask[:, :-1], places, cache, use_cache=True).last_hidden_state
    return torch.cat([read[owner, -1:], written], dim=1)


def _scored(logits: Tensor, targets: Tensor, entropy: bool) -> tuple[Tensor, Tensor | None]:
    logprobs = -cross_entropy(logits, targets, reduction="none")
    if not entropy:
        return logprobs, None
    with torch.no_grad():
        scores = torch.log_softmax(logits.detach(), dim=-1)
        return logprobs, -(scores.exp() * scores).sum(-1)
