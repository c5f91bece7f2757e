"""Everything the findings and the scores are made from: the readings, the shape, the rhyme and the scansion of a text.

Findings (``review``) and scores (``scores``) are two views of one ``Analysis``, so they can't disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from yayun.prosody.forms.names import exact_shape, nearest_form, shapes
from yayun.prosody.forms.regulated import LEVEL, OPEN
from yayun.prosody.lexicon import standardize
from yayun.prosody.meter.oblique import ObliqueScansion
from yayun.prosody.meter.scansion import Scansion
from yayun.prosody.meter.second_look import scan_twice
from yayun.prosody.readings.line import BREAK, CONTEXTUAL, Place, alone, decide_folded, fold, is_contextual, read_place
from yayun.prosody.rhymes import Rhyme, find_rhyme

# A text no further than this from a form (characters to add or drop over characters of the form) is meant as one,
# if half of its lines have the form's width.
_MEANT = 0.2
_UNRESOLVED = "？"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a text is measured against: ``form`` is the full name, or None where its shape is no regulated one.

    ``width`` and ``count`` are the form's (of the nearest form where there is none).
    """

    form: str | None
    width: int
    count: int

    @property
    def quatrain(self) -> bool:
        """Has the form four lines?"""
        return self.count == 4

    @property
    def middle(self) -> tuple[int, ...]:
        """Indices of the couplets that have to be parallel."""
        return _middle(self.count)


@cache
def _middle(count: int) -> tuple[int, ...]:
    return tuple(range(1, count // 2 - 1)) if count >= 8 else ()


class Analysis(NamedTuple):
    """``exact``: the text has just its shape; ``fitting`` stops at ``shape.count`` lines; ``first_level``: the first
    line can end level only; ``unresolved``: a character of the fitting lines has no reading; ``decided``: where an
    exact text's context decides, as ``Tones`` has it (None: look again)."""

    lines: tuple[str, ...]
    shape: Shape
    exact: bool
    fitting: Sequence[bool]
    first_level: bool
    unresolved: bool
    decided: Sequence[tuple[int, Place]] | None
    rhyme: Rhyme
    scansion: Scansion | ObliqueScansion

    def place(self, line: int, column: int) -> Place:
        """The readings in play at a place (both numbered from 0)."""
        if self.decided is None:
            return read_place(self.lines[line], column)
        at = line * (self.shape.width + 1) + column + 1
        for i, place in self.decided:
            if i == at:
                return place
        return alone(self.lines[line][column])


class Tones(NamedTuple):
    """What is read of lines of one width: the symbols of each (平, 仄, 中 where either is in play or none is known),
    the same with the readings that stand back, the rhyme groups of its last character, those that stand back there,
    those characters in standard forms, whether any character has no reading, and the places that context decides (by
    index in the text with breaks around the lines)."""

    symbols: list[str]
    loose: list[str]
    groups: list[frozenset[str]]
    also: list[frozenset[str]]
    chars: str
    unresolved: bool
    decided: list[tuple[int, Place]]


class _Symbols(dict[int, str]):
    """For ``str.translate``: what a character is where nothing around it decides, ？ where it has no readings."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        place = alone(char)
        self[code] = found = CONTEXTUAL if is_contextual(char) else place.symbol if place.readings else _UNRESOLVED
        return found


class _Groups(dict[str, tuple[frozenset[str], frozenset[str]]]):
    """A character's rhyme groups where nothing around it decides, and those that stand back."""

    def __missing__(self, char: str) -> tuple[frozenset[str], frozenset[str]]:
        place = alone(char)
        self[char] = found = place.groups, place.also
        return found


_symbols, _groups = _Symbols(), _Groups()


def read_tones(lines: Sequence[str], width: int) -> Tones:
    """Read lines of one width."""
    step = width + 1
    text = f"{BREAK}{BREAK.join(lines)}{BREAK}"
    tones, feet = text.translate(_symbols), text[width:-1:step]
    groups = list(map(_groups.__getitem__, feet))
    unresolved = tones.count(_UNRESOLVED) > len(lines) + 1  # a break is one
    if unresolved:
        tones = tones.replace(_UNRESOLVED, OPEN)
    decided: list[tuple[int, Place]] = []
    loose, at = tones, tones.find(CONTEXTUAL)
    if at >= 0:
        symbols = list(tones)
        waiting = symbols.copy()
        folded = fold(text)
        while at >= 0:
            line = at // step
            start = line * step + 1
            place = decide_folded(lines[line], folded[start : start + width], at - start)
            decided.append((at, place))
            symbols[at], waiting[at] = place.symbol, place.loose
            if at % step == width:
                groups[line] = place.groups, place.also
                if line % 2:
                    waiting[at] = place.at_foot
            at = tones.find(CONTEXTUAL, at + 1)
        tones, loose = "".join(symbols), "".join(waiting)
    starts = range(1, len(text) - 1, step)
    read = [tones[i : i + width] for i in starts]
    return Tones(
        read,
        read if loose == tones else [loose[i : i + width] for i in starts],
        [usual for usual, _ in groups],
        [also for _, also in groups],
        standardize(feet),
        unresolved,
        decided,
    )


@cache
def _shape(form: str, width: int, count: int) -> Shape:
    return Shape(form, width, count)


def find_shape(lines: Sequence[str], asked: str | None) -> Shape:
    """The shape to judge by: the form asked for, else the one the text has or is near to."""
    if asked is not None:
        width, count = next((width, count) for name, width, count in shapes() if name == asked)
        return Shape(asked, width, count)
    if (exact := exact_shape(lines)) is not None:
        return _shape(*exact)
    name, width, count, off = nearest_form(lines)
    meant = off <= _MEANT and 2 * sum(len(line) == width for line in lines) >= len(lines)
    return Shape(name if meant else None, width, count)


def analyse(lines: Sequence[str], shape: Shape, *, rhyme: str | None = None) -> Analysis:
    """Read, fold into shape and scan. ``rhyme`` is a canonical group that was asked for."""
    width, count = shape.width, shape.count
    fitting = [len(line) == width for line in lines[:count]]
    exact = len(lines) == count and False not in fitting
    decided: Sequence[tuple[int, Place]] | None = None
    if exact:
        symbols, loose, groups, also, chars, unresolved, decided = read_tones(lines, width)
        rhymed = find_rhyme(lines, groups, also, chars, asked=rhyme)
    else:
        # Nothing is known of the tones and the foot of a line of another length.
        at = [i for i, fits in enumerate(fitting) if fits]
        read = read_tones([lines[i] for i in at], width)
        symbols, loose, unresolved = [OPEN * width] * count, [OPEN * width] * count, read.unresolved
        feet: list[frozenset[str] | None] = [None] * count
        waiting = [frozenset[str]()] * count
        ends = [BREAK] * count
        for k, i in enumerate(at):
            symbols[i], loose[i], ends[i] = read.symbols[k], read.loose[k], read.chars[k]
            feet[i], waiting[i] = read.groups[k], read.also[k]
        rhymed = find_rhyme(lines[:count], feet, waiting, "".join(ends), asked=rhyme)
    first_rhymes = rhymed.group in (rhymed.groups[0] or ()) if rhymed.oblique else rhymed.first_can_rhyme
    scansion, _ = scan_twice(symbols, loose, first_rhymes=first_rhymes, oblique=rhymed.oblique)
    return Analysis(tuple(lines), shape, exact, fitting, symbols[0][-1] == LEVEL, unresolved, decided, rhymed, scansion)
