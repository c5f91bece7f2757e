"""Sampling poems in a batch: guided (every character within the rules) and free (the bare model)."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from yayun.decoding.constraint import Characters
from yayun.decoding.guidance import Guide, Task
from yayun.decoding.session import Session, State
from yayun.prompts import vocabulary as v
from yayun.prompts.order import LONG, overlong
from yayun.prompts.prompt import Plan

LIKELIEST = 128  # tokens a choice is made from, at most
FOLDS = 8
LOWEST = np.finfo(np.float32).min
KEPT_IN_MIND = 4  # lines that a couplet of verse longer than the model has read goes on from
FREE_LIMIT = 140  # tokens a free completion may take: a plan and a seven-character octave need about 100


@dataclass(frozen=True, slots=True)
class Sampling:
    """``temperature`` > 0; ``top_p`` in (0, 1]; ``wish``: how firmly images asked for are brought in
    (see ``Guide``)."""

    temperature: float = 0.6
    top_p: float = 0.95
    wish: float = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A poem as written, or as far as it has come. ``likelihood``: mean log probability a character under the bare
    model, in nats; ``think``: the model's own reasoning, where it wrote any unaided; ``origin``: the index of its task;
    ``broken``: a compound has spoilt a tone; ``nats``: a line's log probabilities, one a character, where they are
    known. ``plan_feet``: the rhyme feet in order, as planned; where none were, as they came, once
    all have come."""

    lines: tuple[str, ...]
    plan_imagery: tuple[str, ...]
    plan_feet: tuple[str, ...]
    likelihood: float
    think: str = ""
    origin: int = 0
    broken: bool = False
    plan_theme: str = ""
    nats: tuple[tuple[float, ...], ...] = ()


# Given all rows as far as they have come, the row that each row is to go on from.
Select = Callable[[Sequence[Draft]], Sequence[int]]


class Lots:
    """Random numbers for rows of several poems, each poem's from a generator of its own, so that none depends on what
    is decoded beside it. ``owners``: the generator of each row."""

    def __init__(self, owners: Sequence[np.random.Generator]) -> None:
        self.owners = owners

    def draw(self) -> np.ndarray:
        """A number in [0, 1) a row, shape (rows,)."""
        return np.array([owner.random() for owner in self.owners])


def sample_rows(logits: np.ndarray, sampling: Sampling, drawn: np.ndarray) -> np.ndarray:
    """One token id a row from ``logits`` (rows, vocabulary), by temperature and nucleus among the ``LIKELIEST``.

    ``drawn``: a random number in [0, 1) a row. A row's token depends on that row alone, to the last bit: sums are
    taken in order (``cumsum``), for numpy's ``sum`` adds by the width that the other rows give the array.
    """
    row, ids = np.divmod(_likeliest(logits, LIKELIEST), logits.shape[1])
    counts = np.bincount(row, minlength=len(logits))
    starts = np.cumsum(counts) - counts
    values = logits[row, ids].astype(np.float64)
    peaks = np.maximum.reduceat(values, starts)
    weights = np.zeros((len(logits), counts.max()))
    weights[row, np.arange(len(row)) - starts[row]] = np.exp((values - peaks[row]) / sampling.temperature)
    best = -np.sort(-weights, axis=1)[:, :LIKELIEST]
    before = np.cumsum(best, axis=1) - best
    within = before < sampling.top_p * (before[:, -1:] + best[:, -1:])
    least = np.where(within, best, np.inf).min(axis=1)
    weights[weights < least[:, None]] = 0
    cumulative = np.cumsum(weights, axis=1)
    chosen: np.ndarray = ids[starts + (cumulative <= drawn[:, None] * cumulative[:, -1:]).sum(axis=1)]
    return chosen


def _likeliest(logits: np.ndarray, top: int) -> np.ndarray:
    """Flat places of each row's ``top`` best logits and of a few others, row by row; masked ones are left out.

    A sort of whole rows would cost half as much as the model: of rows folded eightfold, the ``top``-th best maximum is
    a bound below which none of the ``top`` best can lie, and few others lie above it.
    """
    rows, size = logits.shape
    width = size // FOLDS
    bound = np.full(rows, LOWEST)
    if width >= top:
        folded = logits[:, : FOLDS * width].reshape(rows, FOLDS, width).max(axis=1)
        bound = np.maximum(np.partition(folded, -top, axis=1)[:, -top], LOWEST)
    return np.flatnonzero(logits >= bound[:, None])


def known_mark(mark: str, ids: Container[str]) -> str:
    """A mark, as far as the vocabulary has it: another that closes a sentence is a stop, another pause a comma."""
    if mark in ids:
        return mark
    return v.COMMA if mark in (v.COMMA, v.PAUSE) else v.STOP


def log_probability(logits: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Log probabilities of ``ids`` (rows,) by a state's logits (rows, vocabulary), which are normalised."""
    found: np.ndarray = logits[np.arange(len(ids)), ids]
    return found


class GuidedRun:
    """Guided decoding of tasks whose forms have the same lines, marks and rhyming lines (so that their places line up).

    After each sentence ``select`` may let good rows take the place of poor ones. ``themed``: the model's own reasoning
    names a theme first and repeats the pattern.
    """

    def __init__(
        self,
        session: Session,
        characters: Characters,
        tasks: Sequence[Task],
        sampling: Sampling,
        lots: Lots,
        is_known_line: Callable[[str], bool],
        select: Select | None = None,
        themed: bool = False,
    ) -> None:
        self.select, self.themed = select, themed
        self.origins = list(range(len(tasks)))
        self.session, self.characters, self.tasks = session, characters, tasks
        self.sampling, self.lots, self.is_known_line = sampling, lots, is_known_line
        self.guides = [Guide(task, characters, sampling.wish) for task in tasks]
        self.taken: list[np.ndarray] = []  # the log probabilities of each place's characters, (tasks,)
        self.plans = [Plan()] * len(tasks)
        self._chosen: np.ndarray | None = None  # the last character of each row, not yet fed

    def run(self, plan: bool, feet: bool = True) -> list[Draft]:
        """Write all poems; ``plan`` first names images and, with ``feet``, rhyme feet, which are then kept."""
        opening = [v.THINK, v.THEME if self.themed else v.IMAGERY] if plan else [v.ANSWER]
        state = self.session.start([self.session.encode([*task.prompt, *opening]) for task in self.tasks])
        certain: list[str] = []
        if plan:
            state = self._plan(state, feet)
            certain = [v.THINK_END, v.ANSWER]
        form = self.tasks[0].frame.pattern
        for line, width in enumerate(form.widths):
            for _ in range(width):
                state = self._advance(state, certain)
                certain = []
                self._take(state, self._choose(state))
            certain = [known_mark(form.marks[line], self.session.ids)]
            if self.select and line in form.sentence_ends and line + 1 < form.count:
                state = self._reorder(state, self.select([self._draft(row) for row in range(len(self.tasks))]))
            if overlong(form, self.session.ids) and line % 2 and KEPT_IN_MIND < line + 1 < form.count:
                state, certain = self._renewed(last=line + 3 >= form.count), []
        return [self._draft(row) for row in range(len(self.tasks))]

    def _renewed(self, last: bool) -> State:
        """Begin anew with the couplets before the next one alone, so that the model, which has read eight lines at the
        most, takes what comes for a middle couplet, or for the ``last``."""
        self._chosen = None
        marks = self.tasks[0].frame.pattern.marks
        prompts = []
        for task, guide in zip(self.tasks, self.guides, strict=True):
            start = len(guide.tracker.lines) - KEPT_IN_MIND - (2 if last else 0)
            tokens = [*task.prompt, v.ANSWER]
            for line, mark in zip(guide.tracker.lines[start:], marks[start:], strict=False):
                tokens += [*line, known_mark(mark, self.session.ids)]
            prompts.append(self.session.encode(tokens))
        return self.session.start(prompts)

    def _reorder(self, state: State, rows: Sequence[int]) -> State:
        """Let each row go on from the row named for it."""
        self.guides = [self.guides[row].copy() for row in rows]
        self.plans = [self.plans[row] for row in rows]
        self.origins = [self.origins[row] for row in rows]
        self.taken = [nats[list(rows)] for nats in self.taken]
        assert self._chosen is not None
        self._chosen = self._chosen[list(rows)]
        return state.select(rows)

    def _advance(self, state: State, certain: Sequence[str | Sequence[str]] = ()) -> State:
        """Feed the last choice together with what follows it for certain (one token, or one a row): punctuation costs
        no step of its own."""
        columns = [] if self._chosen is None else [self._chosen]
        for token in certain:
            rows = [token] * len(self.tasks) if isinstance(token, str) else token
            columns.append(np.array(self.session.encode(rows)))
        self._chosen = None
        return self.session.step(state, np.stack(columns, axis=1)) if columns else state

    def _take(self, state: State, chosen: np.ndarray) -> None:
        self.taken.append(log_probability(state.logits, chosen))
        for guide, i in zip(self.guides, chosen, strict=True):
            guide.push(self.characters.tokens[i])
        self._chosen = chosen

    def _choose(self, state: State) -> np.ndarray:
        logits = state.logits.copy()
        for row, guide in enumerate(self.guides):
            guide.shape(logits[row])
        chosen = sample_rows(logits, self.sampling, self.lots.draw())
        if self.guides[0].tracker.at[1] == self.guides[0].tracker.width - 1:
            for row, guide in enumerate(self.guides):
                while self.is_known_line(guide.known(self.characters.tokens[chosen[row]])):
                    logits[row, chosen[row]] = -np.inf
                    if not np.isfinite(logits[row]).any():
                        break  # a planned or fixed foot: the composer drops the draft
                    again = np.array([self.lots.owners[row].random()])
                    chosen[row] = sample_rows(logits[row : row + 1], self.sampling, again)[0]
        return chosen

    def _plan(self, state: State, with_feet: bool) -> State:
        """Let the model name an image a sentence and then the rhyme feet, if wanted, in the form it was trained on:
        where that is ``themed``, after a theme, and with the pattern, which is settled, between them."""
        sentences = min(len(self.tasks[0].frame.pattern.sentence_ends), LONG // 2)
        names: Sequence[str | Sequence[str]] = ()
        themes = [""] * len(self.tasks)
        certain: list[str] = []
        if self.themed:
            given = [task.theme for task in self.tasks]
            state, themes = self._plan_word(state, themes, given)
            tokens = [v.pattern_token(task.frame.pattern.variant) for task in self.tasks]
            names = [tokens] if set(tokens) <= self.session.ids.keys() else []
            certain = [v.IMAGERY]
        words: list[tuple[str, ...]] = [()] * len(self.tasks)
        for _ in range(sentences):
            state = self._advance(state, certain)
            state, drawn = self._plan_word(state, ["".join(named) for named in words])
            words = [(*named, word) for named, word in zip(words, drawn, strict=True)]
            certain = [v.PAUSE]
        feet: list[tuple[str, ...]] = [()] * len(self.tasks)
        if with_feet:
            state = self._advance(state, [*names, v.FEET])
            state, feet = self._plan_feet(state)
        elif names:
            state = self._advance(state, names)
        self.plans = [
            Plan(theme=theme or None, imagery=imagery, feet=planned)
            for theme, imagery, planned in zip(themes, words, feet, strict=True)
        ]
        for guide, planned in zip(self.guides, feet, strict=True):
            guide.feet = planned
        return state

    def _plan_word(
        self, state: State, barred: Sequence[str], given: Sequence[str] | None = None
    ) -> tuple[State, list[str]]:
        """A word of two characters a row, none of them ``barred``; the ``given`` one where its characters are known."""
        drawn = [""] * len(self.tasks)
        ids = self.characters.ids
        for place in range(2):
            if place:
                state = self._advance(state)
            logits = state.logits.copy()
            logits[:, ~self.characters.hanzi] = -np.inf
            for row, named in enumerate(barred):
                avoided = [word for word in self.tasks[row].avoid if word in ids]
                for char in (*named, *drawn[row], *avoided):
                    logits[row, ids[char]] = -np.inf
                if given and len(given[row]) == 2 and set(given[row]) <= ids.keys():
                    logits[row] = -np.inf
                    logits[row, ids[given[row][place]]] = 0
            self._chosen = sample_rows(logits, self.sampling, self.lots.draw())
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
                logits[row][~self._foot_choices(task, line, feet[row])] = -np.inf
            self._chosen = sample_rows(logits, self.sampling, self.lots.draw())
            feet = [(*f, self.characters.tokens[i]) for f, i in zip(feet, self._chosen, strict=True)]
        return state, feet

    def _foot_choices(self, task: Task, line: int, taken: Sequence[str]) -> np.ndarray:
        frame = task.frame
        column = frame.pattern.widths[line] - 1
        fixed = frame.char_at(line, column)
        if fixed in self.characters.ids:
            only = np.zeros(len(self.characters.tokens), bool)
            only[self.characters.ids[fixed]] = True
            return only
        mask = self.characters.foot(frame.group_at(line, column) or frame.rhyme).copy()
        for char in (*taken, *(c for _, c in frame.fixed)):
            if char in self.characters.ids:
                mask[self.characters.ids[char]] = False
        clean = mask.copy()
        clean[[self.characters.ids[word] for word in task.avoid if word in self.characters.ids]] = False
        return clean if clean.any() else mask

    def _draft(self, row: int) -> Draft:
        tracker = self.guides[row].tracker
        plan = self.plans[row]
        nats = [float(place[row]) for place in self.taken]
        starts = [0, *accumulate(map(len, tracker.lines))]
        whole = len(tracker.lines) == tracker.frame.pattern.count
        return Draft(
            lines=tuple(tracker.lines),
            plan_imagery=plan.imagery,
            plan_feet=plan.feet or (tuple(tracker.feet) if whole else ()),
            likelihood=sum(nats) / len(nats),
            origin=self.origins[row],
            broken=tracker.broken,
            plan_theme=plan.theme or "",
            nats=tuple(tuple(nats[start:end]) for start, end in pairwise(starts)),
        )


def write_free(
    session: Session, prompts: Sequence[Sequence[str]], sampling: Sampling, rngs: Sequence[np.random.Generator]
) -> list[tuple[list[str], float]]:
    """Completions of the bare model, each by a generator of its own: tokens up to the end of the answer, and the mean
    log probability a token."""
    encoded = [session.encode(p) for p in prompts]
    rows = np.argsort([len(p) for p in encoded], kind="stable")
    state = session.start([encoded[row] for row in rows])
    end, answered = session.ids[v.END], session.ids[v.ANSWER_END]
    written: list[list[int]] = [[] for _ in prompts]
    total = np.zeros(len(prompts))
    for _ in range(FREE_LIMIT):
        chosen = sample_rows(state.logits, sampling, Lots([rngs[row] for row in rows]).draw())
        total[rows] += log_probability(state.logits, chosen)
        for row, i in zip(rows.tolist(), chosen.tolist(), strict=True):
            written[row].append(i)
        going = np.flatnonzero((chosen != end) & (chosen != answered))
        if not len(going):
            break
        if len(going) < len(rows):
            state, order = state.keep(going)
            rows, chosen = rows[order], chosen[order]
        state = session.step(state, chosen[:, None])
    return [
        ([session.tokens[i] for i in ids if i != end], float(t / len(ids)))
        for ids, t in zip(written, total, strict=True)
    ]
