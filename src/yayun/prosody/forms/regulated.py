"""Regulated verse as forms: the four line types, the sixteen patterns, 排律 of any length, and the oblique mirrors.

Source: the four line types and four openings as every textbook has them (Wang Li, *Shici gelü*). Five-character lines
are basic; a seven-character line puts two characters of the opposite class in front.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from yayun.prosody.forms.form import COMMA, STOP, Form, Line, RhymeClass
from yayun.prosody.tones import LEVEL, OBLIQUE

Width = Literal[5, 7]
LineType = Literal["a", "b", "A", "B"]

_FIVE: dict[str, str] = {"a": "仄仄平平仄", "b": "平平平仄仄", "A": "仄仄仄平平", "B": "平平仄仄平"}
_TYPE = {tones: line_type for line_type, tones in _FIVE.items()}
# The type of each line -> that of the next, after a couplet's end in its standard order.
_ANSWER = {"a": "B", "b": "A", "A": "B", "B": "A"}
_FOLLOWING = {"A": "a", "B": "b"}
OPENINGS = ("a", "A", "b", "B")

FORMS: dict[str, tuple[Width, int]] = {"五绝": (5, 4), "七绝": (7, 4), "五律": (5, 8), "七律": (7, 8)}
FORM_NAMES = {"五绝": "五言绝句", "七绝": "七言绝句", "五律": "五言律诗", "七律": "七言律诗"}
# 排律: an even number of lines from ten on; the name of each width.
LONG_FORMS: dict[str, Width] = {"五言排律": 5, "七言排律": 7}
SHORTEST_LONG = 10
LONGEST_LONG = 400  # lines; the longest of the Tang have about 200


def line_tones(line_type: str, width: int) -> str:
    """The canonical tones of a line type, e.g. ``平平仄仄平``."""
    five = _FIVE[line_type]
    if width == 5:
        return five
    return (LEVEL if five[1] == OBLIQUE else OBLIQUE) * 2 + five


def line_type(tones: str) -> str:
    """The type whose canonical tones (of a five or a seven) these are."""
    return _TYPE[tones[-5:]]


@cache
def line_types(form: Form) -> str:
    """The types of a regulated form's lines, e.g. ``aBbA``."""
    return "".join(map(line_type, form.tones))


def owing_parallelism(count: int) -> tuple[int, ...]:
    """The couplets (from 0) of so many lines that owe 对仗: from eight lines on all but the first and the last."""
    return tuple(range(1, count // 2 - 1)) if count >= 8 else ()


@cache
def types_from(opening: str, count: int) -> str:
    """The types of ``count`` lines from the first line's on, ``count`` even."""
    types, upper = "", opening
    while len(types) < count:
        lower = _ANSWER[upper]
        types += upper + lower
        upper = _FOLLOWING[lower]
    return types


def _names(width: int, count: int) -> tuple[str, str]:
    """The full name and the short one."""
    for short, shape in FORMS.items():
        if shape == (width, count):
            return FORM_NAMES[short], short
    return next(name for name, of_width in LONG_FORMS.items() if of_width == width), ""


@cache
def regulated(width: int, count: int, *, oblique: bool = False) -> tuple[Form, ...]:
    """The four patterns of so many lines of five or seven characters, ``count`` even.

    With ``oblique`` their mirrors for a rhyme in 仄: each line keeps the tone of its second character and changes that
    of its last, so 对 and 粘 hold as before.
    """
    name, short = _names(width, count)
    found = []
    for opening in OPENINGS:
        types = types_from(opening, count)
        lines = tuple(
            Line(
                line_tones(t.swapcase() if oblique else t, width),
                rhyme=0 if t.isupper() else None,
                mark=STOP if i % 2 else COMMA,
            )
            for i, t in enumerate(types)
        )
        first = "" if opening.isupper() else "不"
        found.append(
            Form(
                name,
                lines,
                rhymes=(RhymeClass("仄" if oblique else "平"),),
                parallel=tuple((2 * i, 2 * i + 1) for i in owing_parallelism(count)),
                licence="仄韵" if oblique else "近体",
                variant=f"{lines[0].slots[1]}起首句{first}入韵",
                short=short,
            )
        )
    return tuple(found)


def patterns(form: str, *, oblique: bool = False) -> tuple[Form, ...]:
    """The four patterns of 五绝, 七绝, 五律 or 七律 (short names), or their oblique mirrors."""
    return regulated(*FORMS[form], oblique=oblique)
