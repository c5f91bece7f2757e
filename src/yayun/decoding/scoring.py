"""How likely the model finds verse that stands: log probabilities of its characters, after a prompt and no plan.

A model that knows how can read a poem in several ways: from its first character to its last, each line from its last
to its first, each line given all the others, and without the title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yayun.decoding.sampling import log_probability
from yayun.decoding.session import Session
from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import kept_tokens, line_marks

Nats = tuple[tuple[float, ...], ...]
TOGETHER = 64  # rows read at once


@dataclass(frozen=True, slots=True)
class Reread:
    """A poem's log probabilities in nats, a tuple a line, one a character in reading order: as it is written
    (``forward``); each line from its last character to its first; each line given all the others; without its title."""

    forward: Nats
    backward: Nats
    given_rest: Nats
    untitled: Nats


@dataclass(frozen=True, slots=True)
class Reading:
    """A poem as the model reads it: its ``nats``, and what the model makes of its characters, their mean, (width,);
    None of a model that does not tell."""

    nats: Nats
    sense: np.ndarray | None


Marks = Sequence[Sequence[str]]


def score_poems(
    session: Session,
    prompts: Sequence[Sequence[str]],
    poems: Sequence[Sequence[str]],
    *,
    marks: Marks | None = None,
    backwards: bool = False,
) -> list[Nats]:
    """Each poem's log probabilities in nats, a tuple a line, one a character. ``poems`` (as the model writes:
    ``prompts.order.written``) are of one form; a prompt a poem, which says so where lines are to be read
    ``backwards``; ``marks``: the tokens after each line, None as regulated verse has them. A batch costs a
    step a character, so give it some dozens at once."""
    step = -1 if backwards else 1
    after = marks or line_marks(len(poems[0]))
    found, _ = _read(session, prompts, [_answer([line[::step] for line in lines], after) for lines in poems])
    spans = _spans(poems[0], after)
    return [tuple(tuple(row[at:to][::step]) for at, to in spans) for row in found]


def read_poems(
    session: Session, prompts: Sequence[Sequence[str]], poems: Sequence[Sequence[str]], *, marks: Marks | None = None
) -> list[Reading]:
    """The same, from the first character to the last, with what the model makes of them."""
    after = marks or line_marks(len(poems[0]))
    found, hidden = _read(session, prompts, [_answer(lines, after) for lines in poems], telling=True)
    spans = _spans(poems[0], after)
    places = [place for at, to in spans for place in range(at, to)]
    senses = [None] * len(poems) if hidden is None else hidden[:, places].mean(axis=1)
    nats = [tuple(tuple(row[at:to]) for at, to in spans) for row in found]
    return [Reading(*one) for one in zip(nats, senses, strict=True)]


def _spans(lines: Sequence[str], marks: Marks) -> list[tuple[int, int]]:
    """Where each line's characters are in an answer: punctuation costs nothing and tells nothing."""
    starts = np.cumsum([0, *(len(line) + len(mark) for line, mark in zip(lines, marks, strict=True))]).tolist()
    return [(at, at + len(line)) for line, at in zip(lines, starts, strict=False)]


def score_lines(
    session: Session,
    prompts: Sequence[Sequence[str]],
    poems: Sequence[Sequence[str]],
    *,
    marks: Marks | None = None,
) -> list[Nats]:
    """The same, each line given all the others of its poem."""
    rows = [
        ([*prompt, *kept_tokens([None if i == gap else line for i, line in enumerate(lines)], marks)], lines[gap])
        for prompt, lines in zip(prompts, poems, strict=True)
        for gap in range(len(lines))
    ]
    found: dict[int, tuple[float, ...]] = {}
    for width in dict.fromkeys(len(line) for _, line in rows):
        alike = [i for i, (_, line) in enumerate(rows) if len(line) == width]
        for start in range(0, len(alike), TOGETHER):
            part = alike[start : start + TOGETHER]
            read, _ = _read(session, [rows[i][0] for i in part], [list(rows[i][1]) for i in part])
            found |= zip(part, map(tuple, read), strict=True)
    starts = np.cumsum([0, *map(len, poems)])
    return [tuple(found[start + i] for i in range(len(p))) for start, p in zip(starts.tolist(), poems, strict=False)]


def _read(
    session: Session, prompts: Sequence[Sequence[str]], texts: Sequence[Sequence[str]], *, telling: bool = False
) -> tuple[list[list[float]], np.ndarray | None]:
    """Log probabilities of the tokens of answers that are equally long, after their prompts; ``telling``: with what the
    model makes of each token but the last, (rows, tokens - 1, width), where it tells."""
    ids = np.array([session.encode(text) for text in texts])
    state = session.start([session.encode([*prompt, v.ANSWER]) for prompt in prompts])
    found = np.empty(ids.shape)
    hidden = []
    for i in range(ids.shape[1]):
        found[:, i] = log_probability(state.logits, ids[:, i])
        if i + 1 < ids.shape[1]:
            state = session.step(state, ids[:, i : i + 1], telling=telling)
            hidden += [] if state.hidden is None else [state.hidden]
    return [[*map(float, row)] for row in found], np.stack(hidden, axis=1) if hidden else None


def _answer(lines: Sequence[str], marks: Marks) -> list[str]:
    return [token for line, mark in zip(lines, marks, strict=True) for token in (*line, *mark)]
