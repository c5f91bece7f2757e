"""Closing cadence: does the last couplet speak as last couplets do?

How much likelier its characters are in poets' last couplets than in their other ones, counted over the training split
by line length; a statement, a wish or a question closes where a picture goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np

from yayun.measures.corpus import corpus
from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse

PRIOR = 20.0  # uses that a character is given beforehand, shared out as last couplets and others share the verse


@dataclass(frozen=True)
class Closings:
    """``odds``: a character's log odds of standing in a last couplet rather than another, in nats."""

    odds: dict[str, float]

    def of(self, lines: Sequence[str]) -> float:
        """The mean over the characters of the last two lines, which a poem has at least."""
        return sum(self.odds.get(char, 0.0) for char in "".join(lines[-2:])) / len("".join(lines[-2:]))


def closing(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The mean log odds, in nats a character, that the last couplet closes; higher closes more plainly."""
    return closing_by(closings(), poems)


def closing_by(learnt: Closings, poems: Sequence[Verse]) -> Measured:
    """``closing`` by given counts."""
    return mean_measured(np.array([learnt.of(poem.lines) for poem in poems]))


@cache
def closings() -> Closings:
    """Counted over the local corpus."""
    return learn_closings(lines for _, lines in corpus().learnt)


def learn_closings(poems: Iterable[Sequence[str]]) -> Closings:
    """Count the couplets of poems."""
    last: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for lines in poems:
        last.update("".join(lines[-2:]))
        other.update("".join(lines[:-2]))
    part = last.total() / max(1, last.total() + other.total())
    return Closings(
        {
            char: log((last[char] + PRIOR * part) / (other[char] + PRIOR * (1 - part))) - log(part / (1 - part))
            for char in last | other
        }
    )
