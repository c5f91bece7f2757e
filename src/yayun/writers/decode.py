"""Sampling poems in a batch: guided (every character within the rules) and free (the bare model)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from yayun.writers import vocabulary as v
from yayun.writers.constraint import Characters, Frame
from yayun.writers.guidance import Guide, Task
from yayun.writers.session import Session, State

FREE_LIMIT = 140  # tokens a free completion may take: a plan and a seven-character octave need about 100


@dataclass(frozen=True, slots=True)
class Sampling:
    """``temperature`` > 0; ``top_p`` in (0, 1]; ``wish``: how firmly images asked for are brought in
    (see ``Guide``)."""

    temperature: float = 0.8
    top_p: float = 0.95
    wish: float = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A poem as written, or as far as it has come. ``likelihood``: mean log probability a character under the bare
    model, in nats; ``think``: the model's own reasoning, where it wrote any unaided; ``origin``: the index of its task;
    ``broken``: a compound has spoilt a tone."""

    lines: tuple[str, ...]
    plan_imagery: tuple[str, ...]
    plan_feet: tuple[str, ...]
    likelihood: float
    think: str = ""
    origin: int = 0
    broken: bool = False


# Given all rows as far as they have come, the row that each row is to go on from.
Select = Callable[[Sequence[Draft]], Sequence[int]]


def sample_rows(logits: np.ndarray, sampling: Sampling, rng: np.random.Generator, top: int = 128) -> np.ndarray:
    """One token id a row from ``logits`` (rows, vocabulary), by temperature and nucleus."""
    top = min(top, logits.shape[1])
    ids = np.argpartition(logits, -top, axis=1)[:, -top:]
    scores = np.take_along_axis(logits, ids, axis=1) / sampling.temperature
    order = np.argsort(-scores, axis=1)
    ids, scores = np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)
    weights = np.exp(scores - scores[:, :1])
    weights /= weights.sum(axis=1, keepdims=True)
    before = np.cumsum(weights, axis=1) - weights
    weights[before >= sampling.top_p] = 0
    cumulative = np.cumsum(weights, axis=1)
    drawn = rng.random(len(logits))[:, None] * cumulative[:, -1:]
    return np.take_along_axis(ids, (cumulative <= drawn).sum(axis=1, keepdims=True), axis=1)[:, 0]


def log_probability(logits: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Log softmax of ``logits`` (rows, vocabulary) at ``ids`` (rows,)."""
    peak = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - peak).sum(axis=1)) + peak[:, 0]
    return np.take_along_axis(logits, ids[:, None], axis=1)[:, 0] - total


class GuidedRun:
    """Guided decoding of tasks that share form and number of rhyming lines (so that their places line up).

    After each couplet ``select`` may let good rows take the place of poor ones.
    """

    def __init__(
        self,
        session: Session,
        characters: Characters,
        tasks: Sequence[Task],
        sampling: Sampling,
        rng: np.random.Generator,
        is_known_line: Callable[[str], bool],
        select: Select | None = None,
    ) -> None:
        self.select = select
        self.origins = list(range(len(tasks)))
        self.session, self.characters, self.tasks = session, characters, tasks
        self.sampling, self.rng, self.is_known_line = sampling, rng, is_known_line
        self.guides = [Guide(task, characters, sampling.wish) for task in tasks]
        self.total = np.zeros(len(tasks))
        self.count = 0
        self.plans: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())] * len(tasks)
        self._chosen: np.ndarray | None = None  # the last character of each row, not yet fed

    def run(self, plan: bool) -> list[Draft]:
        """Write all poems; ``plan`` first names images and rhyme feet, and the feet are kept."""
        state = self.session.start([self.session.encode(task.prompt) for task in self.tasks])
        if plan:
            state = self._plan(state)
        pattern = self.tasks[0].frame.pattern
        certain = [v.ANSWER]
        for line in range(len(pattern.types)):
            for _ in range(pattern.width):
                state = self._advance(state, certain)
                certain = []
                self._take(state, self._choose(state))
            certain = [v.STOP if line % 2 else v.COMMA]
            if self.select and line % 2 and line + 1 < len(pattern.types):
                state = self._reorder(state, self.select([self._draft(row) for row in range(len(self.tasks))]))
        return [self._draft(row) for row in range(len(self.tasks))]

    def _reorder(self, state: State, rows: Sequence[int]) -> State:
        """Let each row go on from the row named for it."""
        self.guides = [self.guides[row].copy() for row in rows]
        self.plans = [self.plans[row] for row in rows]
        self.origins = [self.origins[row] for row in rows]
        self.total = self.total[list(rows)]
        assert self._chosen is not None
        self._chosen = self._chosen[list(rows)]
        return state.select(rows)

    def _advance(self, state: State, certain: Sequence[str] = ()) -> State:
        """Feed the last choice together with what follows it for certain: punctuation costs no step of its own."""
        columns = [] if self._chosen is None else [self._chosen]
        columns += [np.full(len(self.tasks), i) for i in self.session.encode(certain)]
        self._chosen = None
        return self.session.step(state, np.stack(columns, axis=1))

    def _take(self, state: State, chosen: np.ndarray) -> None:
        self.total += log_probability(state.logits, chosen)
        self.count += 1
        for guide, i in zip(self.guides, chosen, strict=True):
            guide.push(self.characters.tokens[i])
        self._chosen = chosen

    def _choose(self, state: State) -> np.ndarray:
        logits = state.logits.copy()
        for row, guide in enumerate(self.guides):
            guide.shape(logits[row])
        chosen = sample_rows(logits, self.sampling, self.rng)
        if self.guides[0].tracker.at[1] == self.guides[0].tracker.width - 1:
            for row, guide in enumerate(self.guides):
                while self.is_known_line(guide.known(self.characters.tokens[chosen[row]])):
                    logits[row, chosen[row]] = -np.inf
                    if not np.isfinite(logits[row]).any():
                        break  # a planned or fixed foot: the composer drops the draft
                    chosen[row] = sample_rows(logits[row : row + 1], self.sampling, self.rng)[0]
        return chosen

    def _plan(self, state: State) -> State:
        """Let the model name an image a couplet and then the rhyme feet, in the form it was trained on."""
        couplets = len(self.tasks[0].frame.pattern.types) // 2
        words: list[tuple[str, ...]] = [()] * len(self.tasks)
        certain = [v.THINK, v.IMAGERY]
        for _ in range(couplets):
            state = self._advance(state, certain)
            state, drawn = self._plan_word(state, words)
            words = [(*named, word) for named, word in zip(words, drawn, strict=True)]
            certain = [v.PAUSE]
        state = self._advance(state, [v.FEET])
        state, feet = self._plan_feet(state)
        self.plans = list(zip(words, feet, strict=True))
        for guide, planned in zip(self.guides, feet, strict=True):
            guide.feet = planned
        return self._advance(state, [v.THINK_END])

    def _plan_word(self, state: State, words: Sequence[tuple[str, ...]]) -> tuple[State, list[str]]:
        """A word of two characters a row, none of them named before."""
        drawn = [""] * len(self.tasks)
        for place in range(2):
            if place:
                state = self._advance(state)
            logits = state.logits.copy()
            logits[:, ~self.characters.hanzi] = -np.inf
            for row, named in enumerate(words):
                for char in "".join(named) + drawn[row]:
                    logits[row, self.characters.ids[char]] = -np.inf
            self._chosen = sample_rows(logits, self.sampling, self.rng)
            drawn = [word + self.characters.tokens[i] for word, i in zip(drawn, self._chosen, strict=True)]
        return state, drawn

    def _plan_feet(self, state: State) -> tuple[State, list[tuple[str, ...]]]:
        """Distinct characters of each row's group, one a rhyming line; feet set beforehand stay."""
        feet: list[tuple[str, ...]] = [()] * len(self.tasks)
        pattern = self.tasks[0].frame.pattern
        for n, line in enumerate(pattern.rhyming):
            if n:
                state = self._advance(state)
            logits = state.logits.copy()
            for row, task in enumerate(self.tasks):
                logits[row][~self._foot_choices(task.frame, line, feet[row])] = -np.inf
            self._chosen = sample_rows(logits, self.sampling, self.rng)
            feet = [(*f, self.characters.tokens[i]) for f, i in zip(feet, self._chosen, strict=True)]
        return state, feet

    def _foot_choices(self, frame: Frame, line: int, taken: Sequence[str]) -> np.ndarray:
        fixed = frame.char_at(line, frame.pattern.width - 1)
        if fixed in self.characters.ids:
            only = np.zeros(len(self.characters.tokens), bool)
            only[self.characters.ids[fixed]] = True
            return only
        mask = self.characters.foot(frame.rhyme).copy()
        for char in (*taken, *(c for _, c in frame.fixed)):
            if char in self.characters.ids:
                mask[self.characters.ids[char]] = False
        return mask

    def _draft(self, row: int) -> Draft:
        tracker = self.guides[row].tracker
        imagery, feet = self.plans[row]
        likelihood = float(self.total[row] / self.count)
        return Draft(tuple(tracker.lines), imagery, feet, likelihood, origin=self.origins[row], broken=tracker.broken)


def write_free(
    session: Session, prompts: Sequence[Sequence[str]], sampling: Sampling, rng: np.random.Generator
) -> list[tuple[list[str], float]]:
    """Completions of the bare model: tokens up to the end token, and the mean log probability a token."""
    state = session.start([session.encode(p) for p in prompts])
    end = session.ids[v.END]
    rows = np.arange(len(prompts))
    written: list[list[str]] = [[] for _ in prompts]
    total, count = np.zeros(len(prompts)), np.zeros(len(prompts))
    for _ in range(FREE_LIMIT):
        chosen = sample_rows(state.logits, sampling, rng)
        total[rows] += log_probability(state.logits, chosen)
        count[rows] += 1
        going = chosen != end
        for row, i in zip(rows[going], chosen[going], strict=True):
            written[row].append(session.tokens[i])
        rows = rows[going]
        if not len(rows):
            break
        state = session.step(state.select(np.flatnonzero(going)), chosen[going][:, None])
    return [(tokens, float(t / c)) for tokens, t, c in zip(written, total, count, strict=True)]
