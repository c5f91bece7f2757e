"""Which readings are in play at each place of a line: compounds first, then neighbours, then the prior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from yayun.prosody import tables
from yayun.prosody.characters import LEVEL, OBLIQUE, Reading, everyday, readings, tone_classes

How = Literal["only", "compound", "sense", "prior", "open", "unresolved"]
_LONGEST = 4  # characters of the longest compound


@dataclass(frozen=True, slots=True)
class Place:
    """A character where it stands: the ``readings`` in play here, ``how`` that was decided, and the ``alternatives``
    ruled out (so that a finding can say "fits only as ...")."""

    char: str
    readings: tuple[Reading, ...]
    how: How
    alternatives: tuple[Reading, ...]

    @property
    def tones(self) -> frozenset[str]:
        return tone_classes(self.readings)


class _WithoutContext(dict[str, Place]):
    """Character -> its place by the prior alone, made when first asked for."""

    def __missing__(self, char: str) -> Place:
        usual = everyday(char)
        rare = tuple(reading for reading in readings(char) if reading.rare)
        how: How
        if not usual:
            how = "unresolved"
        elif len(tone_classes(usual)) == 2:
            how = "open"
        elif tone_classes(rare) - tone_classes(usual):
            how = "prior"
        else:
            how = "only"
        self[char] = place = Place(char, usual, how, rare)
        return place


_without_context = _WithoutContext()


def read_line(line: str) -> tuple[Place, ...]:
    """A place for each character of ``line``, decided by context as far as the tables can."""
    places = tuple(map(_without_context.__getitem__, line))
    contextual = _contextual()
    if contextual.isdisjoint(line):
        return places
    folded = line.translate(tables.folding())
    return tuple(
        _in_context(place, folded, i) if place.char in contextual else place for i, place in enumerate(places)
    )


@cache
def _contextual() -> frozenset[str]:
    """Every character, in any script, that a compound or a neighbour can decide."""
    folded = {word[place] for word, marks in tables.compounds().items() for place, _ in marks}
    folded |= {char for char, _ in _cues()}
    found = set(folded)
    for ordinal, simplified in tables.folding().items():
        if simplified in folded:
            found.add(chr(ordinal))
    return frozenset(found)


@cache
def _cues() -> dict[tuple[str, str], str]:
    """(folded character, ``<x`` for x before it or ``>x`` for x after it) -> group."""
    found: dict[tuple[str, str], str] = {}
    for rows in tables.senses().values():
        for row in rows:
            char, _, _, _, before, after, *_ = row.translate(tables.folding()).split("\t")
            group = row.split("\t")[1]
            found |= {(char, "<" + neighbour): group for neighbour in before}
            found |= {(char, ">" + neighbour): group for neighbour in after}
    return found


def _in_context(place: Place, folded: str, i: int) -> Place:
    if (selected := _by_compound(folded, i)) is not None:
        return _select(place, selected, "compound")
    cues = _cues()
    char = folded[i]
    if i and (selected := cues.get((char, "<" + folded[i - 1]))) is not None:
        return _select(place, selected, "sense")
    if i + 1 < len(folded) and (selected := cues.get((char, ">" + folded[i + 1]))) is not None:
        return _select(place, selected, "sense")
    return place


def _by_compound(folded: str, i: int) -> str | None:
    """The reading the longest compound around place ``i`` selects there, leftmost first."""
    words = tables.compounds()
    for length in range(_LONGEST, 1, -1):
        for start in range(max(0, i - length + 1), min(i, len(folded) - length) + 1):
            for place, selected in words.get(folded[start : start + length], ()):
                if place == i - start:
                    return selected
    return None


def _select(place: Place, selected: str, how: How) -> Place:
    every = readings(place.char)
    chosen = tuple(r for r in every if _is(r, selected))
    if not chosen:
        return place
    return Place(place.char, chosen, how, tuple(r for r in every if not _is(r, selected)))


def _is(reading: Reading, selected: str) -> bool:
    if selected in (LEVEL, OBLIQUE):
        return reading.level == (selected == LEVEL)
    return reading.group == selected
