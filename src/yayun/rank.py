"""How good a draft is beside its rivals: likelihood, parallelism, closeness to the title, images, tones kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from yayun.prosody.antithesis import couplet_parallelism
from yayun.retrieval.imagery import association
from yayun.script import to_simplified

if TYPE_CHECKING:
    import numpy as np

    from yayun.writers.decode import Draft

# Weights of the standardised features; likelihood alone would choose clichés.
LIKELIHOOD, PARALLEL, THEME, IMAGE, BROKEN = 1.0, 0.7, 0.7, 2.0, 100.0


def judge(title: str, imagery: Sequence[str], octave: bool, drafts: Sequence[Draft]) -> np.ndarray:
    """A score a draft, comparable among these drafts only; drafts may be unfinished, all equally far.

    ``octave``: is it to be a 律诗, whose middle couplets are parallel? Shape (drafts,). Features are standardised over
    the drafts, so their scales don't matter.
    """
    import numpy as np

    score = LIKELIHOOD * _standard([d.likelihood for d in drafts])
    score += PARALLEL * _standard([parallelism(d.lines, octave) for d in drafts])
    if title:
        score += THEME * _standard([association(title, "".join(d.lines)) for d in drafts])
    score -= BROKEN * np.array([d.broken for d in drafts])
    wanted = [to_simplified(w) for w in imagery]
    if wanted:
        texts = [to_simplified("|".join(d.lines)) for d in drafts]
        score += IMAGE * np.array([sum(w in text for w in wanted) for text in texts])
    return score


def _standard(values: Sequence[float]) -> np.ndarray:
    """Values less their mean, over their spread."""
    import numpy as np

    spread = float(np.std(values))
    return (np.array(values) - np.mean(values)) / (spread if spread > 1e-9 else 1.0)


def parallelism(lines: Sequence[str], octave: bool) -> float:
    """Mean parallelism of an octave's middle couplets as far as it has come (0 before them); of a quatrain, that of
    its better couplet."""
    couplets = [couplet_parallelism(lines[i], lines[i + 1]) for i in range(0, len(lines) - 1, 2)]
    if not octave:
        return max(couplets)
    middle = couplets[1:3]
    return sum(middle) / len(middle) if middle else 0.0
