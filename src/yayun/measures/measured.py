"""The interface of a quality measure.

A measure is a function ``(poems, human) -> Measured``: ``poems`` is the sample, ``human`` human poems matched to it
(``quality.reference``). Its human reference is the same function called with other matched human poems in the
sample's place, so that the two numbers stand beside each other. ``value`` is in the measure's own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from yayun.measures.bootstrap import Interval, mean_intervals
from yayun.measures.verse import Verse

# What else in the project looks at the same thing: nothing, a training reward, or the choice among drafts.
Role = Literal["evidence", "reward", "selection"]


@dataclass(frozen=True, slots=True)
class Measured:
    """``value`` with its 95 % interval over poems (None where resampling poems would change what is measured) and the
    number of poems (or groups of poems) it rests on."""

    value: float
    ci95: Interval | None
    n: int


MeasureFunction = Callable[[Sequence[Verse], Sequence[Verse]], Measured]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its names: ``label`` is Chinese, ``better`` says which way good verse lies (``human``: near the
    human value), ``role`` whether it can serve as evidence. ``held_out``: the human number is of held-out poems."""

    name: str
    label: str
    better: Literal["low", "high", "human"]
    role: Role
    function: MeasureFunction
    held_out: bool = False


def mean_measured(values: np.ndarray) -> Measured:
    """The mean of (n,) values, one a poem, with its interval."""
    if len(values) == 0:
        return Measured(float("nan"), None, 0)
    return Measured(float(values.mean()), mean_intervals(values[:, None])[0], len(values))
