"""Sampling poems in a batch: guided (every character within the rules) and free (the bare model)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from yayun.decoding.constraint import Characters, Place, Tracker
from yayun.decoding.guidance import Guide, Task
from yayun.decoding.options import Sampling
from yayun.decoding.sampling import Lots, log_probability, sample_rows
from yayun.decoding.session import Session, State
from yayun.prompts import vocabulary as v
from yayun.prompts.order import LONG, known_mark, marks_told, overlong
from yayun.prompts.prompt import Plan

KEPT_IN_MIND = 4  # lines that a couplet of verse longer than the model has read goes on from

FREE_LIMIT = 140  # tokens a free completion may take: a plan and a seven-character octave need about 100


@dataclass(frozen=True, slots=True)
class Change:
    """A line (from 0) that was written again."""

    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Filling:
    """A poem whose missing lines have been written: all its lines; of each that was missing its log probabilities, one
    a character, given all the others; ``broken``: a compound has spoilt a tone."""

    lines: tuple[str, ...]
    nats: tuple[tuple[float, ...], ...]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A poem as written, or as far as it has come. ``likelihood``: mean log probability a character under the bare
    model, in nats; ``think``: the model's own reasoning, where it wrote any unaided; ``origin``: the index of its task;
    ``broken``: a compound has spoilt a tone; ``nats``: a line's log probabilities, one a character, where they are
    known. ``plan_feet``: the rhyme feet in order, as planned; where none were, as they came, once
    all have come; ``changes``: lines that were written again, in order; ``impression``: what the critic adds to its
    worth, in a reader's points, once it has been read through."""

    lines: tuple[str, ...]
    plan_imagery: tuple[str, ...]
    plan_feet: tuple[str, ...]
    likelihood: float
    think: str = ""
    origin: int = 0
    broken: bool = False
    plan_theme: str = ""
    nats: tuple[tuple[float, ...], ...] = ()
    changes: tuple[Change, ...] = ()
    impression: float = 0.0


# Given all rows as far as they have come, the row that each row is to go on from.
Select = Callable[[Sequence[Draft]], Sequence[int]]


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

    def run(self, plan: bool, feet: bool = True, endings: bool = False) -> list[Draft]:
        """Write all poems in their frames' order of places, a line at a time; ``plan`` first names images and, with
        ``feet``, rhyme feet, or with ``endings`` the endings of rhyming lines, which are then kept."""
        opening = [v.THINK, v.THEME if self.themed else v.IMAGERY] if plan else [v.ANSWER]
        state = self.session.start([self.session.encode([*task.prompt, *opening]) for task in self.tasks])
        certain: list[str] = []
        if plan:
            state = self._plan(state, feet, endings)
            certain = [v.THINK_END, v.ANSWER]
        self._write(state, certain)
        return [self._draft(row) for row in range(len(self.tasks))]

    def fill(self) -> list[Filling]:
        """Write the lines that the frames' orders name, the same in all, given the fixed ones. Prompts end with the
        lines that stand (``prompt.kept_tokens``) and <answer>; equal ones are read once."""
        prompts = list(dict.fromkeys(task.prompt for task in self.tasks))
        state = self.session.start([self.session.encode(prompt) for prompt in prompts])
        self._write(state.select([prompts.index(task.prompt) for task in self.tasks]), ())
        return [self._filling(row) for row in range(len(self.tasks))]

    def _write(self, state: State, certain: Sequence[str]) -> None:
        """All places, with the marks between lines; ``certain`` comes before the first."""
        form, places = self.tasks[0].frame.pattern, self.tasks[0].frame.places
        marks = marks_told(form, self.session.ids)
        for (line, _), following in zip_longest(places, places[1:]):
            state = self._advance(state, certain)
            certain = ()
            self._take(state, self._choose(state))
            if following is None or following[0] == line:
                continue
            certain = marks[line]
            if self.select and line in form.sentence_ends:
                state = self._reorder(state, self.select([self._draft(row) for row in range(len(self.tasks))]))
            if overlong(form, self.session.ids) and line % 2 and line + 1 > KEPT_IN_MIND:
                state, certain = self._renewed(last=line + 3 >= form.count), ()

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
        if self.guides[0].tracker.closes_line:
            for row, guide in enumerate(self.guides):
                while self.is_known_line(guide.known(self.characters.tokens[chosen[row]])):
                    logits[row, chosen[row]] = -np.inf
                    if not np.isfinite(logits[row]).any():
                        break  # a planned or fixed foot: the composer drops the draft
                    again = np.array([self.lots.owners[row].random()])
                    chosen[row] = sample_rows(logits[row : row + 1], self.sampling, again)[0]
        return chosen

    def _plan(self, state: State, with_feet: bool, with_endings: bool) -> State:
        """Let the model name an image a sentence and then the rhyme feet or endings, if wanted, in the form it was
        trained on: where that is ``themed``, after a theme, and with the pattern, which is settled, between them."""
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
        if with_endings:
            state = self._advance(state, [*names, v.ENDINGS])
            state = self._plan_endings(state)
        elif with_feet:
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

    def _plan_endings(self, state: State) -> State:
        """The last two characters of each rhyming line, distinct in a row, which become fixed in its frame."""
        pattern = self.tasks[0].frame.pattern
        for n, line in enumerate(pattern.rhyming):
            certain = [v.PAUSE] if n else []
            for column in range(max(0, pattern.widths[line] - 2), pattern.widths[line]):
                state = self._advance(state, certain)
                certain = []
                logits = state.logits.copy()
                for row, task in enumerate(self.tasks):
                    logits[row][~self._ending_choices(task, line, column)] = -np.inf
                self._chosen = sample_rows(logits, self.sampling, self.lots.draw())
                self.tasks = [
                    _with_fixed(task, (line, column), self.characters.tokens[i])
                    for task, i in zip(self.tasks, self._chosen, strict=True)
                ]
        self.guides = [Guide(task, self.characters, self.sampling.wish) for task in self.tasks]
        return state

    def _ending_choices(self, task: Task, line: int, column: int) -> np.ndarray:
        """What may be planned for a place: as feet are, else of an open tone; what is fixed stays."""
        frame = task.frame
        if frame.group_at(line, column) is not None or frame.char_at(line, column) is not None:
            return self._foot_choices(task, line, (), column)
        open_tones = Tracker(frame, self.characters).open_at((line, column))
        mask: np.ndarray = self.characters.hanzi & self.characters.of_tones(open_tones)
        taken = {*(char for _, char in frame.fixed), *task.avoid} & self.characters.ids.keys()
        mask[[self.characters.ids[char] for char in taken]] = False
        return mask

    def _foot_choices(self, task: Task, line: int, taken: Sequence[str], column: int = -1) -> np.ndarray:
        frame = task.frame
        column %= frame.pattern.widths[line]
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
        whole = len(tracker.lines) == tracker.frame.pattern.count
        return Draft(
            lines=tuple(tracker.lines),
            plan_imagery=plan.imagery,
            plan_feet=plan.feet or (tracker.feet if whole else ()),
            likelihood=sum(nats) / len(nats),
            origin=self.origins[row],
            broken=tracker.broken,
            plan_theme=plan.theme or "",
            nats=self._nats(row, range(len(tracker.lines))),
        )

    def _filling(self, row: int) -> Filling:
        tracker = self.guides[row].tracker
        missing = sorted({line for line, _ in tracker.frame.places})
        return Filling(tuple(tracker.lines), self._nats(row, missing), tracker.broken)

    def _nats(self, row: int, lines: Iterable[int]) -> tuple[tuple[float, ...], ...]:
        """A row's log probabilities, in reading order whatever the order of writing."""
        frame = self.guides[row].task.frame
        found = {place: float(nats[row]) for place, nats in zip(frame.places, self.taken, strict=False)}
        return tuple(tuple(found[line, column] for column in range(frame.pattern.widths[line])) for line in lines)


def _with_fixed(task: Task, place: Place, char: str) -> Task:
    """The task with a character planned for a place, unless one is fixed there already."""
    if task.frame.char_at(*place) is not None:
        return task
    return replace(task, frame=replace(task.frame, fixed=(*task.frame.fixed, (place, char))))


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
