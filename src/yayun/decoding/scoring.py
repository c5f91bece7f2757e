"""How likely the model finds verse that stands: log probabilities of its characters, after a prompt and no plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yayun.decoding.decode import log_probability
from yayun.decoding.session import Session
from yayun.prompts import vocabulary as v

Nats = tuple[tuple[float, ...], ...]


def score_poems(session: Session, prompts: Sequence[Sequence[str]], poems: Sequence[Sequence[str]]) -> list[Nats]:
    """Each poem's log probabilities in nats, a tuple a line, one a character. ``poems`` (as the model writes:
    ``prompts.order.written``) are of one form; a prompt a poem. A batch costs a step a character, so give it some
    dozens at once."""
    ids = np.array([session.encode(_answer(lines)) for lines in poems])
    state = session.start([session.encode([*prompt, v.ANSWER]) for prompt in prompts])
    found = np.empty(ids.shape)
    for i in range(ids.shape[1]):
        found[:, i] = log_probability(state.logits, ids[:, i])
        if i + 1 < ids.shape[1]:
            state = session.step(state, ids[:, i : i + 1])
    ends = np.cumsum([len(line) + 1 for line in poems[0]])  # punctuation costs nothing and tells nothing
    return [
        tuple(tuple(map(float, row[end - len(line) - 1 : end - 1])) for line, end in zip(poems[0], ends, strict=True))
        for row in found
    ]


def _answer(lines: Sequence[str]) -> list[str]:
    return [token for i, line in enumerate(lines) for token in (*line, v.STOP if i % 2 else v.COMMA)]
