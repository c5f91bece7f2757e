"""The embedded model with ``chat``: a stock Qwen3 that reads a request in Chinese and writes the poem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from transformers import LogitsProcessor, Qwen3ForCausalLM

from yayun.hub.chat import Job, read_jobs, read_reply
from yayun.prompts import vocabulary as v

ATTEMPTS = 4  # completions without a line of verse that are put up with
TOP_K = 128  # as in yayun's own decoding


class YayunForCausalLM(Qwen3ForCausalLM):
    """``Qwen3ForCausalLM`` and ``chat``; nothing of the network is changed."""

    def chat(
        self,
        tokenizer: Any,
        messages: Sequence[Mapping[str, Any]],
        *,
        temperature: float = 0.8,
        seed: int | None = None,
        max_new_tokens: int = 160,
    ) -> str:
        """Answer the last of the user's messages: ``<think>…</think><answer>…</answer>``, one such line a poem.

        The poem is the bare model's own (what ``yayun compose --mode free`` gives), unchecked. ``temperature`` 0 takes
        the likeliest token each time; ``seed`` None draws one. Raises ValueError, with one sentence for the user, for a
        request that can't be used, and RuntimeError when the model writes no verse.
        """
        if temperature < 0:
            raise ValueError("temperature 要是不小于 0 的数。")
        jobs = read_jobs(messages, seed)
        return "\n".join(self._write(tokenizer, job, temperature, max_new_tokens) for job in jobs)

    def _write(self, tokenizer: Any, job: Job, temperature: float, max_new_tokens: int) -> str:
        # The caller's random state is left as it was.
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(job.seed)
            for _ in range(ATTEMPTS):
                completion = self._complete(tokenizer, job, temperature, max_new_tokens)
                if (reply := read_reply(job, completion)) is not None:
                    return reply
        raise RuntimeError("模型没有写出诗句:请换一个 seed 再试。")

    def _complete(self, tokenizer: Any, job: Job, temperature: float, max_new_tokens: int) -> str:
        """What the model writes after the prompt, as text."""
        prompt = torch.tensor([tokenizer.convert_tokens_to_ids(list(job.prompt))], device=self.device)
        how: dict[str, Any] = {"do_sample": False, "temperature": None}
        if temperature > 0:
            how = {"do_sample": True, "temperature": temperature, "top_k": TOP_K, "top_p": 1.0}
        if job.avoid:
            how["bad_words_ids"] = [tokenizer.convert_tokens_to_ids(list(word)) for word in job.avoid]
        if job.heads:
            how["logits_processor"] = [_Heads(tokenizer, job.heads)]
        written = self.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=max_new_tokens, **how)
        return str(tokenizer.decode(written[0, prompt.shape[1] :], skip_special_tokens=True))


class _Heads(LogitsProcessor):
    """Lets each line begin with the character set for it, and leaves all else to the model. For one row."""

    def __init__(self, tokenizer: Any, heads: str) -> None:
        self.heads = tokenizer.convert_tokens_to_ids(list(heads))
        for char, token in zip(heads, self.heads, strict=True):
            if token == tokenizer.unk_token_id:
                raise ValueError(f"藏头的“{char}”字模型不认识,请换一个字。")
        self.answer, *self.ends = tokenizer.convert_tokens_to_ids([v.ANSWER, v.COMMA, v.STOP])

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """``scores`` (1, vocabulary) with only the line's head left, at the start of a line."""
        row = input_ids[0].tolist()
        if self.answer not in row or row[-1] not in (self.answer, *self.ends):
            return scores
        verse = row[row.index(self.answer) :]
        line = sum(token in self.ends for token in verse)
        if line >= len(self.heads):
            return scores
        only = torch.full_like(scores, -torch.inf)
        only[:, self.heads[line]] = 0
        return only
