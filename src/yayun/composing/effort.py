"""How much work goes into a poem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Effort = Literal["quick", "normal", "careful"]
EFFORT: Effort = "normal"
# Drafts a poem is chosen from in guided mode.
DRAFTS: dict[str, int] = {"quick": 12, "normal": 64, "careful": 256}
TEMPERATURE = 0.6
COOLEST, HOTTEST = 0.05, 2.0  # temperatures there are


@dataclass(frozen=True, slots=True)
class Revising:
    """How long is revised: so many of the best drafts (``poems``), so many ``rounds``, in each of which a line of every
    draft is written again in so many ``wordings``."""

    poems: int
    rounds: int
    wordings: int


# By a model that can write a line given all the others.
REVISING: dict[str, Revising | None] = {
    "quick": None,
    "normal": Revising(poems=2, rounds=2, wordings=16),
    "careful": Revising(poems=3, rounds=8, wordings=32),
}
