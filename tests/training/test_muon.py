from __future__ import annotations

import pytest
import torch

from yayun.training.muon import Muon, orthogonalize


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(16, 16), (24, 8), (8, 24)])
def test_orthogonalize_brings_singular_values_near_one(shape: tuple[int, int], dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    found = orthogonalize(torch.randn(shape), dtype=dtype)
    assert found.dtype == torch.float32
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.4
    assert values.max() < 1.4


def test_muon_solves_a_least_squares_problem() -> None:
    torch.manual_seed(0)
    target = torch.randn(12, 6)
    weight = torch.nn.Parameter(torch.zeros(12, 6))
    optimizer = Muon([weight], lr=0.05)
    losses = []
    for _ in range(200):
        loss = (weight - target).square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.01 * losses[0]


def test_weight_decay_shrinks_towards_zero() -> None:
    weight = torch.nn.Parameter(torch.ones(4, 4))
    optimizer = Muon([weight], lr=0.1, weight_decay=0.5)
    weight.grad = torch.zeros(4, 4)
    optimizer.step()
    assert torch.allclose(weight, torch.full((4, 4), 0.95), atol=1e-4)
