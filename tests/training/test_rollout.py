from __future__ import annotations

import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

from yayun.training.logprobs import completion_logprobs
from yayun.training.rollout import generate, sample

END, PAD = 2, 0
SHAPE = {
    "vocab_size": 40, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "intermediate_size": 32, "max_position_embeddings": 64, "tie_word_embeddings": True,
}  # fmt: skip
PROMPTS = [[1, 5, 6, 7], [1, 9], [1, 5, 6, 7], [1, 11, 12, 13, 14, 15]]


@pytest.fixture(params=["qwen3", "qwen2"])
def model(request: pytest.FixtureRequest) -> torch.nn.Module:
    torch.manual_seed(3)
    if request.param == "qwen3":
        made = Qwen3ForCausalLM(Qwen3Config(**SHAPE, head_dim=8))
    else:
        made = Qwen2ForCausalLM(Qwen2Config(**SHAPE))
    for weight in made.parameters():
        if weight.ndim == 2:
            torch.nn.init.normal_(weight, std=0.3)
    return made.eval()


def test_log_probabilities_are_the_models_own(model: torch.nn.Module) -> None:
    found = sample(model, PROMPTS, end=END, limit=12, temperature=0.7, seed=5)
    for prompt, completion in zip(PROMPTS, found, strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([prompt + completion.ids])).logits[0, len(prompt) - 1 : -1]
        own = (logits / 0.7).log_softmax(-1).gather(1, torch.tensor(completion.ids)[:, None])[:, 0]
        assert own.tolist() == pytest.approx(completion.logprobs, abs=1e-4)


def test_near_zero_temperature_is_greedy(model: torch.nn.Module) -> None:
    for prompt, ids in zip(PROMPTS, generate(model, PROMPTS, end=END, limit=10, temperature=1e-4), strict=True):
        whole = list(prompt)
        while len(whole) < len(prompt) + 10:
            with torch.no_grad():
                best = int(model(torch.tensor([whole])).logits[0, -1].argmax())
            if best == END:
                break
            whole.append(best)
        assert ids == whole[len(prompt) :]


def test_samples_follow_the_distribution_and_the_nucleus(model: torch.nn.Module) -> None:
    many = generate(model, [[1, 5]] * 4000, end=END, limit=1, seed=1)
    with torch.no_grad():
        chances = model(torch.tensor([[1, 5]])).logits[0, -1].softmax(-1)
    counts = torch.bincount(torch.tensor([ids[0] if ids else END for ids in many]), minlength=40) / 4000
    assert (counts - chances).abs().max() < 0.04
    order = chances.argsort(descending=True)
    nucleus = set(order[: int((chances[order].cumsum(0) < 0.5).sum()) + 1].tolist())
    few = generate(model, [[1, 5]] * 500, end=END, limit=1, top_p=0.5, seed=1)
    assert {ids[0] if ids else END for ids in few} == nucleus


def test_the_end_token_ends_and_the_seed_settles(model: torch.nn.Module) -> None:
    first = sample(model, PROMPTS * 8, end=END, limit=30, seed=9)
    assert first == sample(model, PROMPTS * 8, end=END, limit=30, seed=9)
    assert first != sample(model, PROMPTS * 8, end=END, limit=30, seed=10)
    ended = [c.ids for c in first if c.ids[-1] == END]
    assert ended
    assert all(c.ids.count(END) <= 1 for c in first)
    assert all(len(c.ids) == 30 for c in first if c.ids[-1] != END)
    assert generate(model, [], end=END) == []


def test_the_shared_pass_gives_log_probabilities_entropies_and_gradients_of_the_plain_one(
    model: torch.nn.Module,
) -> None:
    longest, room = max(map(len, PROMPTS)), 6
    generator = torch.Generator().manual_seed(1)
    lengths = [6, 3, 5, 1]
    tokens = torch.full((4, longest + room), PAD)
    mask = torch.zeros_like(tokens)
    for row, (prompt, length) in enumerate(zip(PROMPTS, lengths, strict=True)):
        written = torch.randint(3, 40, (length,), generator=generator)
        tokens[row, longest - len(prompt) : longest] = torch.tensor(prompt)
        tokens[row, longest : longest + length] = written
        mask[row, longest - len(prompt) : longest + length] = 1
    logprobs, entropies, _ = completion_logprobs(model, tokens, mask, room, 0.7, entropy=True)
    assert entropies is not None
    logprobs.sum().backward()
    shared = model.model.layers[0].self_attn.k_proj.weight.grad.clone()
    model.zero_grad()
    plain = torch.zeros(())
    for row, (prompt, length) in enumerate(zip(PROMPTS, lengths, strict=True)):
        written = tokens[row, longest : longest + length]
        logits = model(torch.cat([torch.tensor(prompt), written])[None]).logits[0, len(prompt) - 1 : -1] / 0.7
        scores = logits.log_softmax(-1)
        own = scores.gather(1, written[:, None])[:, 0]
        plain = plain + own.sum()
        assert logprobs[row, :length].tolist() == pytest.approx(own.tolist(), abs=1e-4)
        assert entropies[row, :length].tolist() == pytest.approx((-(scores.exp() * scores).sum(-1)).tolist(), abs=1e-4)
        assert not logprobs[row, length:].any()
    plain.backward()
    assert torch.allclose(shared, model.model.layers[0].self_attn.k_proj.weight.grad, atol=1e-4)
