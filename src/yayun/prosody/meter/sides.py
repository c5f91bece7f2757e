"""The two sides of a 对联 in the lines of a text: a side of several clauses is as many lines."""

from __future__ import annotations

from collections.abc import Sequence

from yayun.prosody.forms import facing
from yayun.prosody.forms.form import Form
from yayun.prosody.readings.lexicon import read_line


def two_sides(lines: Sequence[str]) -> tuple[tuple[str, ...], Form]:
    """The sides, each in one, and the form that the first asks of the second."""
    half = len(lines) // 2
    clauses = tuple(map(len, lines[:half]))
    if len(lines) < 4 or len(lines) % 2 or sum(clauses) > facing.LONGEST_SIDE:
        sides, clauses = tuple(lines), facing.usual_clauses(len(lines[0]))
    else:
        sides = ("".join(lines[:half]), "".join(lines[half:]))
    return sides, facing.answering("".join(place.symbol for place in read_line(sides[0])), clauses)
