"""How a poem is to be written, whoever writes it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from yayun.backends.effort import COOLEST, DRAFTS, EFFORT, FREE_TEMPERATURE, HOTTEST, TEMPERATURE
from yayun.errors import YayunError

MODES = ("guided", "free")


@dataclass(frozen=True, slots=True)
class Options:
    """How to write. ``mode`` guided or free; ``temperature`` 0.05 to 2, None for the mode's own; ``seed`` from 0, None
    draws one; ``effort`` quick, normal or careful; ``candidates``: drafts to choose from, None for as many as the
    effort says.

    Raises YayunError for any other value.
    """

    mode: str = "guided"
    rag: bool = True
    seed: int | None = None
    temperature: float | None = None
    effort: str = EFFORT
    candidates: int | None = None

    def __post_init__(self) -> None:
        if self.effort not in DRAFTS:
            raise YayunError(f"没有“{self.effort}”这一档:effort 请用 {'、'.join(DRAFTS)}。")
        if self.mode not in MODES:
            raise YayunError(f"没有“{self.mode}”这种写法:mode 请用 {'、'.join(MODES)}。")
        if not COOLEST <= self.heat <= HOTTEST:
            raise YayunError(f"temperature 要在 {COOLEST} 到 {HOTTEST} 之间,不能是 {self.temperature}。")
        if self.seed is not None and self.seed < 0:
            raise YayunError(f"seed 要从 0 起,不能是 {self.seed}。")
        if self.candidates is not None and self.candidates < 1:
            raise YayunError(f"candidates 至少要 1,不能是 {self.candidates}。")

    @property
    def heat(self) -> float:
        """The temperature to write at."""
        own = FREE_TEMPERATURE if self.mode == "free" else TEMPERATURE
        return own if self.temperature is None else self.temperature

    @property
    def drafts(self) -> int:
        """Drafts a poem is chosen from."""
        return 1 if self.mode == "free" else self.candidates or DRAFTS[self.effort]


def draw_seed() -> int:
    """A fresh seed, short enough to type."""
    return secrets.randbelow(1_000_000)
