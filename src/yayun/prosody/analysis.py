"""Everything the findings and the scores are made from: the readings, the shape, the rhyme and the scansion of a text.

Findings (``review``) and scores (``scores``) are two views of one ``Analysis``, so they can't disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yayun.prosody.forms import nearest_form, shapes
from yayun.prosody.lexicon import Place, read_line, tones
from yayun.prosody.oblique import ObliqueScansion, scan_oblique
from yayun.prosody.rhymes import Rhyme, find_rhyme
from yayun.prosody.scansion import OPEN, Scansion, scan

# A text no further than this from a form (characters to add or drop over characters of the form) is meant as one,
# if half of its lines have the form's width.
_MEANT = 0.2


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
    ``places`` and ``fitting`` stop at ``shape.count`` lines."""

    lines: tuple[str, ...]
    places: tuple[tuple[Place, ...], ...]
    shape: Shape
    fitting: tuple[bool, ...]
    symbols: tuple[str, ...]
    rhyme: Rhyme
    scansion: Scansion | ObliqueScansion


def symbol(place: Place) -> str:
    """平 or 仄 where the place is settled, else 中."""
    if place.how in ("only", "prior"):
        return _settled[place.char]
    tones = place.tones
    return next(iter(tones)) if len(tones) == 1 else OPEN


class _Settled(dict[str, str]):
    """Character -> its tone, for characters that have one only without context."""

    def __missing__(self, char: str) -> str:
        (tone,) = tones(char)
        self[char] = tone
        return tone


_settled = _Settled()


def find_shape(lines: Sequence[str], asked: str | None) -> Shape:
    """The shape to judge by: the form asked for, else the one the text has or is near to."""
    if asked is not None:
        width, count = next((width, count) for name, width, count in shapes() if name == asked)
        return Shape(asked, width, count)
    name, width, count, off = nearest_form(lines)
    if off == 0:
        return Shape(name, width, count)
    widths = {len(line) for line in lines}
    if len(widths) == 1 and (common := widths.pop()) in (5, 7) and len(lines) >= 10 and len(lines) % 2 == 0:
        return Shape("五言排律" if common == 5 else "七言排律", common, len(lines))
    meant = off <= _MEANT and 2 * sum(len(line) == width for line in lines) >= len(lines)
    return Shape(name if meant else None, width, count)


def analyse(lines: Sequence[str], shape: Shape, *, rhyme: str | None = None) -> Analysis:
    """Read, fold into shape and scan. ``rhyme`` is a canonical group that was asked for."""
    places = tuple([read_line(line) for line in lines[: shape.count]])
    fitting = tuple(len(line) == shape.width for line in lines[: shape.count])
    symbols = [
        "".join([symbol(place) for place in line]) if fits else OPEN * shape.width
        for line, fits in zip(places, fitting, strict=False)
    ]
    symbols += [OPEN * shape.width] * (shape.count - len(symbols))
    # The foot of a line of another length is not known.
    feet = [line if fits else () for line, fits in zip(places, fitting, strict=False)]
    rhymed = find_rhyme(feet, asked=rhyme)
    scansion = (
        scan_oblique(symbols, first_rhymes=_first_in_group(rhymed))
        if rhymed.oblique
        else scan(symbols, first_rhymes=rhymed.first_can_rhyme)
    )
    return Analysis(tuple(lines), places, shape, fitting, tuple(symbols), rhymed, scansion)


def _first_in_group(rhyme: Rhyme) -> bool:
    return rhyme.first is not None and rhyme.group in rhyme.first.groups
