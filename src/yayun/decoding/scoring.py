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
    found = _read(session, prompts, [_answer([line[::step] for line in lines], after) for lines in poems])
    # Punctuation costs nothing and tells nothing.
    starts = np.cumsum([0, *(len(line) + len(mark) for line, mark in zip(poems[0], after, strict=True))])
    return [
        tuple(tuple(row[at : at + len(line)][::step]) for line, at in zip(poems[0], starts.tolist(), strict=False))
        for row in found
    ]


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
            read = _read(session, [rows[i][0] for i in part], [list(rows[i][1]) for i in part])
            found |= zip(part, map(tuple, read), strict=True)
    starts = np.cumsum([0, *map(len, poems)])
    return [tuple(found[start + i] for i in range(len(p))) for start, p in zip(starts.tolist(), poems, strict=False)]


def _read(session: Session, prompts: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]) -> list[list[float]]:
    """Log probabilities of the tokens of answers that are equally long, after their prompts."""
    ids = np.array([session.encode(text) for text in texts])
    state = session.start([session.encode([*prompt, v.ANSWER]) for prompt in prompts])
    found = np.empty(ids.shape)
    for i in range(ids.shape[1]):
        found[:, i] = log_probability(state.logits, ids[:, i])
        if i + 1 < ids.shape[1]:
            state = session.step(state, ids[:, i : i + 1])
    return [[*map(float, row)] for row in found]


def _answer(lines: Sequence[str], marks: Marks) -> list[str]:
    return [token for line, mark in zip(lines, marks, strict=True) for token in (*line, *mark)]
