"""Which readings are in play at each place of a line: compounds first, then neighbours, then the prior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from yayun.prosody import tables
from yayun.prosody.characters import LEVEL, OBLIQUE, Reading, everyday, readings, tone_classes

How = Literal["only", "compound", "sense", "prior", "open", "unresolved"]
LINE_END = "$"  # as a neighbour in senses.tsv
_LINE_START = "^"
_LONGEST = 4  # characters of the longest compound


@dataclass(frozen=True, slots=True)
class Place:
    """A character where it stands: the ``readings`` in play here, ``how`` that was decided, and the ``alternatives``
    ruled out (so that a finding can say "fits only as ...").

    ``how``: ``only`` (one tone class anyway), ``compound``, ``sense`` (a neighbour decides), ``prior`` (a rare reading
    of the other class is out of play), ``open`` (both classes in play), ``unresolved`` (no reading known).
    """

    char: str
    readings: tuple[Reading, ...]
    how: How
    alternatives: tuple[Reading, ...]

    @property
    def tones(self) -> frozenset[str]:
        """The tone classes in play: a subset of {平, 仄}, empty when unresolved."""
        return tone_classes(self.readings)


def read_line(line: str) -> tuple[Place, ...]:
    """A place for each character of ``line``, decided by context as far as the tables can."""
    places = list(map(_without_context.__getitem__, line))
    contextual = _contextual()
    if contextual.isdisjoint(line):
        return tuple(places)
    padded = f"{_LINE_START}{line}{LINE_END}"
    in_long_words = _in_long_words()
    for i, char in enumerate(line):
        if char not in contextual:
            continue
        if char in in_long_words and (long := _by_long_compound(line, i)) is not None:
            places[i] = long
        else:
            places[i] = _between_neighbours(padded[i : i + 3])
    return tuple(places)


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


@cache
def _contextual() -> frozenset[str]:
    """Every character, in any script, with readings of both classes that a compound or a neighbour can decide."""
    decided = {word[place] for word, marks in tables.compounds().items() for place, _ in marks}
    decided |= {char for char, _ in _cues()}
    return frozenset(char for char in _spellings(decided) if len(tone_classes(readings(char))) == 2)


@cache
def _in_long_words() -> frozenset[str]:
    """Every character, in any script, that a compound of more than two characters decides."""
    long = {word: marks for word, marks in tables.compounds().items() if len(word) > 2}
    return _spellings({word[place] for word, marks in long.items() for place, _ in marks})


def _spellings(folded: set[str]) -> frozenset[str]:
    return frozenset(folded | {chr(code) for code, simplified in tables.folding().items() if simplified in folded})


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


@lru_cache(maxsize=1 << 16)
def _between_neighbours(window: str) -> Place:
    """The place of the middle one of three characters (``^`` before the first of a line, ``$`` after the last)."""
    place = _without_context[window[1]]
    folded = window.translate(tables.folding())
    words = tables.compounds()
    selected = {
        reading
        for start in (0, 1)
        for at, reading in words.get(folded[start : start + 2], ())
        if at == 1 - start
    }
    if selected:
        # Where two words pull different ways, both readings stay in play.
        return _select(place, frozenset(selected), "compound")
    return _select(place, _by_neighbour(folded), "sense")


def _by_neighbour(folded: str) -> frozenset[str]:
    """The groups that the neighbours of the middle character point to; none where they disagree."""
    before = _cues().get((folded[1], "<" + folded[0]))
    after = _cues().get((folded[1], ">" + folded[2]))
    if before and after and before != after:
        return frozenset()
    return before or after or frozenset()


def _by_long_compound(line: str, i: int) -> Place | None:
    """Place ``i`` as the longest compound of three or more characters around it has it, if there is one."""
    folded, words = line.translate(tables.folding()), tables.compounds()
    for length in range(_LONGEST, 2, -1):
        for start in range(max(0, i - length + 1), min(i, len(folded) - length) + 1):
            for at, reading in words.get(folded[start : start + length], ()):
                if at == i - start:
                    return _select(_without_context[line[i]], frozenset((reading,)), "compound")
    return None


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
