"""Everything the findings and the scores are made from: the readings, the shape, the rhyme and the scansion of a text.

Findings (``review``) and scores (``scores``) are two views of one ``Analysis``, so they can't disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import NamedTuple

from yayun.prosody.context import BREAK, Place, alone, decided_places, read_place
from yayun.prosody.forms import exact_shape, nearest_form, shapes
from yayun.prosody.oblique import ObliqueScansion, scan_oblique
from yayun.prosody.patterns import OPEN
from yayun.prosody.rhymes import Foot, Rhyme, find_rhyme
from yayun.prosody.scansion import Scansion, scan

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
        return tuple(range(1, self.count // 2 - 1)) if self.count >= 8 else ()


class Analysis(NamedTuple):
    """``symbols`` has ``shape.count`` lines of ``shape.width`` (平, 仄, 中); a line that does not fit is all 中.
    ``fitting`` stops at ``shape.count`` lines; ``unresolved``: a character of those has no reading."""

    lines: tuple[str, ...]
    shape: Shape
    fitting: tuple[bool, ...]
    symbols: tuple[str, ...]
    unresolved: bool
    rhyme: Rhyme
    scansion: Scansion | ObliqueScansion

    @property
    def exact(self) -> bool:
        """Has the text just its shape?"""
        return len(self.lines) == self.shape.count and False not in self.fitting

    def place(self, line: int, column: int) -> Place:
        """The readings in play at a place (both numbered from 0)."""
        return read_place(self.lines[line], column)


class _Symbols(dict[int, str]):
    """For ``str.translate``: what a character is where nothing around it decides, ？ where it has no readings."""

    def __missing__(self, code: int) -> str:
        place = alone(chr(code))
        self[code] = found = place.symbol if place.readings else _UNRESOLVED
        return found


class _Groups(dict[str, frozenset[str]]):
    """A character's rhyme groups where nothing around it decides."""

    def __missing__(self, char: str) -> frozenset[str]:
        self[char] = found = alone(char).groups
        return found


_symbols, _groups = _Symbols(), _Groups()


def read_tones(lines: Sequence[str], width: int) -> tuple[list[str], list[frozenset[str]], bool]:
    """Lines of one width: the symbols of each (平, 仄, 中 where either is in play or none is known), the rhyme groups
    of its last character, and whether any character has no reading."""
    step = width + 1
    text = f"{BREAK}{BREAK.join(lines)}{BREAK}"
    tones = text.translate(_symbols)
    groups = list(map(_groups.__getitem__, text[width:-1:step]))
    unresolved = tones.count(_UNRESOLVED) > len(lines) + 1  # a break is one
    if unresolved:
        tones = tones.replace(_UNRESOLVED, OPEN)
    if decided := decided_places(text):
        symbols = list(tones)
        for i, place in decided:
            symbols[i] = place.symbol
            if i % step == width:
                groups[i // step] = place.groups
        tones = "".join(symbols)
    return [tones[i : i + width] for i in range(1, len(text) - 1, step)], groups, unresolved


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
    width, judged = shape.width, lines[: shape.count]
    fitting = tuple([len(line) == width for line in judged])
    numbers: Sequence[int] = range(1, len(judged) + 1)
    if False in fitting:
        numbers = [number for number, fits in zip(numbers, fitting, strict=True) if fits]
        judged = [lines[number - 1] for number in numbers]
    tones, groups, unresolved = read_tones(judged, width)
    feet = list(map(Foot._make, zip(numbers, repeat(width), judged, groups, strict=False)))
    if len(tones) < shape.count:  # Nothing is known of the tones and the foot of a line of another length.
        read = dict(zip(numbers, tones, strict=True))
        tones = [read.get(number, OPEN * width) for number in range(1, shape.count + 1)]
    rhymed = find_rhyme(feet, asked=rhyme)
    scansion = (
        scan_oblique(tones, first_rhymes=_first_in_group(rhymed))
        if rhymed.oblique
        else scan(tones, first_rhymes=rhymed.first_can_rhyme)
    )
    return Analysis(tuple(lines), shape, fitting, tuple(tones), unresolved, rhymed, scansion)


def _first_in_group(rhyme: Rhyme) -> bool:
    return rhyme.first is not None and rhyme.group in rhyme.first.groups
