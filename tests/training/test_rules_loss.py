"""Pretraining with the loss on what the rules permit."""

from __future__ import annotations

import pytest
import torch
from tests.conftest import tiny_recipe

from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import Conditions, answer_tokens, prompt_tokens
from yayun.training.arithmetic import Arithmetic
from yayun.training.batches import pack
from yayun.training.model import build_model, losses_of, step_loss
from yayun.training.rules_loss import RulesLoss, log_mass
from yayun.training.samples import Asked

POEM = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
CPU = Arithmetic("cpu", bfloat16=False)
TOKENS = v.token_list(sorted({*"".join(POEM), *"登高"}))


def test_the_loss_adds_what_is_not_permitted_at_places_of_regular_poems_alone() -> None:
    ids = {token: i for i, token in enumerate(TOKENS)}
    model = build_model(tiny_recipe().model, len(TOKENS), ids, 1)
    told = [ids[t] for t in prompt_tokens(Conditions("唐", "五绝", "尤", None, "登高"))]
    said = [ids[t] for t in answer_tokens(POEM)]
    kept = Asked("五绝", "尤", "仄起首句不入韵")
    rules = RulesLoss(TOKENS, 3.0, 0.0)
    plain = pack([(told, said, None), (told, said, None)])
    loss, beside = step_loss(model, plain, rules, CPU)
    expected = losses_of(model, torch.from_numpy(plain.tokens), torch.from_numpy(plain.targets)).mean()
    assert beside["rules"].item() == pytest.approx(0.0, abs=1e-6)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss, beside = step_loss(model, pack([(told, said, kept), (told, said, None)]), rules, CPU)
    assert beside["rules"].item() > 0.1
    assert loss.item() == pytest.approx(expected.item() + 3.0 * beside["rules"].item(), rel=1e-5)


def test_a_step_makes_what_is_permitted_likelier() -> None:
    ids = {token: i for i, token in enumerate(TOKENS)}
    model = build_model(tiny_recipe().model, len(TOKENS), ids, 1)
    told = [ids[t] for t in prompt_tokens(Conditions("唐", "五绝", "尤", None, "登高"))]
    batch = pack([(told, [ids[t] for t in answer_tokens(POEM)], Asked("五绝", "尤", "仄起首句不入韵"))])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    rules = RulesLoss(TOKENS, 1.0, 1.0)
    found = []
    for _ in range(3):
        _, beside = step_loss(model, batch, rules, CPU)
        optimizer.zero_grad()
        improbable = beside["rules"] + beside["repeated"]
        improbable.backward()
        optimizer.step()
        found.append(improbable.item())
    assert found[2] < found[1] < found[0]


def test_bfloat16_arithmetic_finds_the_same_losses_nearly() -> None:
    ids = {token: i for i, token in enumerate(TOKENS)}
    model = build_model(tiny_recipe().model, len(TOKENS), ids, 1)
    told = [ids[t] for t in prompt_tokens(Conditions("唐", "五绝", "尤", None, "登高"))]
    batch = pack([(told, [ids[t] for t in answer_tokens(POEM)], Asked("五绝", "尤", "仄起首句不入韵"))])
    rules = RulesLoss(TOKENS, 3.0, 1.0)
    exact, beside = step_loss(model, batch, rules, CPU)
    with torch.autocast("cpu", torch.bfloat16):
        found, rounded = step_loss(model, batch, rules, CPU)
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(exact.item(), rel=0.02)
    assert rounded["rules"].item() == pytest.approx(beside["rules"].item(), rel=0.05)


def test_bfloat16_logits_do_not_round_the_loss_away() -> None:
    ids = {token: i for i, token in enumerate(TOKENS)}
    said = torch.tensor([ids[token] for token in answer_tokens(POEM)])
    logits = torch.zeros(len(said), len(TOKENS), dtype=torch.bfloat16)
    logits[torch.arange(len(said)), said] = 12.0  # nearly all of the probability, on what is permitted
    found = RulesLoss(TOKENS, 1.0, 1.0).parts(logits, [said], [Asked("五绝", "尤", "仄起首句不入韵")])
    assert 0.0 < found["rules"].item() < 0.002


def test_log_mass_and_its_gradient_are_those_of_the_plain_formula() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = (4 * torch.randn(600, 40, generator=generator, dtype=torch.float64)).requires_grad_()
    allowed = torch.rand(600, 40, generator=generator) < 0.7
    allowed[:, 0] = True
    plain = logits.masked_fill(~allowed, -torch.inf).logsumexp(-1) - logits.logsumexp(-1)
    weights = torch.randn(600, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(log_mass(logits, allowed), plain)
    found, expected = (
        torch.autograd.grad((part * weights).sum(), logits)[0] for part in (log_mass(logits, allowed), plain)
    )
    torch.testing.assert_close(found, expected)


def test_log_mass_of_next_to_nothing_is_finite() -> None:
    logits = torch.tensor([[200.0, 0.0]], requires_grad=True)
    found = log_mass(logits, torch.tensor([[False, True]]))
    found.sum().backward()
    assert torch.isfinite(found).all()
    assert torch.isfinite(logits.grad).all()
