"""What the rules leave open at each place of a poem, as masks over the vocabulary.

Nothing here knows a rule: which tones lines may have together comes from ``prosody.meter.room``, what a character may
stand for from ``prosody.lexicon``. A place is offered a tone only if some acceptable unit of lines
is still left, so decoding is never cornered, in whatever order the places are filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache

import numpy as np

from yayun.prosody.books import cilin
from yayun.prosody.books.shelf import PINGSHUI, read_line_by, rhymes_in, tones_by
from yayun.prosody.forms.form import Form
from yayun.prosody.meter.room import acceptable, unit_of, units
from yayun.prosody.readings import lexicon
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.tones import LEVEL, OBLIQUE

TONES = (LEVEL, OBLIQUE)
Place = tuple[int, int]  # line and column, from 0
Unit = tuple[int, ...]  # lines that are judged together


class Characters:
    """The vocabulary's characters as a rhyme book sees them: arrays by token id."""

    def __init__(self, tokens: Sequence[str], book: str = PINGSHUI) -> None:
        self.tokens, self.book = list(tokens), book
        self.ids = {t: i for i, t in enumerate(tokens)}
        self.hanzi = np.array([len(t) == 1 and is_hanzi(t) for t in tokens])
        tones = [tones_by(book, t) if len(t) == 1 else frozenset() for t in tokens]
        self.level = np.array([LEVEL in t for t in tones])
        self.oblique = np.array([OBLIQUE in t for t in tones])

    def of_tones(self, classes: frozenset[str]) -> np.ndarray:
        """Characters that can have one of the tone classes."""
        mask = np.zeros(len(self.tokens), bool)
        if LEVEL in classes:
            mask |= self.level
        if OBLIQUE in classes:
            mask |= self.oblique
        return mask

    @cache  # noqa: B019 - one instance a model, for the life of the process
    def foot(self, group: str) -> np.ndarray:
        """Characters that rhyme in ``group`` of the book, or in a rhyme of 词林正韵 (see ``cilin.rhyme_name``)."""
        if (sound := cilin.rhyme_named(group)) is not None:
            return np.array([len(t) == 1 and sound in cilin.sounds_of(t, lexicon.rhyme_groups(t)) for t in self.tokens])
        return np.array([len(t) == 1 and rhymes_in(self.book, group, t) for t in self.tokens])


@dataclass(frozen=True)
class UnitTones:
    """The acceptable tones of a unit (see ``meter.room``) as a set that shrinks while characters are chosen.

    ``strings``: the tones of its lines, one after the other; ``bits``: (line, column) -> tone class -> the strings with
    that class there. A state is an int, one bit an acceptable string.
    """

    strings: tuple[str, ...]
    bits: dict[Place, dict[str, int]]

    @property
    def full(self) -> int:
        """The state before any character."""
        return (1 << len(self.strings)) - 1

    def open(self, state: int, place: Place) -> frozenset[str]:
        """The tone classes that ``place`` may still have."""
        return frozenset(t for t in TONES if state & self.bits[place][t])

    def narrow(self, state: int, place: Place, tones: frozenset[str]) -> int:
        """The state after a character that can have any of ``tones`` at ``place``."""
        keep = 0
        for tone in tones:
            keep |= self.bits[place][tone]
        return state & keep


@cache
def unit_tones(form: Form, unit: Unit, *, clean: bool = True, mirror: Form | None = None) -> UnitTones:
    """The tones of a unit of the form: the strings to which the rules do not object, and have not even a warning (where
    ``clean``); with a ``mirror`` those that it accepts, too, of the poem read from its end."""
    strings = tuple(sorted(map("".join, acceptable(form, unit, clean=clean))))
    if mirror is not None:
        turned = tuple(form.count - 1 - line for line in reversed(unit))
        backwards = {"".join(lines)[::-1] for lines in acceptable(mirror, turned, clean=clean)}
        strings = tuple(string for string in strings if string in backwards)
    places = [(line, column) for line in unit for column in range(form.widths[line])]
    bits = {
        place: {t: sum(1 << i for i, s in enumerate(strings) if s[at] == t) for t in TONES}
        for at, place in enumerate(places)
    }
    return UnitTones(strings, bits)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a poem must keep: its form, its groups, and characters set beforehand.

    ``mirror``: the form that the poem read from its end keeps, ``mirror_rhyme`` the group that it rhymes in.
    ``rhyme`` is the group (of 词 the rhyme of 词林正韵) of the form's first rhyme class, ``more_rhymes`` those of the
    others in order, all of them of ``book``. ``fixed`` maps
    (line, column), from 0, to a character: an acrostic's heads, lines kept while others are rewritten. ``order``: the
    places in the order in which they are written; none is reading order. Fixed places that are not in it stand before
    anything is written.
    """

    pattern: Form
    rhyme: str
    fixed: tuple[tuple[Place, str], ...] = ()
    more_rhymes: tuple[str, ...] = ()
    order: tuple[Place, ...] = ()
    mirror: Form | None = None
    mirror_rhyme: str = ""
    book: str = PINGSHUI

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place, in the order in which they are written."""
        return self.order or self.pattern.places

    def char_at(self, line: int, column: int) -> str | None:
        """The character set for a place, if any."""
        return dict(self.fixed).get((line, column))

    def group_at(self, line: int, column: int) -> str | None:
        """The group that the place rhymes in, where it is a rhyme foot, from whichever end."""
        form = self.pattern
        if self.mirror is not None and column == 0 and self.mirror.lines[form.count - 1 - line].rhyme is not None:
            return self.mirror_rhyme
        rhyme_class = form.lines[line].rhyme
        if rhyme_class is None or column != form.widths[line] - 1:
            return None
        return (self.rhyme, *self.more_rhymes)[rhyme_class]


def line_by_line(form: Form, lines: Iterable[int], *, backwards: bool = False) -> tuple[Place, ...]:
    """The places of some lines, each line from its first character to its last or the other way."""
    step = -1 if backwards else 1
    return tuple((line, column) for line in lines for column in range(form.widths[line])[::step])


def places_fit(frame: Frame) -> bool:
    """Can the characters set beforehand stand where they are set, as far as tones go?"""
    return all(_left(frame, unit)[1] != 0 for unit in units(frame.pattern))


def unit_fits(frame: Frame, line: int) -> bool:
    """Can the characters set in the lines that are judged together with ``line`` stand there, as far as tones go?"""
    return _left(frame, unit_of(frame.pattern, line))[1] != 0


def _left(frame: Frame, unit: Unit) -> tuple[UnitTones, int]:
    """The tones a unit may have, and those of them that its fixed characters leave: clean ones, where these leave
    any."""
    tones = unit_tones(frame.pattern, unit, mirror=frame.mirror)
    state = _fixed_state(frame, unit, tones)
    if state:
        return tones, state
    tones = unit_tones(frame.pattern, unit, clean=False, mirror=frame.mirror)
    return tones, _fixed_state(frame, unit, tones)


def _fixed_state(frame: Frame, unit: Unit, tones: UnitTones) -> int:
    """The unit's tone strings that its fixed characters leave; a line that is fixed as a whole is read as such."""
    state = tones.full
    for line in unit:
        fixed = {column: char for (row, column), char in frame.fixed if row == line}
        readings = {column: tones_by(frame.book, char) for column, char in fixed.items()}
        if len(fixed) == frame.pattern.widths[line]:
            text = "".join(fixed[column] for column in range(len(fixed)))
            readings = {column: place.tones for column, place in enumerate(read_line_by(frame.book, text))}
        for column, classes in readings.items():
            state = tones.narrow(state, (line, column), classes)
    return state


class Tracker:
    """One row's way through its frame, place by place in the frame's order: which tones are still open, which
    characters stand already."""

    def __init__(self, frame: Frame, characters: Characters) -> None:
        self.frame, self.characters = frame, characters
        self.widths = frame.pattern.widths
        self.broken = False  # has a compound settled some character otherwise than its place needs?
        self._places = frame.places
        self._count = 0
        self._whole: list[str] = []
        self._fixed = dict(frame.fixed)
        written = frozenset(self._places)
        self._chars = {place: char for place, char in frame.fixed if place not in written}
        self._units = {line: unit for unit in units(frame.pattern) for line in unit}
        self._open: dict[Unit, tuple[UnitTones, int]] = {}  # by unit, once it is begun
        self._grow()

    @property
    def done(self) -> bool:
        """Has every place its character?"""
        return self._count == len(self._places)

    @property
    def at(self) -> Place:
        """(line, column) of the next character; behind the last line where all is done."""
        return (self.frame.pattern.count, 0) if self.done else self._places[self._count]

    @property
    def forced(self) -> str | None:
        """The character that must come next, if any: one set beforehand, or one that is said again (叠)."""
        at = self.at
        said = self.frame.pattern.echoes.get(at)
        return self._fixed.get(at) or (None if said is None else self._chars.get(said))

    @property
    def width(self) -> int:
        """Characters in the line of the next one."""
        return self.widths[min(self.at[0], len(self.widths) - 1)]

    @property
    def share(self) -> float:
        """How much of the poem is written, 0 to 1."""
        return self._count / len(self._places)

    @property
    def lines(self) -> list[str]:
        """The lines that are whole, from the first on, as far as they go."""
        return self._whole

    @property
    def line(self) -> str:
        """What stands right before the next character in its line."""
        line, column = self.at
        start = column
        while start and (line, start - 1) in self._chars:
            start -= 1
        return "".join(self._chars[line, i] for i in range(start, column))

    @property
    def after(self) -> str:
        """What stands right behind the next character in its line."""
        line, column = self.at
        end = column + 1
        while (line, end) in self._chars:
            end += 1
        return "".join(self._chars[line, i] for i in range(column + 1, end))

    @property
    def closes_line(self) -> bool:
        """Is the next character the last that its line lacks?"""
        return not self.done and len(self.line) + 1 + len(self.after) == self.width

    @property
    def feet(self) -> tuple[str, ...]:
        """The rhyme feet that stand, in the order of their lines."""
        form = self.frame.pattern
        places = [(line, form.widths[line] - 1) for line in form.rhyming]
        return tuple(self._chars[place] for place in places if place in self._chars)

    @property
    def standing(self) -> str:
        """The characters that stand."""
        return "".join(self._chars.values())

    def is_free(self, place: Place) -> bool:
        """Has the place no character yet?"""
        return place not in self._chars

    @property
    def at_foot(self) -> bool:
        """Is the next character a rhyme foot?"""
        return not self.done and self.frame.group_at(*self.at) is not None

    def _unit(self, line: int) -> tuple[UnitTones, int]:
        unit = self._units[line]
        if unit not in self._open:
            self._open[unit] = _left(self.frame, unit)
        return self._open[unit]

    def open_tones(self) -> frozenset[str]:
        """The tone classes the next character may have."""
        return self.open_at(self.at)

    def open_at(self, place: Place) -> frozenset[str]:
        """The tone classes a character of any place may have, as far as those that stand decide."""
        tones, state = self._unit(place[0])
        return tones.open(state, place)

    def allowed(self) -> np.ndarray:
        """Boolean mask over the vocabulary for the next character; tones and rhyme only."""
        chars = self.characters
        if (char := self.forced) is not None:
            mask = np.zeros(len(chars.tokens), bool)
            if char in chars.ids:
                mask[chars.ids[char]] = True
            return mask
        mask = chars.of_tones(self.open_tones())
        if (group := self.frame.group_at(*self.at)) is not None:
            mask = mask & chars.foot(group)
        return mask

    def has_room(self, word: str, start: int | None = None) -> bool:
        """Can ``word`` stand here, before any foot, as far as tones go? ``start``: its first column; without it that of
        the next character."""
        line, column = self.at
        column = column if start is None else start
        if column < 0 or column + len(word) > self.width - (self.frame.pattern.lines[line].rhyme is not None):
            return False
        tones, state = self._unit(line)
        for k, char in enumerate(word):
            if (line, column + k) in self._chars:
                return False
            state = tones.narrow(state, (line, column + k), tones_by(self.frame.book, char))
        return state != 0

    def push(self, char: str) -> None:
        """Take a character: narrow the tones, and look once more at a unit that is full."""
        place = self.at
        tones, state = self._unit(place[0])
        if place not in self._fixed:  # what is fixed has narrowed its unit from the beginning
            state = tones.narrow(state, place, tones_by(self.frame.book, char))
        unit = self._units[place[0]]
        self._open[unit] = tones, state
        self._chars[place] = char
        self._count += 1
        self._grow()
        if all(at in self._chars for at in tones.bits):
            self.broken |= not self._reads_well(unit, tones)

    def _grow(self) -> None:
        """Take up the lines that have become whole."""
        while (text := self._text(len(self._whole))) is not None:
            self._whole.append(text)

    def _text(self, line: int) -> str | None:
        """A line, where it is whole."""
        width = self.widths[line] if line < len(self.widths) else 0
        if not width or any((line, column) not in self._chars for column in range(width)):
            return None
        return "".join([self._chars[line, column] for column in range(width)])

    def _reads_well(self, unit: Unit, tones: UnitTones) -> bool:
        """Do the readings that context gives the unit just closed still fit an acceptable tone string?"""
        state = tones.full
        for line in unit:
            for column, place in enumerate(read_line_by(self.frame.book, self._text(line) or "")):
                state = tones.narrow(state, (line, column), place.tones)
        return state != 0

    def copy(self) -> Tracker:
        """An independent tracker at the same place."""
        twin = copy(self)
        twin._whole = [*self._whole]
        twin._chars, twin._open = dict(self._chars), dict(self._open)
        return twin
