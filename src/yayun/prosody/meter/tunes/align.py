"""A text set against a form that is longer or shorter than it: what stands where, what is missing or extra."""

from __future__ import annotations

from typing import NamedTuple

from yayun.prosody.forms.tunes.tune import TuneForm
from yayun.prosody.meter.tunes.match import CUT_ELSEWHERE, NO_CUT, RHYME_INSIDE, STOP_UNRHYMED, misshape, outline
from yayun.prosody.meter.tunes.verse import Verse
from yayun.prosody.tones import OPEN

_GAP = 2.5  # a character missing or too many
_TONE = {"必": 0.5, "多": 0.2, "可": 0.0}
_BAND = 8  # how far from the diagonal characters may stand, beside the difference in length
_FAR = 1e9


class Alignment(NamedTuple):
    """``places``: for each character of the form the index of the text's, None where it is missing; ``extra``: indices
    of characters that the form has no place for; ``cost`` in nats, as ``match.misshape`` counts."""

    places: tuple[int | None, ...]
    extra: tuple[int, ...]
    cost: float


def align(form: TuneForm, verse: Verse) -> Alignment:
    """The cheapest way to set a text against a form."""
    if form.length == len(verse.text):
        return Alignment(tuple(range(form.length)), (), misshape(form, verse))
    return _trace(form, verse)


def _trace(form: TuneForm, verse: Verse) -> Alignment:
    rows, columns = form.length, len(verse.text)
    band = abs(rows - columns) + _BAND
    best = [[_FAR] * (columns + 1) for _ in range(rows + 1)]
    step = [[""] * (columns + 1) for _ in range(rows + 1)]
    best[0][0] = 0.0
    for i in range(rows + 1):
        for j in range(max(0, i - band), min(columns, i + band) + 1):
            if i and j and (cost := best[i - 1][j - 1] + _together(form, verse, i - 1, j - 1)) < best[i][j]:
                best[i][j], step[i][j] = cost, "both"
            if i and (cost := best[i - 1][j] + _GAP) < best[i][j]:
                best[i][j], step[i][j] = cost, "missing"
            if j and (cost := best[i][j - 1] + _GAP + CUT_ELSEWHERE * (j - 1 in verse.ends)) < best[i][j]:
                best[i][j], step[i][j] = cost, "extra"
    places: list[int | None] = []
    extra: list[int] = []
    i, j = rows, columns
    while i or j:
        taken = step[i][j]
        i -= taken != "extra"
        j -= taken != "missing"
        if taken == "extra":
            extra.append(j)
        else:
            places.append(j if taken == "both" else None)
    return Alignment(tuple(reversed(places)), tuple(reversed(extra)), best[rows][columns])


def _together(form: TuneForm, verse: Verse, i: int, j: int) -> float:
    """What it costs that place ``i`` of the form is character ``j`` of the text."""
    shape, slot, tone = outline(form), form.slots[i], verse.tones[j]
    cost = _TONE[slot.grade] if OPEN not in (slot.tone, tone) and slot.tone != tone else 0.0
    cut, mark = shape.cuts.get(i), verse.ends.get(j)
    if mark is None:
        bound = RHYME_INSIDE if cut == "。" and i not in shape.optional else NO_CUT if cut not in (None, "、") else 0.0
        return cost + bound
    if cut is None:
        return cost + CUT_ELSEWHERE
    return cost + (STOP_UNRHYMED if mark == "。" and cut != "。" else 0.0)
