"""Theme: does the poem find its own title among 20?

Titles and characters are associated by how often they met in the training split (``quality.association``); the
title's own characters count for nothing, so naming the subject is not enough.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from yayun.measures.association import Association, title_association
from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse
from yayun.retrieval.units import title_units

CHOICES = 20
SEED = 11


def theme(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The share of poems (0..1, higher is better, chance 0.05) whose own title scores best among ``CHOICES``.

    The other titles are the sample's own, or human ones where the sample has too few without a character in common.
    """
    return theme_by(title_association(), poems, human)


def theme_by(association: Association, poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """``theme`` by a given association."""
    own = list(dict.fromkeys(p.title for p in poems if p.title))
    others = [t for t in dict.fromkeys(h.title for h in human if h.title) if t not in set(own)]
    rng = random.Random(SEED)
    found = []
    for poem in poems:
        rivals = _rivals(poem.title, own, rng)
        rivals += _rivals(poem.title, others, rng)[: CHOICES - 1 - len(rivals)]
        if poem.title and rivals:
            found.append(_wins(association, poem, rivals))
    return mean_measured(np.array(found))


def _rivals(title: str, titles: Sequence[str], rng: random.Random) -> list[str]:
    apart = [t for t in titles if not set(t) & set(title)]
    return rng.sample(apart, min(CHOICES - 1, len(apart)))


def _wins(association: Association, poem: Verse, rivals: Sequence[str]) -> float:
    """1 where the poem's title scores best, a share of it where it ties for best."""
    text = "".join(poem.lines)
    mine = association.of(title_units(poem.title), text)
    theirs = [association.of(title_units(title), text) for title in rivals]
    return 0.0 if max(theirs) > mine else 1.0 / (1 + theirs.count(mine))
