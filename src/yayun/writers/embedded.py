"""The embedded writer: turns what was settled about a poem into drafts, guided or free."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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
from yayun.writers.decode import Draft, GuidedRun, Sampling, Select, write_free
from yayun.writers.guidance import Task
from yayun.writers.prompt import Conditions, prompt_tokens
from yayun.writers.session import Session

_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|$)", re.S)
_THINK = re.compile(r"<think>(.*?)(?:</think>|$)", re.S)
ROWS = 64  # rows decoded at once: past this, a step's time grows faster than its yield
SPREAD = 4  # rows that go on from one good couplet


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


# Scores of a group's drafts as far as they have come: (group, drafts) -> (drafts,).
Judge = Callable[[int, Sequence[Draft]], np.ndarray]
# Told of the best draft after each couplet but the last.
Watch = Callable[[Order, Draft], None]


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

    def guided(
        self,
        groups: Sequence[Sequence[Order]],
        sampling: Sampling,
        rng: np.random.Generator,
        judge: Judge,
        watch: Watch | None = None,
    ) -> list[list[tuple[Order, Draft]]]:
        """Drafts of each group of orders (the candidates for one poem), with the order each fulfils.

        A group's orders share form and number of rhyming lines. After each couplet the better rows of a group, by
        ``judge``, go on in place of the others. With ``watch`` (one group only) all go on from the best, which is
        shown to it: what it has seen will stand.
        """
        drafts: list[list[tuple[Order, Draft]]] = [[] for _ in groups]
        for batch in _batches(groups):
            rows = [(g, order) for g in batch for order in groups[g]]
            select = _selection([g for g, _ in rows], judge, None if watch is None else _shown(rows, watch))
            tasks = [self._task(order) for _, order in rows]
            run = GuidedRun(self.session, self.characters, tasks, sampling, rng, is_corpus_line, select)
            for (g, _), draft in zip(rows, run.run(plan=True), strict=True):
                drafts[g].append((rows[draft.origin][1], draft))
        return drafts

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


def _batches(groups: Sequence[Sequence[Order]]) -> list[list[int]]:
    """Indices of groups that share form and number of rhyming lines, about ``ROWS`` rows together."""
    shared: dict[tuple[str, int], list[int]] = {}
    for g, orders in enumerate(groups):
        shared.setdefault((orders[0].form, len(orders[0].pattern.rhyming)), []).append(g)
    batches: list[list[int]] = []
    for alike in shared.values():
        size = max(1, ROWS // len(groups[alike[0]]))
        batches += [alike[i : i + size] for i in range(0, len(alike), size)]
    return batches


def _shown(rows: Sequence[tuple[int, Order]], watch: Watch) -> Callable[[Draft], None]:
    return lambda draft: watch(rows[draft.origin][1], draft)


def _selection(owners: Sequence[int], judge: Judge, show: Callable[[Draft], None] | None) -> Select:
    """Within each group the best ``1 / SPREAD`` of the rows go on, each ``SPREAD`` times; only the best, which is
    shown, where there is ``show``."""
    spans = {g: [row for row, owner in enumerate(owners) if owner == g] for g in dict.fromkeys(owners)}

    def select(drafts: Sequence[Draft]) -> list[int]:
        rows: list[int] = []
        for g, span in spans.items():
            order = np.argsort(-judge(g, [drafts[row] for row in span]), kind="stable")
            best = [span[i] for i in order[: 1 if show else max(1, len(span) // SPREAD)]]
            if show:
                show(drafts[best[0]])
            rows += [best[i % len(best)] for i in range(len(span))]
        return rows

    return select
