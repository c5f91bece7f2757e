"""How parallel (對仗) the two lines of a couplet are."""

from __future__ import annotations

from array import array
from functools import cache
from importlib.resources import files
from math import exp, sqrt
from operator import mul

from yayun.prosody.lexicon import standardize

_WIDTH = 64


@cache
def _codes() -> dict[str, tuple[float, ...]]:
    """Character -> its unit code of 64 numbers, learnt from aligned characters of middle couplets."""
    data = files("yayun.prosody") / "data"
    chars = (data / "antithesis_chars.txt").read_text(encoding="utf-8").strip()
    flat = array("b", (data / "antithesis_codes.bin").read_bytes())
    found = {}
    for i, char in enumerate(chars):
        row = flat[i * _WIDTH : (i + 1) * _WIDTH]
        norm = sqrt(sum(map(mul, row, row))) or 1.0
        found[char] = tuple(x / norm for x in row)
    return found


@cache
def _similarity(first: str, second: str) -> float:
    codes = _codes()
    if first == second or first not in codes or second not in codes:
        return 0.0
    return sum(map(mul, codes[first], codes[second]))


def couplet_parallelism(upper: str, lower: str) -> float:
    """How parallel two lines are, 0..1 (0.5 = undecided). Lines of unequal length are compared as far as both go."""
    upper, lower = standardize(upper), standardize(lower)
    width = max(len(upper), len(lower))
    if not width:
        return 0.0
    mean = sum(map(_similarity, upper, lower)) / width
    return 1.0 / (1.0 + exp(-(14.28 * mean - 3.97)))
