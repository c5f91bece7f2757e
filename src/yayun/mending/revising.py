"""Revising as poets do (推敲): the line of a draft that is liked least is written again in several ways, given all the
others, and one that makes the whole better takes its place; so again, for as long as the effort allows.

The last couplet too is written again, with all before it in view: a poem must close.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from yayun.decoding.decode import Change, Draft, Filling
from yayun.decoding.embedded import EmbeddedWriter, Gap, frame_of
from yayun.decoding.options import Sampling
from yayun.mending.hearing import as_read, heard
from yayun.retrieval.novelty import is_corpus_line

if TYPE_CHECKING:
    from yayun.decoding.scoring import Nats
    from yayun.prompts.order import Order

HEARD = 24  # of the drafts so many are read through
READ = 4  # of a gap's wordings so many are read with the whole poem
GAIN = 0.02  # points of a reader's five for the whole poem, below which a line is left as it is

Pair = tuple["Order", Draft]
# Scores of drafts of one poem that have come equally far, (drafts,); so of its lines, each by itself.
Judge = Callable[[Sequence[Draft]], np.ndarray]
Passes = Callable[["Order", Draft], bool]
Tell = Callable[["Order", Draft], None]


@dataclass(frozen=True, slots=True)
class Revising:
    """How long is revised: so many of the best drafts (``poems``), so many ``rounds``, in each of which a line of every
    draft is written again in so many ``wordings``."""

    poems: int
    rounds: int
    wordings: int


# By a model that can write a line given all the others.
REVISING: dict[str, Revising | None] = {
    "quick": None,
    "normal": Revising(poems=2, rounds=2, wordings=16),
    "careful": Revising(poems=3, rounds=8, wordings=32),
}


@dataclass(slots=True)
class _Work:
    """A draft in hand: how good it is, its lines' likelihoods given the rest, and the gaps that were tried since it was
    last changed."""

    order: Order
    draft: Draft
    score: float
    given_rest: Nats
    tried: set[tuple[int, ...]] = field(default_factory=set)


@dataclass(frozen=True)
class Reviser:
    """Revises drafts of one poem. ``judge`` says how good they are, ``passes`` what may stand; ``tell`` is told of the
    best, each time that one of its lines has been replaced."""

    writer: EmbeddedWriter
    how: Revising
    judge: Judge
    passes: Passes
    sampling: Sampling
    rng: np.random.Generator
    tell: Tell | None = None

    def __call__(self, pairs: Sequence[Pair]) -> list[Pair]:
        """The best of the drafts, revised; none where none of them may stand."""
        works = self._begin(pairs)
        told = ""
        for _ in range(self.how.rounds):
            self._read_lines([work for work in works if not work.given_rest])
            gaps = [(work, gap) for work in works if (gap := self._next_gap(work)) is not None]
            if not gaps:
                break
            self._round(gaps)
            best = max(works, key=lambda work: work.score)
            text = "".join(best.draft.lines)
            if self.tell and best.draft.changes and text != told:
                self.tell(best.order, best.draft)
                told = text
        return [(work.order, work.draft) for work in works]

    def _begin(self, pairs: Sequence[Pair]) -> list[_Work]:
        """Of the drafts that may stand, no two of one beginning, the best when they are read through."""
        scores = self.judge([draft for _, draft in pairs])
        chosen: dict[tuple[str, ...], Pair] = {}
        for i in np.argsort(-scores, kind="stable").tolist():
            order, draft = pairs[i]
            if draft.lines[:2] not in chosen and not draft.broken and self.passes(order, draft):
                chosen[draft.lines[:2]] = pairs[i]
                if len(chosen) == HEARD:
                    break
        best = sorted(self._read(list(chosen.values())), key=lambda one: -one[2])[: self.how.poems]
        return [_Work(order, draft, score, ()) for order, draft, score in best]

    def _read(self, pairs: Sequence[Pair]) -> list[tuple[Order, Draft, float]]:
        """Drafts with the likelihoods that the model gives them as they stand, and how good they are."""
        if not pairs:
            return []
        read = heard(self.writer, pairs)
        orders = [order for order, _ in pairs]
        return list(zip(orders, read, self.judge(read).tolist(), strict=True))

    def _read_lines(self, works: Sequence[_Work]) -> None:
        found = self.writer.given_rest([work.order for work in works], [work.draft.lines for work in works])
        for work, nats in zip(works, found, strict=True):
            work.given_rest = nats

    def _next_gap(self, work: _Work) -> tuple[int, ...] | None:
        """The lines to write next: the one liked least of those not tried, after the first the last couplet; none where
        all were tried."""
        lines = work.draft.lines
        liked = self.judge([_part((line,), (nats,)) for line, nats in zip(lines, work.given_rest, strict=True)])
        singles = [(int(i),) for i in np.argsort(liked, kind="stable")]
        gaps = [*singles[:1], (len(lines) - 2, len(lines) - 1), *singles[1:]]
        kept = _kept_whole(work.order)
        return next((gap for gap in gaps if gap not in work.tried and kept.isdisjoint(gap)), None)

    def _round(self, gaps: Sequence[tuple[_Work, tuple[int, ...]]]) -> None:
        """Write each work's gap in several ways, and take those that make the whole better."""
        asked = [(work, Gap(work.order, work.draft.lines, gap, way)) for work, gap in gaps for way in self._ways()]
        repeated = [(work, gap) for work, gap in asked for _ in range(self.how.wordings // len(self._ways()))]
        fillings = self.writer.fill([gap for _, gap in repeated], self.sampling, self.rng)
        found = [(work, gap, filling) for (work, gap), filling in zip(repeated, fillings, strict=True)]
        tried: list[tuple[_Work, Draft]] = []
        for _, rows in groupby(found, key=lambda row: id(row[0])):
            part = list(rows)
            work, gap, _ = part[0]
            work.tried.add(gap.missing)
            fresh = self._likely(work, gap.missing, [filling for _, _, filling in part])
            tried += [(work, _changed(work.order, work.draft, filling)) for filling in fresh]
        read = self._read([(work.order, draft) for work, draft in tried])
        ranked = sorted(zip(tried, read, strict=True), key=lambda one: -one[1][2])
        for (work, _), (order, draft, score) in ranked:
            if score > work.score + GAIN and self.passes(order, draft):
                work.draft, work.score, work.given_rest, work.tried = draft, score, (), set()

    def _ways(self) -> tuple[bool, ...]:
        return (False, True) if self.writer.writes_backwards else (False,)

    def _likely(self, work: _Work, missing: tuple[int, ...], fillings: Sequence[Filling]) -> list[Filling]:
        """The wordings that are liked best by themselves, each once, those that stand already and lines of the corpus
        left out."""
        once = {f.lines: f for f in fillings if not f.broken and f.lines != work.draft.lines}
        fresh = [f for f in once.values() if not any(is_corpus_line(f.lines[i]) for i in missing)]
        if not fresh:
            return []
        liked = self.judge([_part([f.lines[i] for i in missing], f.nats) for f in fresh])
        return [fresh[i] for i in np.argsort(-liked, kind="stable")[:READ]]


def _changed(order: Order, draft: Draft, filling: Filling) -> Draft:
    """The draft with its new lines."""
    pairs = enumerate(zip(draft.lines, filling.lines, strict=True))
    changes = [Change(i, before, after) for i, (before, after) in pairs if before != after]
    feet = tuple(filling.lines[i][-1] for i in order.pattern.rhyming)
    return replace(draft, lines=filling.lines, plan_feet=feet, changes=(*draft.changes, *changes))


def _part(lines: Sequence[str], nats: Nats) -> Draft:
    """Some lines as a draft by themselves."""
    return as_read(Draft(tuple(lines), (), (), 0.0), nats)


def _kept_whole(order: Order) -> set[int]:
    """The lines that the order fixes from end to end, and those that are said again or say again (叠)."""
    said = {line for places in order.pattern.echoes.items() for line, _ in places}
    fixed = {place for place, _ in frame_of(order).fixed}
    return said | {i for i, w in enumerate(order.pattern.widths) if all((i, j) in fixed for j in range(w))}
