"""Coherence: does each couplet go with the next one rather than with another poem's?

By the association of characters of neighbouring couplets in the training split (``quality.association``); a character
with itself counts for nothing, so repeating a word is not coherence. The rivals are the couplets at the same place in
poems of the same form and group, of the same sample: a poet who is alike everywhere gains nothing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from yayun.measures.association import Association, couplet_association
from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse

RIVALS = 8
SEED = 13


def coherence(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The share of comparisons (0..1, higher is better, chance 0.5) that the poem's own next couplet wins.

    Rivals are human where the sample has none of the same form and group under another title.
    """
    return coherence_by(couplet_association(), poems, human)


def coherence_by(association: Association, poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """``coherence`` by a given association."""
    rng = random.Random(SEED)
    ours, theirs = _by_cell(poems), _by_cell(human)
    found = []
    for poem in poems:
        rivals = _apart(poem, ours[poem.cell]) or _apart(poem, theirs[poem.cell])
        rivals = rng.sample(rivals, min(RIVALS, len(rivals)))
        wins = [
            _wins(association, poem.couplets[i], poem.couplets[i + 1], [r.couplets[i + 1] for r in rivals])
            for i in range(len(poem.couplets) - 1)
            if rivals
        ]
        if wins:
            found.append(sum(wins) / len(wins))
    return mean_measured(np.array(found))


def _by_cell(poems: Sequence[Verse]) -> dict[tuple[str, str | None], list[Verse]]:
    cells: dict[tuple[str, str | None], list[Verse]] = defaultdict(list)
    for poem in poems:
        cells[poem.cell].append(poem)
    return cells


def _apart(poem: Verse, others: Sequence[Verse]) -> list[Verse]:
    """Poems on something else, as long as ``poem``."""
    return [
        other
        for other in others
        if other is not poem
        and (not other.title or other.title != poem.title)
        and len(other.couplets) >= len(poem.couplets)
    ]


def _wins(association: Association, upper: str, own: str, rivals: Sequence[str]) -> float:
    mine = association.of(upper, own)
    scores = [association.of(upper, rival) for rival in rivals]
    return sum((mine > s) + 0.5 * (mine == s) for s in scores) / len(scores)
