"""Mending by search: the embedded model decodes around the lines that stand, and the best new poem that passes is
taken. Needs no server, so it is what is left when the rounds or the calls are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yayun.lazy import lazy
from yayun.mending.diagnosis import Diagnosis, diagnose
from yayun.script import to_simplified

if TYPE_CHECKING:
    import numpy as np

    from yayun.choosing import rank
    from yayun.decoding import constraint, embedded, options
    from yayun.decoding.decode import Draft
    from yayun.decoding.embedded import EmbeddedWriter
    from yayun.prompts import order as prompts_order
    from yayun.prompts.order import Order
else:
    rank = lazy("yayun.choosing.rank")
    constraint = lazy("yayun.decoding.constraint")
    embedded = lazy("yayun.decoding.embedded")
    options = lazy("yayun.decoding.options")
    prompts_order = lazy("yayun.prompts.order")
    np = lazy("numpy")

CANDIDATES, ATTEMPTS = 12, 3


@dataclass(frozen=True, slots=True)
class EmbeddedSearch:
    """A ``Search`` by guided decoding. The same seed gives the same lines."""

    writer: EmbeddedWriter
    seed: int
    temperature: float = 0.6
    candidates: int = CANDIDATES

    def __call__(self, diagnosis: Diagnosis) -> tuple[str, ...] | None:
        """The poem with its faulty lines written anew; None where none of the candidates passes.

        Lines that stand but leave their couplet no clean tone (uncured 拗, 三仄尾) are given up only when decoding
        around them is impossible.
        """
        task = diagnosis.task
        title = task.asked.title or task.asked.theme or ""

        def score(_: int, drafts: Sequence[Draft]) -> np.ndarray:
            return rank.judge(title, task.asked.imagery, drafts)

        order = search_order(diagnosis)
        for attempt in range(ATTEMPTS):
            rng = np.random.default_rng([self.seed, 3, attempt])
            sampling = options.Sampling(temperature=self.temperature)
            (pairs,) = self.writer.guided([[order] * self.candidates], sampling, [rng], score)
            poems = [self._poem(diagnosis, order, draft) for _, draft in pairs]
            ranks = score(0, [draft for _, draft in pairs])
            passing = [i for i, lines in enumerate(poems) if diagnose(lines, task).passed]
            if passing:
                return poems[max(passing, key=lambda i: ranks[i])]
        return None

    def _poem(self, diagnosis: Diagnosis, order: Order, draft: Draft) -> tuple[str, ...]:
        """The lines that stand as they were written, the others from the draft, in the script asked for."""
        simplified = diagnosis.task.asked.script != "traditional"
        stand = {line for (line, column), _ in order.fixed if column == order.pattern.width - 1}
        return tuple(
            kept
            if i in stand and (kept := diagnosis.slots[i]) is not None
            else to_simplified(new)
            if simplified
            else new
            for i, new in enumerate(draft.lines)
        )


def search_order(diagnosis: Diagnosis) -> prompts_order.Order:
    """What the embedded model is to write: everything that stands fixed, the acrostic's heads too."""
    asked, pattern = diagnosis.task.asked, diagnosis.pattern
    heads = {(i, 0): char for i, char in enumerate(asked.acrostic)}
    retrieved = diagnosis.task.retrieved
    order = prompts_order.Order(
        title=asked.title or asked.theme or "",
        pattern=pattern,
        rhyme=diagnosis.task.rhyme,
        imagery=diagnosis.missing,
        hints=() if retrieved is None else retrieved.images[:2],
        avoid=asked.avoid_words,
    )
    for stand in _choices(diagnosis):
        fixed = heads | {(i, k): char for i in stand for k, char in enumerate(diagnosis.slots[i] or "")}
        tried = replace(order, fixed=tuple(sorted(fixed.items())))
        if _decodable(tried):
            return tried
    return replace(order, fixed=tuple(sorted(heads.items())))


def _choices(diagnosis: Diagnosis) -> list[tuple[int, ...]]:
    """Sets of lines to keep, the largest first: all that stand, without one of them, without a couplet."""
    stand = tuple(i for i in range(len(diagnosis.slots)) if i not in diagnosis.faulty)
    fewer = [tuple(i for i in stand if i != gone) for gone in stand]
    couplets = [tuple(i for i in stand if i // 2 != gone) for gone in sorted({i // 2 for i in stand})]
    return [stand, *fewer, *couplets]


def _decodable(order: Order) -> bool:
    """Do the fixed characters leave every couplet a clean tone string?"""
    return constraint.places_fit(embedded.frame_of(order))
