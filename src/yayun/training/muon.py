"""Muon in float32, or in bfloat16 where asked for.

The update is the momentum matrix orthogonalised by a quintic Newton-Schulz iteration (Keller Jordan et al., 2024,
https://kellerjordan.github.io/posts/muon/). ``torch.optim.Muon`` always does that in bfloat16, which CPUs without
bfloat16 units run about 25 times slower; that difference is this file's only reason.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

_A, _B, _C = 3.4445, -4.7750, 2.0315


def orthogonalize(matrix: Tensor, steps: int = 5, dtype: torch.dtype = torch.float32) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly (singular values end in about 0.7..1.2), found in ``dtype``.

    ``matrix``: (rows, cols).
    """
    x = (matrix / (matrix.norm() + 1e-7)).to(dtype)
    tall = x.size(0) > x.size(1)
    x = x.T if tall else x
    for _ in range(steps):
        gram = x @ x.T
        x = _A * x + torch.addmm(gram, gram, gram, beta=_B, alpha=_C) @ x
    found: Tensor = (x.T if tall else x).to(matrix.dtype)
    return found


class Muon(torch.optim.Optimizer):
    """SGD with Nesterov momentum, each matrix's update orthogonalised in ``dtype``; decoupled weight decay."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One update of every parameter from its gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["momentum_buffer"] = torch.zeros_like(p)
                buffer = state["momentum_buffer"]
                buffer.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonalize(p.grad.lerp(buffer, group["momentum"]), dtype=self.dtype)
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-group["lr"] * max(1.0, p.size(0) / p.size(1)) ** 0.5)
