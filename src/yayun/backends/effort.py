"""How much work goes into a poem."""

from __future__ import annotations

from typing import Literal

Effort = Literal["quick", "normal", "careful"]
EFFORT: Effort = "normal"
# Drafts a poem is chosen from in guided mode.
DRAFTS: dict[str, int] = {"quick": 12, "normal": 64, "careful": 256}
TEMPERATURE = 0.4
COOLEST, HOTTEST = 0.05, 2.0  # temperatures there are
