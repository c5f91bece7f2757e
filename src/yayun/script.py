"""Simplified and traditional: the one place where text changes script."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from yayun.prosody.tables import origins

if TYPE_CHECKING:
    from opencc import OpenCC


@cache
def _converter(config: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(config)


def to_simplified(text: str) -> str:
    """``text`` in simplified characters."""
    return str(_converter("t2s").convert(text))


def opencc_traditional(text: str) -> str:
    """``text`` in traditional characters as OpenCC alone has them, phrase by phrase."""
    return str(_converter("s2t").convert(text))


def to_traditional(text: str) -> str:
    """``text`` in traditional characters, to be read or told to the model; verdicts are on the text as it was given."""
    known = origins()
    if any(len(known.get(char, char)) > 1 for char in text):  # only phrases tell 皇后 from 後来
        return opencc_traditional(text)
    return "".join(known.get(char, char) for char in text)
