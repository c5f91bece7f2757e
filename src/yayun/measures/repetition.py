"""Repetition inside a poem: characters that stand in an earlier line too (叠字 and repeats within a line apart)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse


def repeated_share(lines: Sequence[str]) -> float:
    """The share (0..1) of a poem's characters that an earlier line has; lines in one spelling."""
    seen: set[str] = set()
    repeated = total = 0
    for line in lines:
        repeated += sum(char in seen for char in line)
        total += len(line)
        seen |= set(line)
    return repeated / total if total else 0.0


def repetition(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The mean share of repeated characters; lower is better, human verse is not at 0."""
    return mean_measured(np.array([repeated_share(poem.lines) for poem in poems]))
