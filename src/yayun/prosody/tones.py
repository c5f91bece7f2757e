"""The tones of the rhyme books, the two tone classes of verse, and what a place that may have either is written as."""

from __future__ import annotations

from typing import Literal, get_args

Tone = Literal["平", "上", "去", "入"]
LEVEL, OBLIQUE = "平", "仄"
OPEN = "中"  # either tone
TONES: tuple[Tone, ...] = get_args(Tone)


def as_tone(text: str) -> Tone:
    """A tone as a table has it. Raises ValueError for anything else."""
    return TONES[TONES.index(text)]
