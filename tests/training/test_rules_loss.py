"""Pretraining with the loss on what the rules permit."""

from __future__ import annotations

import pytest
import torch
from tests.conftest import tiny_recipe

from yayun.training.data import Asked, pack
from yayun.training.pretrain import build_model, loss_on_targets, step_loss
from yayun.training.rules_loss import RulesLoss
from yayun.writers import vocabulary as v
from yayun.writers.prompt import Conditions, answer_tokens, prompt_tokens

POEM = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
TOKENS = v.token_list(sorted({*"".join(POEM), *"登高"}))


def test_the_loss_adds_what_is_not_permitted_at_places_of_regular_poems_alone() -> None:
    ids = {token: i for i, token in enumerate(TOKENS)}
    model = build_model(tiny_recipe().model, len(TOKENS), ids, 1)
    told = [ids[t] for t in prompt_tokens(Conditions("唐", "五绝", "尤", None, "登高"))]
    said = [ids[t] for t in answer_tokens(POEM)]
    kept = Asked("五绝", "尤", "仄起首句不入韵")
    rules = RulesLoss(TOKENS, 3.0, 0.0)
    plain = pack([(told, said, None), (told, said, None)])
    loss, beside = step_loss(model, plain, rules)
    expected = loss_on_targets(model, torch.from_numpy(plain.tokens), torch.from_numpy(plain.targets)).mean()
    assert beside["rules"].item() == pytest.approx(0.0, abs=1e-6)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss, beside = step_loss(model, pack([(told, said, kept), (told, said, None)]), rules)
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
        _, beside = step_loss(model, batch, rules)
        optimizer.zero_grad()
        improbable = beside["rules"] + beside["repeated"]
        improbable.backward()
        optimizer.step()
        found.append(improbable.item())
    assert found[2] < found[1] < found[0]
