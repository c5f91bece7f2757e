"""A reader's liking for finished verse, learnt from marked drafts: linear in what a model makes of the characters.

``critic.tsv`` lies beside the weights it was fitted with (``scripts/fit_choosing.py``): what the model makes of a
character means something to that model alone. docs/choosing.md has what was tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from yayun.choosing.features import FEATURES, features

if TYPE_CHECKING:
    from yayun.decoding.decode import Draft

FILE = "critic.tsv"
HIDDEN = "hidden"  # the rows of what the model makes of the characters, in order


@dataclass(frozen=True)
class Critic:
    """Points a unit that a draft has beyond those of ``rank.weights``: of ``features`` (features,), for what they are
    worth beside the rest is less, and of what the model makes of its characters, ``hidden`` (width,)."""

    features: np.ndarray
    hidden: np.ndarray

    def impression(self, title: str, draft: Draft, made: np.ndarray) -> float:
        """Points to add to a draft's worth. ``made``: the mean of what the model makes of its characters, (width,)."""
        return float(features(title, [draft])[0] @ self.features + made @ self.hidden)


def read_critic(folder: Path) -> Critic | None:
    """The critic of the weights in ``folder``; None where there is none."""
    path = folder / FILE
    if not path.is_file():
        return None
    rows = [row.split("\t") for row in path.read_text(encoding="utf-8").splitlines()[1:]]
    told = {name: float(points) for name, points in rows if name in FEATURES}
    hidden = [float(points) for name, points in rows if name == HIDDEN]
    return Critic(np.array([told[name] for name in FEATURES]), np.array(hidden))


def critic_text(critic: Critic) -> str:
    """The text of ``critic.tsv``."""
    named = [*zip(FEATURES, critic.features, strict=True), *((HIDDEN, points) for points in critic.hidden)]
    return "feature\tpoints a unit\n" + "".join(f"{name}\t{points:.5f}\n" for name, points in named)
