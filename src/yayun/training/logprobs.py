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

from yayun.training.permitted import FREE, log_mass, permitted_tokens

CHUNK = 1024  # positions put through the output head at once


class Scored(NamedTuple):
    """(rows, completion) each; 0 where there is no token. ``mass``: the log probability of all that is permitted at a
    marked place, 0 elsewhere."""

    logprobs: Tensor
    entropies: Tensor | None
    mass: Tensor | None


class Marked(NamedTuple):
    """``marks`` (rows, completion, 3) and the masks they number, as ``permitted`` gives them."""

    marks: Tensor
    table: Tensor


def completion_logprobs(
    model: Any,
    tokens: Tensor,
    mask: Tensor,
    completion: int,
    temperature: float,
    entropy: bool,
    marked: Marked | None = None,
) -> Scored:
    """Log probabilities of the last ``completion`` columns of ``tokens`` (rows, length), with the entropies in nats and
    the permitted mass if asked for. Prompts are padded on the left, completions on the right."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = _hidden(base.model, tokens, mask, completion)
    real = mask[:, -completion:].bool()
    targets = tokens[:, -completion:][real]
    permitted = _Permitted.of(tokens[:, -completion:], real, marked)
    parts = []
    for states, wanted, held in zip(hidden[real].split(CHUNK), targets.split(CHUNK), permitted.held, strict=True):
        logits = base.lm_head(states) / temperature
        parts.append((*_scored(logits, wanted, entropy), permitted.mass(logits, held)))

    def spread(found: tuple[Tensor | None, ...]) -> Tensor | None:
        whole = [part for part in found if part is not None]
        return hidden.new_zeros(real.shape).masked_scatter(real, torch.cat(whole)) if whole else None

    logprobs, entropies, mass = map(spread, zip(*parts, strict=True))
    assert logprobs is not None
    return Scored(logprobs, entropies, mass)


class _Permitted:
    """What the marks permit, chunk by chunk: ``held`` (places,) says which places are marked."""

    def __init__(self, held: Sequence[Tensor], allowed: Tensor | None) -> None:
        self.held, self.allowed, self.at = held, allowed, 0

    @classmethod
    def of(cls, ids: Tensor, real: Tensor, marked: Marked | None) -> _Permitted:
        if marked is None:
            return cls(real[real].split(CHUNK), None)
        marks = marked.marks.masked_fill(~real[..., None], FREE)
        held, allowed = permitted_tokens(ids, marks, marked.table)
        return cls(held[real].split(CHUNK), allowed)

    def mass(self, logits: Tensor, held: Tensor) -> Tensor | None:
        """(places,) for the next chunk; 0 where nothing is marked."""
        if self.allowed is None:
            return None
        begin, self.at = self.at, self.at + int(held.sum())
        found = log_mass(logits[held], self.allowed[begin : self.at])
        return logits.new_zeros(len(logits)).masked_scatter(held, found)


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
