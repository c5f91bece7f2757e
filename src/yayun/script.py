"""Simplified and traditional: the one place where text changes script."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC


@cache
def _converter(config: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(config)


def to_simplified(text: str) -> str:
    """``text`` in simplified characters."""
    return _converter("t2s").convert(text)


def to_traditional(text: str) -> str:
    """``text`` in traditional characters (for titles; a poem's own script is never guessed back)."""
    return _converter("s2t").convert(text)
