"""Sampling poems in a batch: guided (every character within the rules) and free (the bare model)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from yayun.prosody.lexicon import standardize
from yayun.writers import vocabulary as v
from yayun.writers.constraint import Characters, Frame, Tracker
from yayun.writers.session import Session, State

# Columns (from 0) at which a word may begin: verse is read 2+3 and 2+2+3, the three as 2+1 or 1+2.
WORD_STARTS = {5: (0, 2, 3), 7: (0, 2, 4, 5)}
FREE_LIMIT = 140  # tokens a free completion may take: a plan and a seven-character octave need about 100


@dataclass(frozen=True, slots=True)
class Sampling:
    """``temperature`` > 0; ``top_p`` in (0, 1]; ``wish``: how firmly images asked for are brought in, in
    nats."""

    temperature: float = 0.8
    top_p: float = 0.95
    wish: float = 3.0


@dataclass(frozen=True, slots=True)
class Task:
    """One poem to write: the prompt's tokens, its frame, and the words wished for and to be avoided (traditional
    script)."""

    prompt: tuple[str, ...]
    frame: Frame
    wishes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A poem as written. ``likelihood``: mean log probability a character under the bare model, in nats;
    ``think``: the model's own reasoning, where it wrote any unaided."""

    lines: tuple[str, ...]
    plan_imagery: tuple[str, ...]
    plan_feet: tuple[str, ...]
    likelihood: float
    think: str = ""


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
    """Guided decoding of tasks that share form and number of rhyming lines (so that their places line up)."""

    def __init__(
        self,
        session: Session,
        characters: Characters,
        tasks: Sequence[Task],
        sampling: Sampling,
        rng: np.random.Generator,
        is_known_line: Callable[[str], bool],
    ) -> None:
        self.session, self.characters, self.tasks = session, characters, tasks
        self.sampling, self.rng, self.is_known_line = sampling, rng, is_known_line
        self.trackers = [Tracker(task.frame, characters) for task in tasks]
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
        return [self._draft(row) for row in range(len(self.tasks))]

    def _advance(self, state: State, certain: Sequence[str] = ()) -> State:
        """Feed the last choice together with what follows it for certain: punctuation costs no step of its own."""
        columns = [] if self._chosen is None else [self._chosen]
        columns += [np.full(len(self.tasks), i) for i in self.session.encode(certain)]
        self._chosen = None
        return self.session.step(state, np.stack(columns, axis=1))

    def _take(self, state: State, chosen: np.ndarray) -> None:
        self.total += log_probability(state.logits, chosen)
        self.count += 1
        for tracker, i in zip(self.trackers, chosen, strict=True):
            # A fixed character may lie outside the vocabulary; the model then sees the unknown token.
            tracker.push(tracker.frame.char_at(*tracker.at) or self.characters.tokens[i])
        self._chosen = chosen

    def _choose(self, state: State) -> np.ndarray:
        logits = state.logits.copy()
        for row, tracker in enumerate(self.trackers):
            mask = self._mask(row, tracker)
            logits[row][~mask] = -np.inf
            self._wish(row, tracker, logits[row])
        chosen = sample_rows(logits, self.sampling, self.rng)
        if self.trackers[0].at[1] == self.trackers[0].width - 1:
            for row, tracker in enumerate(self.trackers):
                while self.is_known_line(tracker.line + self.characters.tokens[chosen[row]]):
                    logits[row, chosen[row]] = -np.inf
                    if not np.isfinite(logits[row]).any():
                        break  # a fixed character: the review of the whole poem decides
                    chosen[row] = sample_rows(logits[row : row + 1], self.sampling, self.rng)[0]
        return chosen

    def _mask(self, row: int, tracker: Tracker) -> np.ndarray:
        mask = tracker.allowed()
        line, column = tracker.at
        if tracker.frame.char_at(line, column) is not None:
            if not mask.any():
                mask[self.characters.ids[v.UNKNOWN]] = True
            return mask
        strict = mask.copy()
        feet = self.plans[row][1]
        reserved = set(feet) | {c for (place, c) in tracker.frame.fixed if place > tracker.at}
        used = {standardize(c) for c in "".join(tracker.lines) + tracker.line}
        if tracker.at_foot and feet:
            planned = self.characters.ids[feet[len(tracker.feet)]]
            if strict[planned] and feet[len(tracker.feet)] not in used:
                only = np.zeros_like(mask)
                only[planned] = True
                return only
        banned = {word[-1] for word in self.tasks[row].avoid if tracker.line.endswith(word[:-1])}
        doubled = tracker.line[-1:] if self._may_double(tracker) else ""
        for char in ((used | reserved) - {doubled}) | banned:
            if char in self.characters.ids:
                strict[self.characters.ids[char]] = False
        return strict if strict.any() else mask

    @staticmethod
    def _may_double(tracker: Tracker) -> bool:
        """May the next character repeat the last one (叠字)? Only where a word of two ends, and it is not a foot."""
        _, column = tracker.at
        ends = (1, 4) if tracker.width == 5 else (1, 3, 6)
        line = tracker.line
        return column in ends and not tracker.at_foot and line[-1] not in "".join(tracker.lines) + line[:-1]

    def _wish(self, row: int, tracker: Tracker, logits: np.ndarray) -> None:
        """Bring in images asked for that have not come yet, the more firmly the less of the poem is left."""
        left = 1 - (tracker.at[0] * tracker.width + tracker.at[1]) / (len(tracker.frame.pattern.types) * tracker.width)
        peak = logits.max()
        for wish in self.tasks[row].wishes:
            if any(wish in line for line in (*tracker.lines, tracker.line)):
                continue
            begun = next((k for k in range(len(wish) - 1, 0, -1) if tracker.line.endswith(wish[:k])), 0)
            i = self.characters.ids.get(wish[begun])
            if i is None or not np.isfinite(logits[i]):
                continue
            if begun:
                logits[i] = peak + self.sampling.wish
            elif tracker.at[1] in WORD_STARTS[tracker.width] and tracker.has_room(wish):
                logits[i] = max(logits[i] + 1.0, peak - 2 * self.sampling.wish * left)

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
        lines = tuple(self.trackers[row].lines)
        imagery, feet = self.plans[row]
        return Draft(lines, imagery, feet, float(self.total[row] / self.count))


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
