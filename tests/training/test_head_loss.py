from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy

from yayun.training.head_loss import CHUNK, head_loss


@pytest.mark.parametrize("places", [1, CHUNK, CHUNK + 3])
def test_loss_and_gradients_are_those_of_cross_entropy(places: int) -> None:
    torch.manual_seed(places)
    hidden = torch.randn(places, 8, requires_grad=True)
    weight = torch.randn(40, 8, requires_grad=True)
    targets = torch.randint(0, 40, (places,))
    expected = cross_entropy(hidden @ weight.T, targets)
    wanted = torch.autograd.grad(3 * expected, (hidden, weight))
    found = head_loss(hidden, weight, targets)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    for one, other in zip(torch.autograd.grad(3 * found, (hidden, weight)), wanted, strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_under_autocast_it_is_near_the_exact_one() -> None:
    torch.manual_seed(1)
    hidden, weight = torch.randn(50, 16), torch.randn(30, 16)
    targets = torch.randint(0, 30, (50,))
    with torch.autocast("cpu", torch.bfloat16):
        found = head_loss(hidden, weight, targets)
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(cross_entropy(hidden @ weight.T, targets).item(), rel=2e-2)
