"""Line types and the sixteen standard patterns of regulated verse.

``平`` is level, ``仄`` oblique. Source: the four line types and four openings as every textbook has them
(Wang Li, *Shici gelü*). Five-character lines are basic; a seven-character line puts two characters of the
opposite class in front.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from yayun.prosody.tones import LEVEL as LEVEL
from yayun.prosody.tones import OBLIQUE as OBLIQUE
from yayun.prosody.tones import OPEN as OPEN

Width = Literal[5, 7]
LineType = Literal["a", "b", "A", "B"]

_FIVE: dict[str, str] = {"a": "仄仄平平仄", "b": "平平平仄仄", "A": "仄仄仄平平", "B": "平平仄仄平"}

# Opening couplet -> line types of a whole octave, by (type of the opening line).
_OCTAVES = {"aB": "aBbAaBbA", "AB": "ABbAaBbA", "bA": "bAaBbAaB", "BA": "BAaBbAaB"}

FORMS: dict[str, tuple[Width, int]] = {"五绝": (5, 4), "七绝": (7, 4), "五律": (5, 8), "七律": (7, 8)}
FORM_NAMES = {"五绝": "五言绝句", "七绝": "七言绝句", "五律": "五言律诗", "七律": "七言律诗"}


def line_tones(line_type: str, width: int) -> str:
    """The canonical tones of a line type, e.g. ``平平仄仄平``."""
    five = _FIVE[line_type]
    if width == 5:
        return five
    return (LEVEL if five[1] == OBLIQUE else OBLIQUE) * 2 + five


@dataclass(frozen=True, slots=True)
class Pattern:
    """One of the sixteen: ``form`` (五绝 ...), ``types`` (a line type a line, e.g. ``aBbA``).

    ``oblique``: its mirror for an oblique rhyme (仄韵), where rhyming lines end oblique and the others level.
    """

    form: str
    types: str
    oblique: bool = False

    @property
    def width(self) -> Width:
        """Characters in a line."""
        return FORMS[self.form][0]

    @property
    def first_line_rhymes(self) -> bool:
        """Does the first line rhyme (首句入韵)?"""
        return 0 in self.rhyming

    @property
    def opening(self) -> Literal["平起", "仄起"]:
        """By the second character of the first line."""
        return "平起" if line_tones(self.types[0], self.width)[1] == LEVEL else "仄起"

    @property
    def name(self) -> str:
        """E.g. ``仄起首句不入韵``."""
        return f"{self.opening}首句{'' if self.first_line_rhymes else '不'}入韵"

    @property
    def rhyming(self) -> tuple[int, ...]:
        """Indices (from 0) of the lines that rhyme."""
        return tuple(i for i, t in enumerate(self.types) if t.isupper() != self.oblique)

    @property
    def tones(self) -> tuple[str, ...]:
        """Canonical tones, a string a line."""
        return tuple(line_tones(t, self.width) for t in self.types)


@cache
def patterns(form: str, *, oblique: bool = False) -> tuple[Pattern, ...]:
    """The four patterns of a form; with ``oblique`` their mirrors: each line keeps the tone of its second character
    and changes that of its last, so 对 and 粘 hold as before."""
    count = FORMS[form][1]
    octaves = (types[:count] for types in _OCTAVES.values())
    return tuple(Pattern(form, types.swapcase() if oblique else types, oblique) for types in octaves)
