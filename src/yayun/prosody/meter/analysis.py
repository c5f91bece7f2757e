"""Everything the findings and the scores are made from: the readings, the shape, the rhyme and the scansion of a text.

Findings (``review``) and scores (``scores``) are two views of one ``Analysis``, so they can't disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from yayun.prosody.books.book import RhymeBook
from yayun.prosody.by_code import ByCode
from yayun.prosody.forms.catalog import forms_named, of_length
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.names import exact_shape, misshape, nearest_form
from yayun.prosody.forms.old import is_old
from yayun.prosody.forms.regulated import regulated
from yayun.prosody.meter.oblique import ObliqueScansion
from yayun.prosody.meter.plain import PlainScansion, scan_plain
from yayun.prosody.meter.rhymes import Rhyme, find_class_rhyme, find_rhyme
from yayun.prosody.meter.scansion import Scansion
from yayun.prosody.meter.second_look import scan_twice
from yayun.prosody.meter.sides import two_sides
from yayun.prosody.readings.lexicon import read_line, standardize
from yayun.prosody.readings.line import BREAK, CONTEXTUAL, Place, alone, decide_folded, fold, is_contextual, read_place
from yayun.prosody.tones import LEVEL, OPEN

# A text no further than this from a form (characters to add or drop over characters of the form) is meant as one,
# if half of its lines have the form's width.
_MEANT = 0.2
_UNRESOLVED = "？"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a text is measured against: the patterns or variants it may be read as, all with lines of the same lengths
    (of the nearest form, not ``meant``, where its shape is none)."""

    forms: tuple[Form, ...]
    meant: bool = True

    @property
    def form(self) -> Form:
        """One of the forms: what holds of all of them can be asked of it."""
        return self.forms[0]

    @property
    def name(self) -> str | None:
        """The full name, or None where the shape is no form's."""
        return self.form.name if self.meant else None

    @property
    def width(self) -> int:
        """Characters in a line, of the longest where they differ."""
        return self.form.width

    @property
    def count(self) -> int:
        """The number of lines."""
        return self.form.count

    @property
    def plain(self) -> bool:
        """Is the form kept place by place?"""
        return self.form.licence == "依谱"

    @property
    def quatrain(self) -> bool:
        """Has the form four lines?"""
        return self.count == 4


class Analysis(NamedTuple):
    """``exact``: the text has just its shape; ``fitting`` stops at ``shape.count`` lines; ``first_level``: the first
    line can end level only; ``rhyme``: of the form's first class; ``unresolved``: a character of the fitting lines has
    no reading; ``decided``: where an exact text's context decides, as ``Tones`` has it (None: look again)."""

    lines: tuple[str, ...]
    shape: Shape
    exact: bool
    fitting: Sequence[bool]
    first_level: bool
    unresolved: bool
    decided: Sequence[tuple[int, Place]] | None
    rhyme: Rhyme
    scansion: Scansion | ObliqueScansion | PlainScansion
    more_rhymes: tuple[Rhyme, ...] = ()

    @property
    def form(self) -> Form:
        """The form that the text was read as; of regulated verse any of the shape's, its scansion names the pattern."""
        return self.scansion.form if isinstance(self.scansion, PlainScansion) else self.shape.form

    @property
    def rhymes(self) -> tuple[Rhyme, ...]:
        """How each of the form's rhyme classes rhymes."""
        return (self.rhyme, *self.more_rhymes)

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


def _symbol(char: str) -> str:
    """What a character is where nothing around it decides, ？ where it has no readings."""
    place = alone(char)
    return CONTEXTUAL if is_contextual(char) else place.symbol if place.readings else _UNRESOLVED


class _Groups(dict[str, tuple[frozenset[str], frozenset[str]]]):
    """A character's rhyme groups where nothing around it decides, and those that stand back."""

    def __missing__(self, char: str) -> tuple[frozenset[str], frozenset[str]]:
        place = alone(char)
        self[char] = found = place.groups, place.also
        return found


_symbols, _groups = ByCode(_symbol), _Groups()


def read_tones(lines: Sequence[str], width: int) -> Tones:
    """Read lines of one width."""
    step = width + 1
    text = f"{BREAK}{BREAK.join(lines)}{BREAK}"
    tones, feet = _symbols(text), text[width:-1:step]
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
def shape_of(width: int, count: int) -> Shape:
    """Regulated verse of so many lines, ``count`` even."""
    return Shape(regulated(width, count))


def find_shape(lines: Sequence[str], asked: str | Form | None) -> Shape:
    """The shape to judge by: the form asked for (by its canonical name, or the form itself), else the regulated one
    that the text has or is near to."""
    if isinstance(asked, Form):
        return shape_of(asked.width, asked.count) if asked.licence != "依谱" else Shape((asked,))
    if asked is not None:
        return _named_shape(lines, forms_named(asked))
    if (exact := exact_shape(lines)) is not None:
        return shape_of(*exact[1:])
    _, width, count, off = nearest_form(lines)
    meant = off <= _MEANT and 2 * sum(len(line) == width for line in lines) >= len(lines)
    return Shape(regulated(width, count), meant)


def _named_shape(lines: Sequence[str], forms: tuple[Form, ...]) -> Shape:
    """Of a form that has variants of several lengths, those nearest to the lines."""
    if forms[0].genre == "联":
        return Shape((two_sides(lines)[1],))
    if is_old(forms[0]):
        return Shape(of_length(forms[0], len(lines)))
    if forms[0].licence != "依谱":
        return shape_of(forms[0].width, of_length(forms[0], len(lines))[0].count)
    nearest = min((form.widths for form in forms), key=lambda widths: misshape(lines, widths))
    return Shape(tuple([form for form in forms if form.widths == nearest]))


def analyse(lines: Sequence[str], shape: Shape, book: RhymeBook, *, rhyme: str | None = None) -> Analysis:
    """Read, fold into shape and scan. ``rhyme`` is a group of the book that was asked for."""
    if shape.plain:
        return _analyse_plain(lines, shape, book, rhyme)
    width, count = shape.width, shape.count
    fitting = [len(line) == width for line in lines[:count]]
    exact = len(lines) == count and False not in fitting
    decided: Sequence[tuple[int, Place]] | None = None
    if exact:
        symbols, loose, groups, also, chars, unresolved, decided = read_tones(lines, width)
        rhymed = find_rhyme(book, lines, groups, also, chars, asked=rhyme)
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
        rhymed = find_rhyme(book, lines[:count], feet, waiting, "".join(ends), asked=rhyme)
    first_rhymes = rhymed.group in (rhymed.groups[0] or ()) if rhymed.oblique else rhymed.first_can_rhyme
    scansion, _ = scan_twice(symbols, loose, first_rhymes=first_rhymes, oblique=rhymed.oblique)
    return Analysis(tuple(lines), shape, exact, fitting, symbols[0][-1] == LEVEL, unresolved, decided, rhymed, scansion)


def _analyse_plain(lines: Sequence[str], shape: Shape, book: RhymeBook, rhyme: str | None) -> Analysis:
    """The same for a form that is kept place by place; of several with these lengths the one that leaves least to
    explain."""
    widths, count = shape.form.widths, shape.count
    fitting = [len(line) == width for line, width in zip(lines, widths, strict=False)]
    places = [read_line(line) if fits else () for line, fits in zip(lines, fitting, strict=False)]
    places += [()] * (count - len(places))
    symbols, loose = (
        ["".join([way(place) for place in read]) or OPEN * width for read, width in zip(places, widths, strict=True)]
        for way in (attrgetter("symbol"), attrgetter("loose"))
    )
    unresolved = any(not place.readings for read in places for place in read)
    exact = len(lines) == count and False not in fitting
    groups = [read[-1].groups if read else None for read in places]
    chars = standardize("".join(read[-1].char if read else BREAK for read in places))
    also = [read[-1].also if read else frozenset[str]() for read in places]
    scansion = min((scan_plain(symbols, loose, form) for form in shape.forms), key=lambda found: found.cost)
    form = scansion.form
    rhymes = [
        find_class_rhyme(book, lines, groups, also, chars, form.rhyming_in(k), held.tones, asked=None if k else rhyme)
        for k, held in enumerate(form.rhymes)
    ] or [find_class_rhyme(book, lines, groups, also, chars, (), "", asked=None)]
    level = symbols[0][-1] == LEVEL
    return Analysis(
        tuple(lines), shape, exact, fitting, level, unresolved, None, rhymes[0], scansion, tuple(rhymes[1:])
    )
