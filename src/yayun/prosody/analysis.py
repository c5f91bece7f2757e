"""Everything the findings and the scores are made from: the readings, the shape, the rhyme and the scansion of a text.

Findings (``review``) and scores (``scores``) are two views of one ``Analysis``, so they can't disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yayun.prosody import context
from yayun.prosody.forms import exact_shape, nearest_form, shapes
from yayun.prosody.lexicon import Place, read_line
from yayun.prosody.oblique import ObliqueScansion, scan_oblique
from yayun.prosody.rhymes import Foot, Rhyme, find_rhyme
from yayun.prosody.scansion import OPEN, Scansion, scan

# A text no further than this from a form (characters to add or drop over characters of the form) is meant as one,
# if half of its lines have the form's width.
_MEANT = 0.2
_UNRESOLVED = "？"
# How a place is read when nothing around it has decided.
_BY_ITSELF = frozenset(("only", "prior", "unresolved"))


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


@dataclass(frozen=True, slots=True)
class Analysis:
    """``symbols`` has ``shape.count`` lines of ``shape.width`` (平, 仄, 中); a line that does not fit is all 中.
    ``fitting`` stops at ``shape.count`` lines; ``unresolved``: a character of those has no reading."""

    lines: tuple[str, ...]
    shape: Shape
    fitting: tuple[bool, ...]
    symbols: tuple[str, ...]
    unresolved: bool
    rhyme: Rhyme
    scansion: Scansion | ObliqueScansion

    def places(self, line: int) -> tuple[Place, ...]:
        """The readings in play in a line (numbered from 0)."""
        return read_line(self.lines[line])


def symbol(place: Place) -> str:
    """平 or 仄 where the place is settled, else 中."""
    tones = place.tones
    return next(iter(tones)) if len(tones) == 1 else OPEN


class _Symbols(dict[int, str]):
    """For ``str.translate``: what a character is where nothing around it decides."""

    def __missing__(self, code: int) -> str:
        place = alone(chr(code))
        self[code] = found = symbol(place) if place.readings else _UNRESOLVED
        return found


class _Groups(dict[str, frozenset[str]]):
    """A character's rhyme groups where nothing around it decides."""

    def __missing__(self, char: str) -> frozenset[str]:
        self[char] = found = groups_of(alone(char))
        return found


def alone(char: str) -> Place:
    """The place of a character where nothing around it decides."""
    return read_line(f"\n{char}\n")[1]


def groups_of(place: Place) -> frozenset[str]:
    """The rhyme groups of the readings in play."""
    return frozenset([reading.group for reading in place.readings])


_symbols, _groups = _Symbols(), _Groups()


def read_tones(line: str) -> tuple[str, frozenset[str]]:
    """The symbols of a line (see ``symbol``, but ？ for a character without readings) and the rhyme groups of its last
    character."""
    if context._contextual().isdisjoint(line):
        return line.translate(_symbols), _groups[line[-1]]
    places = read_line(line)
    decided = [_symbols[ord(p.char)] if p.how in _BY_ITSELF else symbol(p) for p in places]
    last = places[-1]
    return "".join(decided), _groups[last.char] if last.how in _BY_ITSELF else groups_of(last)


def find_shape(lines: Sequence[str], asked: str | None) -> Shape:
    """The shape to judge by: the form asked for, else the one the text has or is near to."""
    if asked is not None:
        width, count = next((width, count) for name, width, count in shapes() if name == asked)
        return Shape(asked, width, count)
    if (exact := exact_shape(lines)) is not None:
        return Shape(*exact)
    name, width, count, off = nearest_form(lines)
    meant = off <= _MEANT and 2 * sum(len(line) == width for line in lines) >= len(lines)
    return Shape(name if meant else None, width, count)


def analyse(lines: Sequence[str], shape: Shape, *, rhyme: str | None = None) -> Analysis:
    """Read, fold into shape and scan. ``rhyme`` is a canonical group that was asked for."""
    width, symbols, fitting, feet = shape.width, [], [], []
    for number, line in enumerate(lines[: shape.count], start=1):
        fits = len(line) == width
        fitting.append(fits)
        if fits:
            tones, groups = read_tones(line)
            symbols.append(tones)
            feet.append(Foot(number, width, line, groups))
        else:  # The foot of a line of another length is not known.
            symbols.append(OPEN * width)
    symbols += [OPEN * width] * (shape.count - len(symbols))
    unresolved = any(_UNRESOLVED in tones for tones in symbols)
    if unresolved:
        symbols = [tones.replace(_UNRESOLVED, OPEN) for tones in symbols]
    rhymed = find_rhyme(feet, asked=rhyme)
    scansion = (
        scan_oblique(symbols, first_rhymes=_first_in_group(rhymed))
        if rhymed.oblique
        else scan(symbols, first_rhymes=rhymed.first_can_rhyme)
    )
    return Analysis(tuple(lines), shape, tuple(fitting), tuple(symbols), unresolved, rhymed, scansion)


def _first_in_group(rhyme: Rhyme) -> bool:
    return rhyme.first is not None and rhyme.group in rhyme.first.groups
