"""Scansion in two looks: first by the readings in play; where that leaves a fault, with those that stand back too.

A reading that is merely unlikely must not make a correct poem wrong. So a poem with a fault is scanned again, places
whose other reading no reviewed row forbids being open; if that puts a fault right, the readings it needs are taken, and
no more of them than it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from yayun.prosody.meter.oblique import ObliqueScansion, scan_oblique
from yayun.prosody.meter.scansion import Scansion, scan
from yayun.prosody.tones import OPEN

# A scansion that costs less (in errors) has no fault; a second look must gain so much to count.
FAULTLESS = 0.9
GAIN = 0.7


def scan_twice(
    symbols: Sequence[str], loose: Sequence[str], *, first_rhymes: bool, oblique: bool
) -> tuple[Scansion | ObliqueScansion, tuple[str, ...]]:
    """The best scansion, and the symbols it was made from. ``symbols``: by the readings in play; ``loose``: with those
    that stand back; ``oblique``: the rhyme is (仄韵)."""
    found = _scan(symbols, first_rhymes, oblique)
    if found.cost < FAULTLESS or list(symbols) == list(loose):
        return found, tuple(symbols)
    again = _scan(loose, first_rhymes, oblique)
    if again.cost > found.cost - GAIN:
        return found, tuple(symbols)
    return least_loose(symbols, again, first_rhymes=first_rhymes, oblique=oblique)


def least_loose(
    symbols: Sequence[str], again: Scansion | ObliqueScansion, *, first_rhymes: bool, oblique: bool
) -> tuple[Scansion | ObliqueScansion, tuple[str, ...]]:
    """``again`` is the scansion of the loose symbols: the same with as few places loosened as keep what it gains."""
    needed = [
        (i, j)
        for i, (line, tones) in enumerate(zip(symbols, again.tones, strict=True))
        for j, (symbol, tone) in enumerate(zip(line, tones, strict=True))
        if symbol not in (OPEN, tone)
    ]
    worst = again.cost + 1 - GAIN
    for place in tuple(needed):
        fewer = [other for other in needed if other != place]
        if _scan(_loosened(symbols, fewer), first_rhymes, oblique).cost <= worst:
            needed = fewer
    chosen = _loosened(symbols, needed)
    return _scan(chosen, first_rhymes, oblique), chosen


def _loosened(symbols: Sequence[str], places: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    lines = [list(line) for line in symbols]
    for i, j in places:
        lines[i][j] = OPEN
    return tuple(map("".join, lines))


def _scan(symbols: Sequence[str], first_rhymes: bool, oblique: bool) -> Scansion | ObliqueScansion:
    if oblique:
        return scan_oblique(symbols, first_rhymes=first_rhymes)
    return scan(symbols, first_rhymes=first_rhymes)
