"""What is taught beside human verse: all that the rules permit, and what has not been said before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from yayun.training.batches import IGNORE
from yayun.training.permitted import Permitted, marks_tensor, permitted_tokens
from yayun.training.repetition import Fresh
from yayun.training.samples import Asked

_TOGETHER = 256  # places


class RulesLoss:
    """The improbability of what is ``permitted`` and of what is ``fresh`` (no character of an earlier line), each by
    its weight; where that is zero it is not computed.

    The former is the semantic loss of Xu et al. ("A Semantic Loss Function for Deep Learning with Symbolic Knowledge",
    2018): minus the log probability of all that the rules permit at a place of a regular poem. Neither asks for one
    character before another; the poem itself does.
    """

    def __init__(self, tokens: Sequence[str], weight: float, repetition: float) -> None:
        """For a vocabulary in id order."""
        self.permitted = Permitted(tokens)
        self.fresh = Fresh(self.permitted.characters)
        self.weight, self.repetition = weight, repetition

    @classmethod
    def of(cls, tokens: Sequence[str], weight: float, repetition: float) -> RulesLoss | None:
        """None where neither has a weight."""
        return cls(tokens, weight, repetition) if weight or repetition else None

    def parts(self, logits: Tensor, said: Sequence[Tensor], kept: Sequence[Asked | None]) -> dict[str, Tensor]:
        """The mean of each over all places, in nats.

        ``logits``: (places, vocabulary), the rows' places one after another; ``said``: a row's completion each;
        ``kept``: what its poem keeps, None where it is not known to be regular.
        """
        logits = logits.float()  # what is not permitted is a thousandth: bfloat16 would round it away
        ids = pad_sequence(list(said), batch_first=True, padding_value=IGNORE)
        real = ids != IGNORE
        found = {}
        if self.weight:
            rows = [self.permitted.of_poem(row.tolist(), asked) for row, asked in zip(said, kept, strict=True)]
            allowed = permitted_tokens(ids, marks_tensor(rows, ids.shape[1]), self.permitted.table())
            found["rules"] = _improbable(logits, allowed[real.flatten()], ids[real])
        if self.repetition:
            found["repeated"] = _improbable(logits, self.fresh.tokens(ids)[real.flatten()], ids[real])
        return found

    def weighted(self, parts: dict[str, Tensor]) -> Tensor:
        """Their sum by weight."""
        weights = {"rules": self.weight, "repeated": self.repetition}
        return torch.stack([weights[name] * part for name, part in parts.items()]).sum()


def _improbable(logits: Tensor, allowed: Tensor, said: Tensor) -> Tensor:
    """Minus the mean log probability of what is ``allowed``; the poet's own liberty teaches itself."""
    allowed[~allowed.gather(1, said[:, None]).squeeze(1)] = True
    return -log_mass(logits, allowed).mean()


class _LogMass(torch.autograd.Function):
    """``log_mass`` a few places at a time: what it makes on the way stays in the cache instead of filling memory."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, allowed: Tensor) -> Tensor:
        parts = zip(logits.split(_TOGETHER), allowed.split(_TOGETHER), strict=True)
        mass = torch.cat([part.softmax(-1).masked_fill_(~free, 0.0).sum(-1) for part, free in parts])
        mass.clamp_(min=torch.finfo(mass.dtype).tiny)
        ctx.save_for_backward(logits, allowed, mass)
        return mass.log()

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor, None]:
        logits, allowed, mass = ctx.saved_tensors
        found = torch.empty_like(logits)
        every = (
            one.split(_TOGETHER) for one in (found, logits, allowed, (given[0] / mass)[:, None], given[0][:, None])
        )
        for into, part, free, share, whole in zip(*every, strict=True):
            # d log(mass) / d logit = probability (allowed / mass - 1)
            torch.mul(part.softmax(-1), torch.where(free, share - whole, -whole), out=into)
        return found, None


def log_mass(logits: Tensor, allowed: Tensor) -> Tensor:
    """(places,) log probability of all that is ``allowed``, given logits (places, vocabulary)."""
    found: Tensor = _LogMass.apply(logits, allowed)  # type: ignore[no-untyped-call]
    return found
