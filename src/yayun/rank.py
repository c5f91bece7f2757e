"""Choosing among drafts that pass: likelihood, parallelism, closeness to the title, images, warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from yayun.prosody.antithesis import couplet_parallelism
from yayun.retrieval.imagery import association

if TYPE_CHECKING:
    from yayun.writers.decode import Draft
    from yayun.writers.embedded import Order

# Weights of the standardised features; likelihood alone would choose clichés.
LIKELIHOOD, PARALLEL, THEME, IMAGE = 1.0, 0.7, 0.7, 2.0


def rank(title: str, imagery: Sequence[str], drafts: Sequence[tuple[Order, Draft]]) -> tuple[Order, Draft]:
    """The best of the drafts."""
    import numpy as np

    from yayun.script import to_simplified

    def standard(values: list[float]) -> np.ndarray:
        spread = np.std(values)
        return (np.array(values) - np.mean(values)) / (spread if spread > 1e-9 else 1.0)

    score = LIKELIHOOD * standard([d.likelihood for _, d in drafts])
    score += PARALLEL * standard([parallelism(d.lines) for _, d in drafts])
    if title:
        score += THEME * standard([association(title, "".join(d.lines)) for _, d in drafts])
    wanted = [to_simplified(w) for w in imagery]
    for i, (_, draft) in enumerate(drafts):
        text = to_simplified("".join(draft.lines))
        score[i] += IMAGE * sum(w in text for w in wanted)
    return drafts[int(np.argmax(score))]


def parallelism(lines: Sequence[str]) -> float:
    """Mean parallelism of the middle couplets of an octave; for a quatrain that of its better couplet."""
    couplets = [couplet_parallelism(lines[i], lines[i + 1]) for i in range(0, len(lines) - 1, 2)]
    return sum(couplets[1:3]) / 2 if len(couplets) == 4 else max(couplets)
