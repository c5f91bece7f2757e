"""The embedded writer: turns what was settled about a poem into drafts, guided or free."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from yayun.prosody.lexicon import standardize
from yayun.prosody.patterns import Pattern
from yayun.retrieval.novelty import is_corpus_line
from yayun.script import to_traditional
from yayun.writers import vocabulary as v
from yayun.writers.constraint import Characters, Frame
from yayun.writers.decode import Draft, GuidedRun, Sampling, write_free
from yayun.writers.guidance import Task
from yayun.writers.prompt import Conditions, prompt_tokens
from yayun.writers.session import Session

_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|$)", re.S)
_THINK = re.compile(r"<think>(.*?)(?:</think>|$)", re.S)
ROWS = 64  # rows decoded at once: past this, a step's time grows faster than its yield


@dataclass(frozen=True, slots=True)
class Order:
    """One poem to write, everything settled; text in any script.

    ``imagery`` must appear, ``hints`` may, ``avoid`` must not; ``fixed`` as in ``Frame``.
    """

    title: str
    pattern: Pattern
    rhyme: str
    imagery: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    fixed: tuple[tuple[tuple[int, int], str], ...] = ()

    @property
    def form(self) -> str:
        """五绝 ..."""
        return self.pattern.form


class EmbeddedWriter:
    """The model in ``folder``, opened when first needed."""

    name = "embedded"

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self.folder, self.threads = folder, threads

    @cached_property
    def session(self) -> Session:
        """The opened model."""
        return Session(self.folder, self.threads)

    @cached_property
    def characters(self) -> Characters:
        """The vocabulary as the lexicon sees it."""
        return Characters(self.session.tokens)

    def prompt(self, order: Order) -> tuple[str, ...]:
        """The prompt's tokens."""
        conditions = Conditions(
            dynasty="唐",
            form=order.form,
            rhyme=order.rhyme,
            pattern=order.pattern.name,
            title=written(order.title),
            imagery=tuple(map(written, order.imagery + order.hints)),
        )
        return tuple(prompt_tokens(conditions))

    def guided(self, orders: Sequence[Order], sampling: Sampling, rng: np.random.Generator, plan: bool) -> list[Draft]:
        """One draft an order, in order; orders that line up are decoded together."""
        drafts: list[Draft | None] = [None] * len(orders)
        for batch in _batches(orders):
            tasks = [self._task(orders[i]) for i in batch]
            run = GuidedRun(self.session, self.characters, tasks, sampling, rng, is_corpus_line)
            for i, draft in zip(batch, run.run(plan), strict=True):
                drafts[i] = draft
        return [d for d in drafts if d is not None]

    def _task(self, order: Order) -> Task:
        return Task(
            prompt=self.prompt(order),
            frame=frame_of(order),
            wishes=tuple(map(written, order.imagery)),
            avoid=tuple(map(written, order.avoid)),
        )

    def free(self, orders: Sequence[Order], sampling: Sampling, rng: np.random.Generator) -> list[Draft]:
        """One unaided completion an order."""
        drafts: list[Draft] = []
        for start in range(0, len(orders), ROWS):
            prompts = [self.prompt(order) for order in orders[start : start + ROWS]]
            for tokens, likelihood in write_free(self.session, prompts, sampling, rng):
                drafts.append(parse_completion("".join(tokens), likelihood))
        return drafts


def written(text: str) -> str:
    """``text`` as the model writes it: traditional, variants standardised."""
    return standardize(to_traditional(text))


def frame_of(order: Order) -> Frame:
    """The order's pattern, group and fixed characters as the decoder needs them."""
    return Frame(order.pattern, order.rhyme, tuple((place, written(char)) for place, char in order.fixed))


def parse_completion(text: str, likelihood: float) -> Draft:
    """Read a completion's plan and verse; what is not there stays empty."""
    answer, think = _ANSWER.search(text), _THINK.search(text)
    verse = answer[1] if answer else ""
    lines = tuple(part for part in re.split(r"[，。、\s]+", verse) if part)
    plan = think[1] if think else ""
    imagery, _, feet = plan.partition(v.FEET)
    words = imagery.removeprefix(v.IMAGERY).split(v.PAUSE)
    return Draft(lines, tuple(w for w in words if w), tuple(feet), likelihood, plan)


def _batches(orders: Sequence[Order]) -> list[list[int]]:
    """Indices of orders that share form and count of rhyming lines, at most ``ROWS`` together."""
    shared: dict[tuple[str, int], list[int]] = {}
    for i, order in enumerate(orders):
        shared.setdefault((order.form, len(order.pattern.rhyming)), []).append(i)
    return [rows[i : i + ROWS] for rows in shared.values() for i in range(0, len(rows), ROWS)]
