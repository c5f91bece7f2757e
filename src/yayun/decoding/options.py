"""How a poem is decoded, as values; no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Sampling:
    """``temperature`` > 0; ``top_p`` in (0, 1]; ``wish``: how firmly images asked for are brought in
    (see ``Guide``)."""

    temperature: float = 0.4
    top_p: float = 0.95
    wish: float = 1.0


@dataclass(frozen=True, slots=True)
class Way:
    """In which order a poem comes to be. ``plan``: what is named before the verse: nothing, an image a sentence, beside
    these the rhyme feet, or beside them the two-character endings of the rhyming lines, which are then kept;
    ``backwards``: each line is written from its last character to its first."""

    plan: Literal["none", "images", "feet", "endings"] = "images"
    backwards: bool = False
