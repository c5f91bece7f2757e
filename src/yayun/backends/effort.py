"""How much work goes into a poem."""

from __future__ import annotations

from typing import Literal

Effort = Literal["quick", "normal", "careful"]
EFFORT: Effort = "normal"
# Drafts a poem is chosen from in guided mode.
DRAFTS: dict[str, int] = {"quick": 12, "normal": 64, "careful": 256}
TEMPERATURE, FREE_TEMPERATURE = 0.4, 0.6  # without the mask the cooler verse repeats itself
COOLEST, HOTTEST = 0.05, 2.0  # temperatures there are
