"""Human poems spoilt on purpose: a measure that ranks them no lower than the real ones is blind to what was spoilt.

All keep form, rhyme group and title; the first three keep the tone class of (nearly) every place as well.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from yayun.measures.corpus import Corpus
from yayun.measures.verse import Verse
from yayun.prosody.readings.lexicon import rhyme_groups, tones

VOCABULARY = 3500
# Share of the draw that follows the character before, the rest goes by frequency.
BIGRAM_SHARE = 0.9


def lines_exchanged(poems: Sequence[Verse], seed: int = 0) -> list[Verse]:
    """Each line exchanged for the line at the same place of another poem of the same form and group."""
    rng = random.Random(seed)
    found: list[Verse | None] = [None] * len(poems)
    for members in _cells(poems).values():
        columns = [_deranged([poems[i].lines[place] for i in members], rng) for place in range(_count(poems, members))]
        for n, i in enumerate(members):
            found[i] = replace(poems[i], lines=tuple(column[n] for column in columns))
    return [poem for poem in found if poem is not None]


def characters_exchanged(poems: Sequence[Verse], seed: int = 0) -> list[Verse]:
    """Characters dealt anew among the places of one tone class (rhyme feet among themselves) in a form and group."""
    rng = random.Random(seed)
    drafts = [[list(line) for line in poem.lines] for poem in poems]
    for members in _cells(poems).values():
        places: dict[object, list[tuple[int, int, int]]] = defaultdict(list)
        for i in members:
            for j, line in enumerate(poems[i].lines):
                for k, char in enumerate(line):
                    foot = k == len(line) - 1
                    places[foot, foot and j % 2, tones(char)].append((i, j, k))
        for same in places.values():
            chars = [drafts[i][j][k] for i, j, k in same]
            rng.shuffle(chars)
            for (i, j, k), char in zip(same, chars, strict=True):
                drafts[i][j][k] = char
    return [
        replace(poem, lines=tuple("".join(line) for line in draft)) for poem, draft in zip(poems, drafts, strict=True)
    ]


def couplet_shared(poems: Sequence[Verse]) -> list[Verse]:
    """The second couplet the same in all poems of a form and group: a poet who repeats himself."""
    found = list(poems)
    for members in _cells(poems).values():
        stock = poems[members[0]].lines[2:4]
        for i in members:
            found[i] = replace(poems[i], lines=(*poems[i].lines[:2], *stock, *poems[i].lines[4:]))
    return found


def couplet_copied(poems: Sequence[Verse], source: Corpus, seed: int = 0) -> list[Verse]:
    """The first couplet taken from a training poem of the same form and group, where there is one."""
    rng = random.Random(seed)
    stock: dict[object, list[Verse]] = defaultdict(list)
    for human in source.humans:
        if human.split == "train":
            stock[human.verse.cell].append(human.verse)
    return [
        replace(poem, lines=(*rng.choice(stock[poem.cell]).lines[:2], *poem.lines[2:])) if stock[poem.cell] else poem
        for poem in poems
    ]


def bigram_verse(poems: Sequence[Verse], source: Corpus, seed: int = 0) -> list[Verse]:
    """Verse by a character-bigram model of the Tang training poems, held to each poem's tones and its rhyme group."""
    rng = np.random.default_rng(seed)
    model = _Bigrams(source)
    return [replace(poem, lines=tuple(_write(model, poem, i, rng) for i in range(len(poem.lines)))) for poem in poems]


def _write(model: _Bigrams, poem: Verse, line: int, rng: np.random.Generator) -> str:
    written = ""
    for place, char in enumerate(poem.lines[line]):
        rhymes = line % 2 == 1 and place == len(poem.lines[line]) - 1
        written += model.draw(written[-1:], _allowed(model, char, poem.rhyme if rhymes else None), rng)
    return written


def _allowed(model: _Bigrams, char: str, rhyme: str | None) -> np.ndarray:
    return model.in_group(rhyme) if rhyme is not None else model.in_tone(tones(char))


class _Bigrams:
    """Counts of neighbouring characters of Tang training lines; row 0 is the start of a line."""

    def __init__(self, source: Corpus) -> None:
        lines = [line for human in source.humans if human.split == "train" for line in human.verse.lines]
        uses = Counter("".join(lines)).most_common(VOCABULARY)
        self.characters = [char for char, _ in uses]
        self.index = {char: i for i, char in enumerate(self.characters)}
        self.frequency = np.array([n for _, n in uses], float)
        size = len(self.characters)
        codes = np.fromiter(self._codes(lines, size), np.int64)
        self.counts = np.bincount(codes, minlength=(size + 1) * size).reshape(size + 1, size)
        self.in_tone = cache(self._in_tone)
        self.in_group = cache(self._in_group)

    def _codes(self, lines: Sequence[str], size: int) -> Iterator[int]:
        for line in lines:
            before = 0
            for char in line:
                at = self.index.get(char)
                if at is not None:
                    yield before * size + at
                before = 0 if at is None else at + 1

    def _in_tone(self, classes: frozenset[str]) -> np.ndarray:
        return np.array([not classes or classes <= tones(char) for char in self.characters])

    def _in_group(self, rhyme: str) -> np.ndarray:
        return np.array([rhyme in rhyme_groups(char) for char in self.characters])

    def draw(self, before: str, allowed: np.ndarray, rng: np.random.Generator) -> str:
        """A character after ``before`` among those allowed."""
        row = self.counts[self.index[before] + 1 if before else 0] * allowed
        by_frequency = self.frequency * allowed
        if not by_frequency.any():  # no known character has that tone or group
            by_frequency = self.frequency
        weights = by_frequency / by_frequency.sum()
        if row.sum():
            weights = BIGRAM_SHARE * row / row.sum() + (1 - BIGRAM_SHARE) * weights
        return self.characters[rng.choice(len(weights), p=weights)]


def _cells(poems: Sequence[Verse]) -> dict[object, list[int]]:
    cells: dict[object, list[int]] = defaultdict(list)
    for i, poem in enumerate(poems):
        cells[poem.cell].append(i)
    return cells


def _count(poems: Sequence[Verse], members: Sequence[int]) -> int:
    return min(len(poems[i].lines) for i in members)


def _deranged(lines: Sequence[str], rng: random.Random) -> list[str]:
    """The lines moved round in a random order: none stays where it was, unless it is alone."""
    order = list(range(len(lines)))
    rng.shuffle(order)
    moved = [""] * len(lines)
    for here, there in zip(order, order[1:] + order[:1], strict=True):
        moved[there] = lines[here]
    return moved
