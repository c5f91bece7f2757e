"""The room that a form leaves: which tones its lines may have together. Decoding and mending ask nothing else.

Lines that the rules judge together are a *unit*: a couplet of regulated verse (拗 in one line is cured in the other), a
single line where a form is kept place by place.
"""

from __future__ import annotations

from functools import cache

from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import line_types
from yayun.prosody.meter.linerules import acceptable_couplets
from yayun.prosody.meter.oblique import acceptable_oblique_couplets
from yayun.prosody.meter.plain import acceptable_line


@cache
def units(form: Form) -> tuple[tuple[int, ...], ...]:
    """The form's lines, those that are judged together in one tuple."""
    size = 1 if form.licence == "依谱" else 2
    return tuple(tuple(range(i, min(i + size, form.count))) for i in range(0, form.count, size))


def unit_of(form: Form, line: int) -> tuple[int, ...]:
    """The unit that a line is in."""
    return next(unit for unit in units(form) if line in unit)


@cache
def acceptable(form: Form, unit: tuple[int, ...], *, clean: bool = False) -> frozenset[tuple[str, ...]]:
    """What the unit's lines may be read as, a tone string each, so that no rule finds an error (``clean``: not even a
    warning, where the form's rules have any)."""
    if form.licence == "依谱":
        return frozenset((tones,) for tones in acceptable_line(form.tones[unit[0]]))
    types = line_types(form)
    upper, lower = (types[line] for line in unit)
    width = 5 if form.width == 5 else 7
    if form.oblique:
        return frozenset(acceptable_oblique_couplets(upper, lower, width))
    return frozenset(acceptable_couplets(upper, lower, width, clean=clean))
