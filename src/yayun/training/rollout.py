"""Fast batched sampling from a small stock Qwen3 or Qwen2 model on the CPU.

``generate`` of transformers costs several times the arithmetic here: it rebuilds masks, copies the shared keys for
every query head and goes on computing rows that have ended. This runs the model's own layers over a preallocated
cache, reads each prompt once however often it is sampled, and drops rows as they end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

NUCLEUS = 1024  # the nucleus is sought among so many of the likeliest tokens
KEEP_ROWS = 0.8  # rows that have ended are dropped when this share or less is left


@dataclass(frozen=True, slots=True)
class Completion:
    """``ids``: the tokens sampled, with the end token where it came; ``logprobs``: the log probability of each under
    the model at the sampling temperature (the nucleus not counted)."""

    ids: list[int]
    logprobs: list[float]


def prompt_ids(tokenizer: Any, talks: Sequence[Any]) -> list[list[int]]:
    """Token ids of conversations by the tokenizer's chat template, each distinct one rendered once."""
    known: dict[str, list[int]] = {}
    for talk in talks:
        if str(talk) not in known:
            known[str(talk)] = tokenizer.apply_chat_template(talk, add_generation_prompt=True, return_dict=False)
    return [known[str(talk)] for talk in talks]


def generate(
    model: nn.Module,
    prompts: Sequence[Sequence[int]],
    *,
    temperature: float = 1.0,
    top_p: float = 1.0,
    limit: int = 140,
    end: int,
    pad: int = 0,
    seed: int = 0,
) -> list[list[int]]:
    """A completion a prompt, in order: token ids without the end token; see ``sample``."""
    found = sample(model, prompts, temperature=temperature, top_p=top_p, limit=limit, end=end, pad=pad, seed=seed)
    return [c.ids[:-1] if c.ids and c.ids[-1] == end else c.ids for c in found]


@torch.inference_mode()
def sample(
    model: nn.Module,
    prompts: Sequence[Sequence[int]],
    *,
    temperature: float = 1.0,
    top_p: float = 1.0,
    limit: int = 140,
    end: int,
    pad: int = 0,
    seed: int = 0,
) -> list[Completion]:
    """Sample one completion of at most ``limit`` tokens for each of ``prompts`` (token ids; repeats are cheap).

    ``temperature`` > 0 (near 0 is greedy); ``top_p`` in (0, 1]. The same arguments give the same completions on one
    machine. ``model`` is a ``Qwen3ForCausalLM`` or ``Qwen2ForCausalLM``, its projections plain or LoRA-wrapped.
    """
    if not prompts:
        return []
    device = next(model.parameters()).device
    random = torch.Generator(device).manual_seed(seed)
    distinct = list(dict.fromkeys(map(tuple, prompts)))
    number = {prompt: i for i, prompt in enumerate(distinct)}
    cache, logits = _prefill(_Layers.of(model), distinct, limit, pad, device)
    rows = torch.tensor([number[tuple(prompt)] for prompt in prompts], device=device)
    cache, logits = cache.select(rows), logits[rows]
    owner = list(range(len(prompts)))  # the prompt each row of the cache belongs to
    ids: list[list[int]] = [[] for _ in prompts]
    logprobs: list[list[float]] = [[] for _ in prompts]
    ended = [False] * len(prompts)
    layers = _Layers.of(model)
    for step in range(limit):
        chosen, chances = _draw(logits, temperature, top_p, random)
        for row, (token, chance) in enumerate(zip(chosen.tolist(), chances.tolist(), strict=True)):
            prompt = owner[row]
            if not ended[prompt]:
                ids[prompt].append(token)
                logprobs[prompt].append(chance)
                ended[prompt] = token == end
        going = [row for row, prompt in enumerate(owner) if not ended[prompt]]
        if not going or step + 1 == limit:
            break
        if len(going) <= KEEP_ROWS * len(owner):
            keep = torch.tensor(going, device=device)
            cache, chosen, owner = cache.select(keep), chosen[keep], [owner[row] for row in going]
        logits = layers.step(chosen, cache)
    return [Completion(*found) for found in zip(ids, logprobs, strict=True)]


def _draw(logits: Tensor, temperature: float, top_p: float, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """A token a row and its log probability, by inverting the cumulative distribution at one random number a row."""
    chances = torch.softmax(logits.float() / temperature, dim=-1)
    if top_p < 1.0:
        weights, choices = chances.topk(min(NUCLEUS, chances.shape[1]), dim=-1)
        weights = weights * (weights.cumsum(-1) - weights < top_p)
    else:
        weights, choices = chances, None
    cumulative = weights.cumsum(-1)
    drawn = torch.rand(len(logits), 1, generator=random, device=logits.device) * cumulative[:, -1:]
    places = torch.searchsorted(cumulative, drawn, right=True).clamp_(max=weights.shape[1] - 1)
    tokens = places if choices is None else choices.gather(1, places)
    return tokens[:, 0], chances.gather(1, tokens)[:, 0].log()


@dataclass(slots=True)
class _Cache:
    """Keys and values, a pair a layer, (rows, key heads, places, head size); ``used`` places are filled. ``visible``
    (rows, places): 0 where a place may be attended to, -inf where it is padding. ``first`` (rows,): the place of each
    prompt's first token."""

    keys: list[Tensor]
    values: list[Tensor]
    visible: Tensor
    first: Tensor
    used: int

    def select(self, rows: Tensor) -> _Cache:
        keys, values = [k[rows] for k in self.keys], [v[rows] for v in self.values]
        return _Cache(keys, values, self.visible[rows], self.first[rows], self.used)


def _prefill(
    layers: _Layers, prompts: Sequence[Sequence[int]], limit: int, pad: int, device: torch.device
) -> tuple[_Cache, Tensor]:
    """Read the prompts, padded on the left to one length."""
    length = max(map(len, prompts))
    tokens = torch.tensor([[pad] * (length - len(p)) + list(p) for p in prompts], device=device)
    first = torch.tensor([length - len(p) for p in prompts], device=device)
    padding = torch.arange(length + limit, device=device) < first[:, None]
    dtype = layers.dtype
    shape = (len(prompts), layers.key_heads, length + limit, layers.head_size)
    cache = _Cache(
        [torch.zeros(shape, dtype=dtype, device=device) for _ in layers.layers],
        [torch.zeros(shape, dtype=dtype, device=device) for _ in layers.layers],
        torch.zeros(padding.shape, dtype=dtype, device=device).masked_fill_(padding, float("-inf")),
        first,
        0,
    )
    return cache, layers.read(tokens, cache)


@dataclass(frozen=True, slots=True)
class _Layers:
    """The model's modules, run over a ``_Cache``."""

    layers: list[Any]
    embed: Any
    rotary: Any
    norm: Any
    head: Any
    heads: int
    key_heads: int
    head_size: int
    dtype: torch.dtype

    @classmethod
    def of(cls, model: Any) -> _Layers:
        base = model.get_base_model() if hasattr(model, "get_base_model") else model
        inner, config = base.model, base.config
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return cls(
            list(inner.layers), inner.embed_tokens, inner.rotary_emb, inner.norm, base.lm_head,
            config.num_attention_heads, config.num_key_value_heads, size, inner.embed_tokens.weight.dtype,
        )  # fmt: skip

    def read(self, tokens: Tensor, cache: _Cache) -> Tensor:
        """Feed whole prompts (rows, length) into an empty cache; the logits after the last token."""
        length = tokens.shape[1]
        causal = torch.full((length, length), float("-inf"), dtype=self.dtype, device=tokens.device).triu_(1)
        mask = cache.visible[:, None, None, :length] + causal
        # A padding place attends to itself: a row of -inf alone would give NaN.
        mask = mask.masked_fill(torch.eye(length, dtype=torch.bool, device=tokens.device), 0.0)
        mask = mask.repeat_interleave(self.heads // self.key_heads, dim=2)
        return self._run(tokens, cache, mask)

    def step(self, tokens: Tensor, cache: _Cache) -> Tensor:
        """Feed one token a row (rows,); the logits after it."""
        mask = cache.visible[:, None, None, : cache.used + 1]
        return self._run(tokens[:, None], cache, mask)

    def _run(self, tokens: Tensor, cache: _Cache, mask: Tensor) -> Tensor:
        length = tokens.shape[1]
        places = torch.arange(cache.used, cache.used + length, device=tokens.device)
        hidden = self.embed(tokens)
        cosine, sine = self.rotary(hidden, (places - cache.first[:, None]).clamp_(min=0))
        cosine, sine = cosine[:, :, None], sine[:, :, None]
        cache.used += length
        for i, layer in enumerate(self.layers):
            normed = layer.input_layernorm(hidden)
            hidden = hidden + self._attend(layer.self_attn, normed, cosine, sine, cache, i, mask)
            hidden = hidden + layer.mlp(layer.post_attention_layernorm(hidden))
        found: Tensor = self.head(self.norm(hidden[:, -1]))
        return found

    def _attend(
        self, module: Any, hidden: Tensor, cosine: Tensor, sine: Tensor, cache: _Cache, layer: int, mask: Tensor
    ) -> Tensor:
        rows, length, _ = hidden.shape
        query = module.q_proj(hidden).view(rows, length, self.heads, self.head_size)
        key = module.k_proj(hidden).view(rows, length, self.key_heads, self.head_size)
        if hasattr(module, "q_norm"):  # Qwen3, not Qwen2
            query, key = module.q_norm(query), module.k_norm(key)
        query, key = _rotate(query, cosine, sine), _rotate(key, cosine, sine)
        value = module.v_proj(hidden).view(rows, length, self.key_heads, self.head_size)
        start = cache.used - length
        cache.keys[layer][:, :, start : cache.used] = key.transpose(1, 2)
        cache.values[layer][:, :, start : cache.used] = value.transpose(1, 2)
        keys, values = cache.keys[layer][:, :, : cache.used], cache.values[layer][:, :, : cache.used]
        # Query heads that share keys become further queries of one head, so that no key is copied.
        shared = self.heads // self.key_heads
        grouped = query.view(rows, length, self.key_heads, shared, self.head_size).permute(0, 2, 1, 3, 4)
        grouped = grouped.reshape(rows, self.key_heads, length * shared, self.head_size)
        seen = scaled_dot_product_attention(grouped, keys, values, attn_mask=mask)
        seen = seen.view(rows, self.key_heads, length, shared, self.head_size).permute(0, 2, 1, 3, 4)
        projected: Tensor = module.o_proj(seen.reshape(rows, length, self.heads * self.head_size))
        return projected


def _rotate(states: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    left, right = states.chunk(2, dim=-1)
    return states * cosine + torch.cat((-right, left), dim=-1) * sine
