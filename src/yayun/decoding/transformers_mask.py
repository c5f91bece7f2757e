"""Guided decoding as a ``LogitsProcessor`` of transformers: reason freely, then write verse within the rules.

What may come at each place is decided where it is for the embedded model, in ``decoding.guidance`` and
``decoding.constraint``; here it is only brought onto a tokenizer's pieces, by ``transformers_spelling``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import torch
from transformers import LogitsProcessor

from yayun.decoding.decode import Draft
from yayun.decoding.guidance import Guide, Task
from yayun.decoding.transformers_spelling import Pieces, Spelling
from yayun.retrieval.novelty import is_corpus_line

OPEN, CLOSE = "<answer>", "</answer>"
THINK, THINK_END = "<think>", "</think>"
TAIL = 24  # tokens that are looked at for a tag: more than any spelling of one
CHOICES = 128  # likeliest characters among which a line's last is chosen, so that few lines have to be looked up


class Stage(Enum):
    """Where a row is."""

    REASONING = 1
    VERSE = 2
    DONE = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """What all rows share. ``ends``: ids that end a completion; ``reasoning_limit``: tokens before the verse is begun
    for the model; ``feet``: reads the rhyme feet planned in a reasoning, where its form is known."""

    spelling: Spelling
    ends: frozenset[int]
    reasoning_limit: int
    firmness: float = 1.0
    feet: Callable[[str], tuple[str, ...]] = lambda reasoning: ()
    thinking: bool = False  # does the prompt end inside a reasoning?


@dataclass(slots=True)
class Row:
    """One completion on its way. ``queue`` are tokens that must come next; ``begun`` the pieces of a character that is
    not whole yet, ``allowed`` (alphabet,) what it may become."""

    rules: Rules
    guide: Guide
    thinking: bool
    stage: Stage = Stage.REASONING
    queue: Pieces = ()
    begun: Pieces = ()
    allowed: np.ndarray | None = None
    reasoning: list[int] = field(default_factory=list)
    log_probs: np.ndarray | None = None  # of the bare model, for the token to come
    total: float = 0.0
    count: int = 0

    def copy(self) -> Row:
        """An independent row at the same place."""
        twin = copy(self)
        twin.guide, twin.reasoning = self.guide.copy(), [*self.reasoning]
        return twin

    def push(self, token: int) -> None:
        """Take the token that was chosen."""
        if self.stage is Stage.REASONING:
            self._reason(token)
        elif self.stage is Stage.VERSE:
            self._write(token)
        elif self.queue:
            self.queue = self.queue[1:]

    def shape(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores (vocabulary,) of the next token with all closed that may not come."""
        if self.stage is Stage.REASONING and not self.queue:
            self._end_reasoning(scores)
        if self.queue:
            return _only(scores, self.queue[0])
        if self.stage is Stage.REASONING:
            going_on = scores.clone()
            going_on[list(self.rules.ends)] = -torch.inf
            return going_on
        if self.stage is Stage.DONE:
            return _only(scores, min(self.rules.ends)) if self.rules.ends else scores
        return self._shape_verse(scores)

    def draft(self) -> Draft:
        """The poem as far as it has come."""
        tracker = self.guide.tracker
        likelihood = self.total / self.count if self.count else 0.0
        return Draft(tuple(tracker.lines), (), self.guide.feet, likelihood, self.reasoned(), broken=tracker.broken)

    def reasoned(self) -> str:
        """What was written before the verse, without the tag that opens it."""
        return self._shown(self.reasoning).rstrip().removesuffix(OPEN)

    def _shown(self, ids: Sequence[int]) -> str:
        text = self.rules.spelling.tokenizer.decode(list(ids), clean_up_tokenization_spaces=False)
        assert isinstance(text, str)
        return text

    def _reason(self, token: int) -> None:
        self.reasoning.append(token)
        self.queue = self.queue[1:]
        tail = self._shown(self.reasoning[-TAIL:])
        closed, opened = tail.rfind(THINK_END), tail.rfind(THINK)
        if closed != opened:
            self.thinking = opened > closed
        if self.thinking or self.queue:
            return
        if tail.rstrip().endswith(OPEN):
            self._begin_verse()
        elif tail.endswith(OPEN[:-1]):  # a token may hold the bracket and what follows it
            self.queue = self.rules.spelling.encode(OPEN[-1])

    def _end_reasoning(self, scores: torch.Tensor) -> None:
        """Open the answer for a model that would stop without one, or goes on too long."""
        over = len(self.reasoning) >= self.rules.reasoning_limit
        if over or int(scores.argmax()) in self.rules.ends:
            self.queue = self.rules.spelling.encode((THINK_END if self.thinking else "") + OPEN)
            self.thinking = False

    def _begin_verse(self) -> None:
        self.stage = Stage.VERSE
        feet, known = self.rules.feet(self.reasoned()), self.rules.spelling.characters.ids
        if len(feet) == len(self.guide.tracker.frame.pattern.rhyming) and all(char in known for char in feet):
            self.guide.feet = feet

    def _next_place(self) -> None:
        """Go on to the next character, or close the answer after the last."""
        tracker = self.guide.tracker
        self.begun, self.allowed = (), None
        if len(tracker.lines) == tracker.frame.pattern.count:
            self.stage = Stage.DONE
            self.queue += self.rules.spelling.encode(CLOSE)

    def _write(self, token: int) -> None:
        if self.queue:  # punctuation
            self.queue = self.queue[1:]
            return
        if self.log_probs is not None:
            self.total += float(self.log_probs[token])
        spelling, tracker = self.rules.spelling, self.guide.tracker
        self.begun += (token,)
        fixed = tracker.frame.char_at(*tracker.at)
        if fixed is not None:
            if self.begun != spelling.of(fixed):
                return
            self._take(fixed)
        elif (i := spelling.whole.get(self.begun)) is not None:
            self._take(spelling.characters.tokens[i])

    def _take(self, char: str) -> None:
        self.count += 1
        self.guide.push(char)
        tracker = self.guide.tracker
        if not tracker.line:  # the line is full
            mark = tracker.frame.pattern.marks[len(tracker.lines) - 1]
            self.queue += self.rules.spelling.encode(mark)
        self._next_place()

    def _shape_verse(self, scores: torch.Tensor) -> torch.Tensor:
        spelling, tracker = self.rules.spelling, self.guide.tracker
        self.log_probs = torch.log_softmax(scores.float(), -1).cpu().numpy()
        fixed = tracker.frame.char_at(*tracker.at)
        if fixed is not None:
            return _only(scores, spelling.of(fixed)[len(self.begun)])
        if self.begun:
            assert self.allowed is not None
            shaped = spelling.go_on(self.begun, self.log_probs, self.allowed)
        else:
            shown = self.log_probs[spelling.first]
            self.guide.shape(shown)
            if len(tracker.line) == tracker.width - 1:
                self._close_known(shown)
            self.allowed = np.isfinite(shown)
            shaped = spelling.open(shown)
        closed = torch.full_like(scores, -torch.inf)
        size = min(len(shaped), len(closed))
        closed[:size] = torch.from_numpy(shaped[:size]).to(scores)
        return closed

    def _close_known(self, shown: np.ndarray) -> None:
        """Leave, of the likeliest characters, those whose line is not in the corpus, where there are such."""
        open_ids = np.flatnonzero(np.isfinite(shown))
        likely = open_ids[np.argsort(-shown[open_ids])][:CHOICES]
        new = [i for i in likely if not is_corpus_line(self.guide.known(self.rules.spelling.characters.tokens[i]))]
        if new:
            kept = shown[new]
            shown[:] = -np.inf
            shown[new] = kept


class VerseMask(LogitsProcessor):
    """Holds each row of a ``generate`` call to its task: ``tasks[i]`` is row ``i``'s (with beams, that of ``beams``
    rows together).

    For one call of ``generate``; afterwards ``drafts`` has what was written. Rows may be reordered by beam search:
    each is known by the tokens it has.
    """

    def __init__(self, rules: Rules, tasks: Sequence[Task], beams: int = 1) -> None:
        self.rules, self.tasks, self.beams = rules, list(tasks), beams
        self._prompt: int | None = None
        self._rows: dict[tuple[int, Pieces], Row] = {}

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """The scores (rows, vocabulary) of the next token, shaped."""
        if self._prompt is None:
            self._prompt = input_ids.shape[1]
        written = [tuple(ids) for ids in input_ids[:, self._prompt :].tolist()]
        rows: dict[tuple[int, Pieces], Row] = {}
        shaped = scores.clone()
        for i, ids in enumerate(written):
            key = (i // self.beams, ids)
            if key not in rows:
                rows[key] = self._row(key)
            shaped[i] = rows[key].shape(scores[i])
        self._rows = rows
        return shaped

    def drafts(self) -> list[Draft]:
        """Each task's poem (without beams)."""
        found = {task: row for (task, _), row in self._rows.items()}
        return [found[i].draft() for i in range(len(self.tasks))]

    def _row(self, key: tuple[int, Pieces]) -> Row:
        task, ids = key
        if not ids:
            guide = Guide(self.tasks[task], self.rules.spelling.characters, self.rules.firmness)
            return Row(self.rules, guide, self.rules.thinking)
        before = self._rows[task, ids[:-1]]
        row = before.copy() if self.beams > 1 else before
        row.push(ids[-1])
        return row


def _only(scores: torch.Tensor, token: int) -> torch.Tensor:
    closed = torch.full_like(scores, -torch.inf)
    closed[token] = 0.0
    return closed
