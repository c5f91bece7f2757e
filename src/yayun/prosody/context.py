"""Which readings are in play at each place of a line: compounds first, then neighbours, then the prior."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from yayun.prosody import tables
from yayun.prosody.characters import Reading, everyday, readings, tone_classes
from yayun.prosody.forms.regulated import LEVEL, OBLIQUE, OPEN

How = Literal["only", "compound", "sense", "prior", "open", "unresolved"]
BREAK = "\n"  # stands before the first and after the last character of a line
_LINE_START, _LINE_END = "^", "$"  # the same as neighbours in senses.tsv
_LONGEST = 4  # characters of the longest compound


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A character where it stands: the ``readings`` in play here, ``how`` that was decided, and the ``alternatives``
    ruled out (so that a finding can say "fits only as ..."). One object for each case, compared as such.

    ``how``: ``only`` (one tone class anyway), ``compound``, ``sense`` (a neighbour decides), ``prior`` (a rare reading
    of the other class is out of play), ``open`` (both classes in play), ``unresolved`` (no reading known).
    ``symbol``: 平 or 仄 where the tone class is settled, else 中; ``groups``: the rhyme groups in play.
    """

    char: str
    readings: tuple[Reading, ...]
    how: How
    alternatives: tuple[Reading, ...]
    symbol: str = field(init=False)
    groups: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        tones = self.tones
        object.__setattr__(self, "symbol", next(iter(tones)) if len(tones) == 1 else OPEN)
        object.__setattr__(self, "groups", frozenset([reading.group for reading in self.readings]))

    @property
    def tones(self) -> frozenset[str]:
        """The tone classes in play: a subset of {平, 仄}, empty when unresolved."""
        return tone_classes(self.readings)


def read_line(line: str) -> tuple[Place, ...]:
    """A place for each character of ``line``, decided by context as far as the tables can."""
    places = list(map(_without_context.__getitem__, line))
    for i, place in decided_places(f"{BREAK}{line}{BREAK}"):
        places[i - 1] = place
    return tuple(places)


def read_place(line: str, i: int) -> Place:
    """``read_line(line)[i]``, without reading the others."""
    if line[i] in contextual():
        text = f"{BREAK}{line}{BREAK}"
        before, after = deciding_pairs()
        if text[i : i + 2] in before or text[i + 1 : i + 3] in after:
            return _decide(text, i + 1)
    return _without_context[line[i]]


def alone(char: str) -> Place:
    """The place of a character where nothing around it decides."""
    return _without_context[char]


def decided_places(text: str) -> list[tuple[int, Place]]:
    """Where a compound or a neighbour may decide: (index in ``text``, the place). ``text`` is lines with a ``BREAK``
    before, between and after them."""
    before, after = deciding_pairs()
    return [
        (i, _decide(text, i))
        for i in [match.start() for match in _find_contextual()(text)]
        if text[i - 1 : i + 1] in before or text[i : i + 2] in after
    ]


def _decide(text: str, i: int) -> Place:
    if text[i] in in_long_words():
        start, end = text.rfind(BREAK, 0, i) + 1, text.find(BREAK, i)
        if (long := _by_long_compound(text[start:end], i - start)) is not None:
            return long
    return between_neighbours(text[i - 1 : i + 2])


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
def contextual() -> frozenset[str]:
    """Every character, in any script, with readings of both classes that a compound or a neighbour can decide."""
    decided = {word[place] for word, marks in tables.compounds().items() for place, _ in marks}
    decided |= {char for char, _ in cues()}
    return frozenset(char for char in _spellings(decided) if len(tone_classes(readings(char))) == 2)


@cache
def _find_contextual() -> Callable[[str], Iterator[re.Match[str]]]:
    return re.compile(f"[{''.join(map(re.escape, sorted(contextual())))}]").finditer


@cache
def in_long_words() -> frozenset[str]:
    """Every character, in any script, that a compound of more than two characters decides."""
    long = {word: marks for word, marks in tables.compounds().items() if len(word) > 2}
    return _spellings({word[place] for word, marks in long.items() for place, _ in marks})


@cache
def deciding_pairs() -> tuple[frozenset[str], frozenset[str]]:
    """Two characters running, in any script: those where the first can decide the second, alone or within a longer
    compound, and those where the second can decide the first. A line's end is a ``BREAK``."""
    before, after = set(), set()
    for word, marks in tables.compounds().items():
        for at, _ in marks:
            before.add(word[at - 1 : at + 1] if at else "")
            after.add(word[at : at + 2])
    for char, cue in cues():
        if cue[0] == "<":
            before.add(cue[1] + char)
        else:
            after.add(char + cue[1])
    return _spelt_pairs(before), _spelt_pairs(after)


def _spelt_pairs(pairs: set[str]) -> frozenset[str]:
    every = _every_spelling()
    return frozenset(
        one + other
        for pair in pairs
        if len(pair) == 2
        for one in every.get(pair[0], pair[0])
        for other in every.get(pair[1], pair[1])
    )


@cache
def _every_spelling() -> dict[str, str]:
    """Folded character -> all its spellings, where it has more than one."""
    found: dict[str, str] = {}
    for code, folded in tables.folding().items():
        found[folded] = found.get(folded, folded) + chr(code)
    return found


def _spellings(folded: set[str]) -> frozenset[str]:
    every = _every_spelling()
    return frozenset(spelling for char in folded for spelling in every.get(char, char))


@cache
def cues() -> dict[tuple[str, str], frozenset[str]]:
    """(folded character, ``<x`` for x before it or ``>x`` for x after it) -> groups; x is ``BREAK`` at a line's end."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for rows in tables.senses().values():
        for row in rows:
            _, group, _, _, before, after, _ = row.split("\t")
            char = row[0].translate(tables.folding())
            ends = [(c, "<") for c in before.replace(_LINE_START, BREAK)]
            for c, side in [*ends, *((c, ">") for c in after.replace(_LINE_END, BREAK))]:
                key = (side + c).translate(tables.folding())
                found[char, key] = found.get((char, key), frozenset()) | {group}
    return found


@lru_cache(maxsize=1 << 16)
def between_neighbours(window: str) -> Place:
    """The place of the middle one of three characters (``BREAK`` before the first of a line and after the last), words
    of three and more characters aside."""
    place = _without_context[window[1]]
    folded = window.translate(tables.folding())
    words = tables.compounds()
    selected = {
        reading for start in (0, 1) for at, reading in words.get(folded[start : start + 2], ()) if at == 1 - start
    }
    if selected:
        # Where two words pull different ways, both readings stay in play.
        return _select(place, frozenset(selected), "compound")
    return _select(place, _by_neighbour(folded), "sense")


def _by_neighbour(folded: str) -> frozenset[str]:
    """The groups that the neighbours of the middle character point to; none where they disagree."""
    before = cues().get((folded[1], "<" + folded[0]))
    after = cues().get((folded[1], ">" + folded[2]))
    if before and after and before != after:
        return frozenset()
    return before or after or frozenset()


@lru_cache(maxsize=1 << 12)
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
