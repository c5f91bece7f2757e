"""How lines end, what words they are made of, and what stands in for content: what a reader complains of first.

Endings and words are attested where poets of the training split wrote them at least twice (``retrieval.phrases``), so
a held-out human poem has unattested ones too: the human number says how many are nothing to complain of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from yayun.choosing.words import glue, numerals, share
from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse
from yayun.retrieval.phrases import phrases


def unattested_twos(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The share (0..1) of a poem's lines whose last two characters no poet ended a line with."""
    return _mean_of(poems, lambda poem: _unattested(poem, 2))


def unattested_threes(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The same of the last three characters."""
    return _mean_of(poems, lambda poem: _unattested(poem, 3))


def _unattested(poem: Verse, length: int) -> float:
    known = phrases()
    return sum(not known.attested_end(line, length) for line in poem.lines) / len(poem.lines)


def unattested_words(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The share (0..1) of a poem's words (pairs of characters at the verse's word boundaries) that no poet joined."""
    return _mean_of(poems, _unattested_words)


def _unattested_words(poem: Verse) -> float:
    found = [there for line in poem.lines for there in phrases().attested_words(line)]
    return sum(not there for there in found) / max(1, len(found))


def glue_words(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The share (0..1) of a poem's characters that join and tone down and name nothing."""
    return _mean_of(poems, lambda poem: share("".join(poem.lines), glue()))


def number_words(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """Number words a line."""
    return _mean_of(poems, lambda poem: sum(c in numerals() for line in poem.lines for c in line) / len(poem.lines))


def _mean_of(poems: Sequence[Verse], function: Callable[[Verse], float]) -> Measured:
    return mean_measured(np.array([function(poem) for poem in poems]))
