"""The continuous scores: tones, rhymes, antithesis and length in 0..1, defined for any text, from the same analysis
the findings come from. They grow as a draft gets better, one character at a time.

With N lines of W characters in the form (asked for, or the nearest):

- length      1 - 2 · (characters to add or drop) / (N·W), not below 0.
- tones       of the lines that have W characters, the share that is left after the scansion's cost (1 for an error,
              0.2 for a warning, 0.01 for a note, divided by the ruled places of a line: 3 in a five, 4 in a seven).
- rhymes      of the N/2 even lines, those in the group; a neighbouring group counts a half, a repeated character
              nothing; a first line that ends level without rhyming takes half a foot away.
- antithesis  律诗: the mean parallelism of the middle couplets. 绝句 need none: 0.8, and 0.2 times the best couplet's.

Lines of a wrong width earn nothing but in ``length``; surplus lines dilute. ``total`` is
0.4·tones + 0.3·rhymes + 0.2·antithesis + 0.1·length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.names import canonical_form, canonical_rhyme, misshape
from yayun.prosody.meter.analysis import Analysis, Shape, analyse, find_shape
from yayun.prosody.meter.plain import PlainScansion, line_misses
from yayun.prosody.meter.rhymes import foot_credit
from yayun.prosody.parallelism import couplet as parallelism
from yayun.prosody.tones import OPEN

WEIGHTS = (0.4, 0.3, 0.2, 0.1)
# What a quatrain without a parallel couplet has in antithesis: nothing is demanded of it.
UNDEMANDED = 0.8


class Scores(NamedTuple):
    """Each in 0..1."""

    tones: float
    rhymes: float
    antithesis: float
    length: float

    @property
    def total(self) -> float:
        """The weighted sum."""
        parts = (self.tones, self.rhymes, self.antithesis, self.length)
        return sum(weight * part for weight, part in zip(WEIGHTS, parts, strict=True))

    def to_json(self) -> dict[str, float]:
        """Rounded to four places."""
        return {
            "tones": round(self.tones, 4),
            "rhymes": round(self.rhymes, 4),
            "antithesis": round(self.antithesis, 4),
            "length": round(self.length, 4),
            "total": round(self.total, 4),
        }


def scores_of(lines: Sequence[str], form: str | None = None, rhyme: str | None = None, *, by: str = PINGSHUI) -> Scores:
    """The scores of any lines, against a form and a group if given.

    Raises YayunError for an unknown form or group only.
    """
    shape = find_shape(lines, canonical_form(form) if form else None)
    held = book(by)
    return analysis_scores(analyse(lines, shape, held, rhyme=canonical_rhyme(rhyme, held) if rhyme else None))


def analysis_scores(analysis: Analysis) -> Scores:
    """The four scores of an analysis."""
    if analysis.exact:
        return Scores(_tones(analysis), _rhymes(analysis), _antithesis(analysis), 1.0)
    dilution = dilution_of(analysis.lines, analysis.shape)
    return Scores(
        tones=dilution * _tones(analysis),
        rhymes=dilution * _rhymes(analysis),
        antithesis=dilution * _antithesis(analysis),
        length=length_score(analysis.lines, analysis.shape),
    )


def dilution_of(lines: Sequence[str], shape: Shape) -> float:
    """What surplus lines leave of the other scores."""
    return min(1.0, shape.count / max(1, len(lines)))


def length_score(lines: Sequence[str], shape: Shape) -> float:
    """The score of the lines' lengths alone."""
    widths = shape.form.widths
    return max(0.0, 1.0 - 2.0 * misshape(lines, widths) / sum(widths))


def ruled_places(width: int) -> int:
    """Places of a line that the pattern settles: 3 in a five, 4 in a seven."""
    return (width + 1) // 2


def _tones(analysis: Analysis) -> float:
    if isinstance(analysis.scansion, PlainScansion):
        return _plain_tones(analysis.scansion, analysis.fitting)
    kept = sum(analysis.fitting) - analysis.scansion.cost / ruled_places(analysis.shape.width)
    return min(1.0, max(0.0, kept / analysis.shape.count))


def _plain_tones(scansion: PlainScansion, fitting: Sequence[bool]) -> float:
    """The mean over the lines of the share of settled places that are right."""
    kept = 0.0
    for tones, slots, fits in zip(scansion.tones, scansion.form.tones, fitting, strict=False):
        ruled = sum(slot != OPEN for slot in slots)
        kept += fits * (1.0 - len(line_misses(tones, slots)) / max(1, ruled))
    return kept / scansion.form.count


def _rhymes(analysis: Analysis) -> float:
    if analysis.shape.plain:
        return _plain_rhymes(analysis)
    rhyme, shape = analysis.rhyme, analysis.shape
    group, kept = rhyme.group, 0.0
    if group is None:
        return 0.0
    chars = rhyme.chars[1::2]
    for k, foot in enumerate(rhyme.groups[1::2]):
        if foot and chars.index(chars[k]) == k:  # the first with that character
            kept += foot_credit(rhyme.book, group, foot)
    if rhyme.groups[0] is not None and analysis.first_level:
        kept -= 0.0 if rhyme.first_can_rhyme or rhyme.oblique else 0.5
    return max(0.0, kept / (shape.count // 2))


def _plain_rhymes(analysis: Analysis) -> float:
    """The share of the rhyming lines that rhyme in their class, a repeated character nothing."""
    wanted, kept = 0, 0.0
    for rhyme in analysis.rhymes:
        feet = {rhyme.chars[i]: rhyme.groups[i] for i in rhyme.rhyming if rhyme.groups[i] is not None}
        wanted += len(rhyme.rhyming)
        if rhyme.group is not None:
            kept += sum(rhyme.group in (foot or ()) for foot in feet.values())
    return kept / wanted if wanted else 1.0


def _antithesis(analysis: Analysis) -> float:
    shape, owing = analysis.shape, analysis.form.parallel
    if owing:
        return sum([_parallel(analysis, *pair) for pair in owing]) / len(owing)
    if shape.plain:  # nothing is demanded
        return sum(analysis.fitting) / shape.count
    best = max(_parallel(analysis, 0, 1), _parallel(analysis, 2, 3))
    return sum(analysis.fitting) / shape.count * (UNDEMANDED + (1.0 - UNDEMANDED) * best)


def _parallel(analysis: Analysis, upper: int, lower: int) -> float:
    fitting = analysis.fitting
    if lower >= len(fitting) or not (fitting[upper] and fitting[lower]):
        return 0.0
    return parallelism.couplet_parallelism(analysis.lines[upper], analysis.lines[lower])
