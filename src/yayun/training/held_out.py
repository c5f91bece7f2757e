"""How well a model knows verse that it has never read: nats a poem character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import Conditions, answer_tokens, prompt_tokens
from yayun.training.arithmetic import Arithmetic
from yayun.training.batches import IGNORE, Batch, pack
from yayun.training.model import losses_of
from yayun.training.samples import Sample


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out poems with form, group and title given; the loss counts poem characters alone."""

    batches: list[Batch]
    is_verse: np.ndarray  # by token id: a character of verse, not punctuation or control

    @classmethod
    def build(cls, samples: Sequence[Sample], tokens: Sequence[str], *, backwards: bool = False) -> HeldOut:
        """Render ``samples`` with nothing optional: no pattern, no imagery, no plan."""
        ids = {t: i for i, t in enumerate(tokens)}
        unknown = ids[v.UNKNOWN]
        rows = []
        for s in samples:
            told = Conditions(s.dynasty, s.form, s.rhyme, None, s.title, tune=s.tune, backwards=backwards)
            prompt, completion = prompt_tokens(told), answer_tokens(s.lines, s.marks, backwards=backwards)
            rows.append(([ids.get(t, unknown) for t in prompt], [ids.get(t, unknown) for t in completion], None))
        rows.sort(key=lambda r: len(r[0]) + len(r[1]))
        verse = np.array([len(t) == 1 and t not in v.MARKS for t in tokens])
        verse[unknown] = True
        return cls([pack(rows[i : i + 128]) for i in range(0, len(rows), 128)], verse)

    @torch.no_grad()
    def nats_per_character(self, model: Qwen3ForCausalLM, how: Arithmetic) -> float:
        """Mean negative log likelihood per poem character, in float32 whatever the steps are computed in."""
        total, count = 0.0, 0
        verse = how.put(self.is_verse)
        model.eval()
        for batch in self.batches:
            targets = how.put(batch.targets)
            losses = losses_of(model, how.put(batch.tokens), targets)
            mask = verse[targets[targets != IGNORE]]
            total += losses[mask].sum().item()
            count += int(mask.sum())
        model.train()
        return total / count
