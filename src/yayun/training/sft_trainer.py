"""TRL's ``SFTTrainer`` with the loss of the rules beside its own, for the embedded model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from trl import SFTTrainer

from yayun.prompts import vocabulary as v
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.regulated import FORMS
from yayun.training.batches import IGNORE
from yayun.training.rules_loss import RulesLoss
from yayun.training.samples import Asked
from yayun.training.tokenizer import tokens_of


class RulesTrainer(SFTTrainer):
    """TRL's loss and that of the rules (``rules_loss``) on the same forward pass.

    Every row is taken to keep the form and the group that its prompt names, and the pattern that its plan names:
    ``distill`` and ``rejection`` keep no other. ``by``: the rhyme book of the prompts.
    """

    def __init__(self, rules: RulesLoss, by: str = PINGSHUI, **settings: Any) -> None:
        super().__init__(**settings)
        self.rules = rules
        ids = {token: i for i, token in enumerate(tokens_of(self.processing_class))}
        self.forms = {ids[v.FORM_TOKENS[form]]: form for form in FORMS}
        self.groups = {ids[v.rhyme_token(name)]: name for name in book(by).groups}
        self._hidden: list[Tensor] = []

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """TRL's, with the rules' added."""
        if not self.model.training:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        labels, told = inputs["labels"], inputs["input_ids"]
        # TRL keeps no logits: those of the answers are made again from what the layers gave.
        layers = self.accelerator.unwrap_model(model)
        hook = layers.base_model.register_forward_hook(self._keep)
        loss = super().compute_loss(model, inputs, num_items_in_batch=num_items_in_batch)
        hook.remove()
        keep = labels[:, 1:] != IGNORE
        logits = layers.lm_head(self._hidden.pop()[:, :-1][keep])
        asked = [self._asked(row[mark == IGNORE].tolist()) for row, mark in zip(told, labels, strict=True)]
        parts = self.rules.parts(logits, [row[row != IGNORE] for row in labels], asked)
        for name, part in parts.items():
            self._metrics["train"][name].append(part.item())
        share = 1.0
        if num_items_in_batch is not None:  # of all the tokens that a step's mean is taken over
            share = keep.sum() * self.accelerator.num_processes / num_items_in_batch
        return loss + share * self.rules.weighted(parts)

    def _keep(self, module: Any, arguments: Any, found: Any) -> None:
        self._hidden.append(found.last_hidden_state)

    def _asked(self, prompt: Sequence[int]) -> Asked | None:
        form = next((self.forms[i] for i in prompt if i in self.forms), None)
        rhyme = next((self.groups[i] for i in prompt if i in self.groups), None)
        return Asked(form, rhyme, None) if form and rhyme else None
