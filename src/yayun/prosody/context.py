"""Which readings are in play at each place of a line: compounds first, then neighbours, then the prior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from yayun.prosody import tables
from yayun.prosody.characters import LEVEL, OBLIQUE, Reading, everyday, readings, tone_classes

How = Literal["only", "compound", "sense", "prior", "open", "unresolved"]
_LONGEST = 4  # characters of the longest compound
LINE_END = "$"  # as a neighbour in senses.tsv


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
    spelled = folded | {chr(ordinal) for ordinal, simplified in tables.folding().items() if simplified in folded}
    return frozenset(char for char in spelled if len(tone_classes(readings(char))) == 2)


@cache
def _cues() -> dict[tuple[str, str], frozenset[str]]:
    """(folded character, ``<x`` for x before it or ``>x`` for x after it) -> groups."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for rows in tables.senses().values():
        for row in rows:
            _, group, _, _, before, after, _ = row.split("\t")
            char = row[0].translate(tables.folding())
            for key in ["<" + c for c in before] + [">" + c for c in after]:
                key = key.translate(tables.folding())
                found[char, key] = found.get((char, key), frozenset()) | {group}
    return found


def _in_context(place: Place, folded: str, i: int) -> Place:
    if (selected := _by_compound(folded, i)) is not None:
        return _select(place, selected, "compound")
    if selected := _by_neighbour(folded, i):
        return _select(place, selected, "sense")
    return place


def _by_compound(folded: str, i: int) -> frozenset[str] | None:
    """What the longest compound around place ``i`` selects there; None without one, or where two disagree."""
    words = tables.compounds()
    for length in range(_LONGEST, 1, -1):
        selected = {
            reading
            for start in range(max(0, i - length + 1), min(i, len(folded) - length) + 1)
            for place, reading in words.get(folded[start : start + length], ())
            if place == i - start
        }
        if selected:
            return frozenset(selected) if len(selected) == 1 else None
    return None


def _by_neighbour(folded: str, i: int) -> frozenset[str]:
    """The groups that the characters before and after place ``i`` point to; none where they disagree."""
    cues = _cues()
    before = cues.get((folded[i], "<" + folded[i - 1])) if i else None
    after = cues.get((folded[i], ">" + (folded[i + 1] if i + 1 < len(folded) else LINE_END)))
    if before and after and before != after:
        return frozenset()
    return before or after or frozenset()


def _select(place: Place, selected: frozenset[str], how: How) -> Place:
    """``place`` with the selected groups or tone classes in play; a rare reading only where its class has no other."""
    every = readings(place.char)
    matching = [r for r in every if r.group in selected or any(_tone(r) in classes for classes in selected)]
    usual = {_tone(r) for r in matching if not r.rare}
    chosen = tuple(r for r in matching if not r.rare or _tone(r) not in usual)
    if not chosen:
        return place
    if len(tone_classes(chosen)) == 2:
        how = "open"
    return Place(place.char, chosen, how, tuple(r for r in every if r not in chosen))


def _tone(reading: Reading) -> str:
    return LEVEL if reading.level else OBLIQUE
