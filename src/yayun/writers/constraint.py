"""What the rules leave open at each place of a poem, as masks over the vocabulary.

Nothing here knows a rule: which tones a couplet may have comes from ``prosody.meter``,
what a character may stand for from ``prosody.lexicon``. A place is offered a tone only if some acceptable couplet still
begins that way, so decoding is never cornered.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache

import numpy as np

from yayun.corpus.text import is_hanzi
from yayun.prosody import lexicon
from yayun.prosody.forms.regulated import LEVEL, OBLIQUE, Pattern
from yayun.prosody.meter.linerules import acceptable_couplets
from yayun.prosody.meter.oblique import acceptable_oblique_couplets

TONES = (LEVEL, OBLIQUE)


class Characters:
    """The vocabulary's characters as the lexicon sees them: arrays by token id."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = list(tokens)
        self.ids = {t: i for i, t in enumerate(tokens)}
        self.hanzi = np.array([len(t) == 1 and is_hanzi(t) for t in tokens])
        tones = [lexicon.tones(t) if len(t) == 1 else frozenset() for t in tokens]
        self.level = np.array([LEVEL in t for t in tones])
        self.oblique = np.array([OBLIQUE in t for t in tones])

    @cache  # noqa: B019 - one instance a model, for the life of the process
    def foot(self, group: str) -> np.ndarray:
        """Characters that rhyme in ``group``."""
        return np.array([len(t) == 1 and group in lexicon.rhyme_groups(t) for t in self.tokens])


@dataclass(frozen=True)
class CoupletTones:
    """The acceptable tone strings of a couplet as a set that shrinks while characters are chosen.

    A state is an int, one bit an acceptable string.
    """

    strings: tuple[str, ...]
    bits: tuple[dict[str, int], ...]  # place -> tone class -> the strings with that class there

    @property
    def full(self) -> int:
        """The state before any character."""
        return (1 << len(self.strings)) - 1

    def open(self, state: int, place: int) -> frozenset[str]:
        """The tone classes that ``place`` may still have."""
        return frozenset(t for t in TONES if state & self.bits[place][t])

    def narrow(self, state: int, place: int, tones: frozenset[str]) -> int:
        """The state after a character that can have any of ``tones`` at ``place``."""
        keep = 0
        for tone in tones:
            keep |= self.bits[place][tone]
        return state & keep


@cache
def couplet_tones(pattern: Pattern, line: int, *, clean: bool = True) -> CoupletTones:
    """Tones of the couplet that begins at ``line``: the strings to which the rules do not object, and have not even a
    warning (where ``clean``)."""
    upper, lower = pattern.types[line : line + 2]
    if pattern.oblique:
        pairs = acceptable_oblique_couplets(upper, lower, pattern.width)
    else:
        pairs = acceptable_couplets(upper, lower, pattern.width, clean=clean)
    strings = tuple(sorted(first + second for first, second in pairs))
    bits = tuple(
        {t: sum(1 << i for i, s in enumerate(strings) if s[place] == t) for t in TONES}
        for place in range(2 * pattern.width)
    )
    return CoupletTones(strings, bits)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a poem must keep: its pattern, its group, and characters set beforehand.

    ``fixed`` maps (line, column), from 0, to a character: an acrostic's heads, lines kept while others are rewritten.
    """

    pattern: Pattern
    rhyme: str
    fixed: tuple[tuple[tuple[int, int], str], ...] = ()

    def char_at(self, line: int, column: int) -> str | None:
        """The character set for a place, if any."""
        return dict(self.fixed).get((line, column))


def places_fit(frame: Frame) -> bool:
    """Can the characters set beforehand stand where they are set, as far as tones go?"""
    return all(couplet_fits(frame, line) for line in range(0, len(frame.pattern.types), 2))


def couplet_fits(frame: Frame, first_line: int) -> bool:
    """Can the characters set in the couplet that begins at ``first_line`` stand there, as far as tones go?"""
    return _left(frame, first_line)[1] != 0


def _left(frame: Frame, first_line: int) -> tuple[CoupletTones, int]:
    """The tones a couplet may have, and those of them that its fixed characters leave: clean ones, where these leave
    any."""
    tones = couplet_tones(frame.pattern, first_line)
    state = _fixed_state(frame, first_line, tones)
    if state or frame.pattern.oblique:
        return tones, state
    tones = couplet_tones(frame.pattern, first_line, clean=False)
    return tones, _fixed_state(frame, first_line, tones)


def _fixed_state(frame: Frame, first_line: int, tones: CoupletTones) -> int:
    """The couplet's tone strings that its fixed characters leave; a line that is fixed as a whole is read as such."""
    state, width = tones.full, frame.pattern.width
    for line in (first_line, first_line + 1):
        fixed = {column: char for (row, column), char in frame.fixed if row == line}
        readings = {column: lexicon.tones(char) for column, char in fixed.items()}
        if len(fixed) == width:
            text = "".join(fixed[column] for column in range(width))
            readings = {column: place.tones for column, place in enumerate(lexicon.read_line(text))}
        for column, classes in readings.items():
            state = tones.narrow(state, (line - first_line) * width + column, classes)
    return state


class Tracker:
    """One row's way through its frame: which tones are still open, which characters are used up."""

    def __init__(self, frame: Frame, characters: Characters) -> None:
        self.frame, self.characters = frame, characters
        self.width = frame.pattern.width
        self.lines: list[str] = []
        self.line = ""
        self.state = 0
        self.broken = False  # has a compound settled some character otherwise than its place needs?
        self.feet: list[str] = []
        self._fixed = dict(frame.fixed)
        self._begin_couplet()

    @property
    def at(self) -> tuple[int, int]:
        """(line, column) of the next character."""
        return len(self.lines), len(self.line)

    @property
    def at_foot(self) -> bool:
        """Is the next character a rhyme foot?"""
        line, column = self.at
        return column == self.width - 1 and line in self.frame.pattern.rhyming

    def _begin_couplet(self) -> None:
        self._tones, self.state = _left(self.frame, len(self.lines))

    def open_tones(self) -> frozenset[str]:
        """The tone classes the next character may have."""
        line, column = self.at
        return self._tones.open(self.state, line % 2 * self.width + column)

    def allowed(self) -> np.ndarray:
        """Boolean mask over the vocabulary for the next character; tones and rhyme only."""
        line, column = self.at
        chars = self.characters
        mask = np.zeros(len(chars.tokens), bool)
        if (char := self._fixed.get((line, column))) is not None:
            if char in chars.ids:
                mask[chars.ids[char]] = True
            return mask
        tones = self.open_tones()
        if LEVEL in tones:
            mask |= chars.level
        if OBLIQUE in tones:
            mask |= chars.oblique
        if self.at_foot:
            mask = mask & chars.foot(self.frame.rhyme)
        return mask

    def has_room(self, word: str) -> bool:
        """Can ``word`` stand here, before any foot, as far as tones go?"""
        line, column = self.at
        if column + len(word) > self.width - (line in self.frame.pattern.rhyming):
            return False
        state = self.state
        for k, char in enumerate(word):
            state = self._tones.narrow(state, line % 2 * self.width + column + k, lexicon.tones(char))
        return state != 0

    def push(self, char: str) -> None:
        """Take a character: narrow the tones, and close the line and the couplet when they are full."""
        line, column = self.at
        if self.at_foot:
            self.feet.append(char)
        if (line, column) not in self._fixed:  # what is fixed has narrowed the couplet from its beginning
            self.state = self._tones.narrow(self.state, line % 2 * self.width + column, lexicon.tones(char))
        self.line += char
        if len(self.line) == self.width:
            self.lines.append(self.line)
            self.line = ""
            if len(self.lines) % 2 == 0:
                self.broken |= not self._reads_well()
                if len(self.lines) < len(self.frame.pattern.types):
                    self._begin_couplet()

    def _reads_well(self) -> bool:
        """Do the readings that context gives the couplet just closed still fit an acceptable tone string?"""
        first = len(self.lines) - 2
        tones, state = self._tones, self._tones.full
        places = [p for line in self.lines[first:] for p in lexicon.read_line(line)]
        for i, place in enumerate(places):
            state = tones.narrow(state, i, place.tones)
        return state != 0

    def copy(self) -> Tracker:
        """An independent tracker at the same place."""
        twin = copy(self)
        twin.lines, twin.feet = [*self.lines], [*self.feet]
        return twin
