"""Counting what regulated poems of the corpus use a character as: level or oblique, and as a foot of which group.

A witness, not a dictionary: only training poems whose strict places (even places and line ends) fit exactly one of the
four patterns of their form are counted, two-tone and unresolved characters fitting anything. Shared by the
``build_*`` scripts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.prosody.forms.regulated import FORMS, line_types, patterns
from yayun.prosody.readings.lexicon import readings, standardize
from yayun.prosody.tones import LEVEL

LEVEL_BIT, OBLIQUE_BIT = 1, 2
# The line of type b may swap places 3 and 4 (特拗): 平平仄平仄.
SWAPPED = "b"
# The line of type a may turn place 4 oblique (大拗): a two-tone character there says nothing.
LOOSE = "a"


_Places = tuple[tuple[tuple[int, int, int], ...], tuple[tuple[int, int], ...], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Fit:
    """A regular poem: its ``lines`` (standardised), and the strict places as (line, place, needs level)."""

    poem: CorpusPoem
    lines: tuple[str, ...]
    strict: tuple[tuple[int, int, bool], ...]
    rhyming: tuple[int, ...]
    misfits: tuple[tuple[int, int, bool], ...] = field(default=())


@cache
def mask(char: str) -> int:
    bits = {LEVEL_BIT if reading.level else OBLIQUE_BIT for reading in readings(char)}
    return sum(bits) or LEVEL_BIT | OBLIQUE_BIT


@cache
def _strict_places(form: str) -> tuple[_Places, ...]:
    """For each pattern: the plain strict places (line, place, bit), where a pair of places may be swapped, and the
    lines whose last place but one is loose."""
    width = FORMS[form][0]
    found = []
    for pattern in patterns(form):
        plain, swaps, loose = [], [], set()
        for i, (kind, line) in enumerate(zip(line_types(pattern), pattern.tones, strict=True)):
            for j in (*range(1, width - 1, 2), width - 1):
                if kind == SWAPPED and j == width - 2:
                    swaps.append((i, j - 1))
                else:
                    if kind == LOOSE and j == width - 2:
                        loose.add(i)
                    plain.append((i, j, LEVEL_BIT if line[j] == LEVEL else OBLIQUE_BIT))
        found.append((tuple(plain), tuple(swaps), frozenset(loose)))
    return tuple(found)


def fit(poem: CorpusPoem, allowed_misfits: int = 0) -> Fit | None:
    """``poem`` as a regular poem, or None where no pattern, or more than one, fits."""
    form = poem.form
    if form is None:
        return None
    lines = tuple(standardize(line) for line in poem.lines)
    masks = [[mask(c) for c in line] for line in lines]
    fits = []
    for pattern, (plain, swaps, loose) in zip(patterns(form), _strict_places(form), strict=True):
        misfits = [(i, j, bit == LEVEL_BIT) for i, j, bit in plain if not masks[i][j] & bit]
        if len(misfits) > allowed_misfits or not all(_pair_fits(masks[i][j], masks[i][j + 1]) for i, j in swaps):
            continue
        strict = [(i, j, bit == LEVEL_BIT) for i, j, bit in plain if i not in loose or j != len(lines[i]) - 2]
        # Place 4 of b is sure only where place 3 is certainly level.
        strict += [(i, j + 1, False) for i, j in swaps if masks[i][j] == LEVEL_BIT]
        fits.append(Fit(poem, lines, tuple(strict), pattern.rhyming, tuple(misfits)))
    return fits[0] if len(fits) == 1 else None


def _pair_fits(third: int, fourth: int) -> bool:
    return bool((third & LEVEL_BIT and fourth & OBLIQUE_BIT) or (third & OBLIQUE_BIT and fourth & LEVEL_BIT))


def regular_poems(allowed_misfits: int = 0) -> Iterator[Fit]:
    """The training poems that are regular."""
    for poem in read_poems():
        if poem.split == "train" and (found := fit(poem, allowed_misfits)) is not None:
            yield found


def foot_votes(lines: Sequence[str], rhyming: Sequence[int]) -> Iterator[tuple[str, str]]:
    """(foot, the one level group its fellow feet agree on), for each even line's foot with at least two fellows.

    A first line may borrow from a neighbour, so it has no vote unless it agrees.
    """
    held = {i: {r.group for r in readings(lines[i][-1]) if r.level} for i in rhyming}
    for i in rhyming:
        if i % 2 == 0:
            continue
        even = [held[k] for k in rhyming if k % 2 and k != i]
        agreed = set.intersection(*even)
        if len(even) == 1 and 0 in held:
            agreed &= held[0]
        if len(agreed) == 1 and (len(even) >= 2 or 0 in held):
            yield lines[i][-1], *agreed


def tone_counts(fits: Sequence[Fit]) -> tuple[Counter[str], Counter[str]]:
    """(uses as level, uses as oblique) by character."""
    level: Counter[str] = Counter()
    oblique: Counter[str] = Counter()
    for found in fits:
        for i, j, needs_level in found.strict:
            (level if needs_level else oblique)[found.lines[i][j]] += 1
    return level, oblique
