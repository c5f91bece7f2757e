"""What the rules leave open at each place of a poem, as masks over the vocabulary.

Nothing here knows a rule: which tones a couplet may have comes from ``prosody.linerules.acceptable_couplets``, what a
character may stand for from ``prosody.lexicon``. A place is offered a tone only if some acceptable couplet still
begins that way, so decoding is never cornered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from yayun.corpus.text import is_hanzi
from yayun.errors import YayunError
from yayun.prosody import lexicon
from yayun.prosody.patterns import LEVEL, OBLIQUE, Pattern
from yayun.prosody.linerules import acceptable_couplets

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
def couplet_tones(upper: str, lower: str, width: int, clean: bool) -> CoupletTones:
    """Tones of a couplet of two line types; ``clean`` keeps to those without even a warning."""
    pairs = acceptable_couplets(upper, lower, width, clean=clean)
    strings = tuple(sorted(a + b for a, b in pairs))
    bits = tuple(
        {t: sum(1 << i for i, s in enumerate(strings) if s[place] == t) for t in TONES} for place in range(2 * width)
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
        return dict(self.fixed).get((line, column))


class Tracker:
    """One row's way through its frame: which tones are still open, which characters are used up."""

    def __init__(self, frame: Frame, characters: Characters, clean: bool = True) -> None:
        self.frame, self.characters, self.clean = frame, characters, clean
        self.width = frame.pattern.width
        self.lines: list[str] = []
        self.line = ""
        self.state = 0
        self.feet: list[str] = []
        self._fixed = dict(frame.fixed)
        self._begin_couplet()

    @property
    def at(self) -> tuple[int, int]:
        """(line, column) of the next character."""
        return len(self.lines), len(self.line)

    @property
    def at_foot(self) -> bool:
        line, column = self.at
        return column == self.width - 1 and line in self.frame.pattern.rhyming

    def _tones(self) -> CoupletTones:
        line = len(self.lines) // 2 * 2
        types = self.frame.pattern.types
        return couplet_tones(types[line], types[line + 1], self.width, self.clean)

    def _begin_couplet(self) -> None:
        tones = self._tones()
        self.state = tones.full
        first = len(self.lines)
        for (line, column), char in self._fixed.items():
            if first <= line < first + 2:
                self.state = tones.narrow(self.state, (line - first) * self.width + column, lexicon.tones(char))
        if not self.state:
            raise YayunError("定下的字与格律不合:请换一个字,或换平起仄起、首句是否入韵。")

    def open_tones(self) -> frozenset[str]:
        line, column = self.at
        return self._tones().open(self.state, line % 2 * self.width + column)

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

    def push(self, char: str) -> None:
        """Take a character: narrow the tones, and close the line and the couplet when they are full."""
        line, column = self.at
        if self.at_foot:
            self.feet.append(char)
        tones = lexicon.tones(char)
        self.state = self._tones().narrow(self.state, line % 2 * self.width + column, tones)
        self.line += char
        if len(self.line) == self.width:
            self.lines.append(self.line)
            self.line = ""
            if len(self.lines) % 2 == 0 and len(self.lines) < len(self.frame.pattern.types):
                self._begin_couplet()
