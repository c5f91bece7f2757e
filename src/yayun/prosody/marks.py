"""A review character by character, as a page shows it: tone and what the pattern wants, slips and cures, rhyme feet,
antithesis, readings. Everything comes from the review's own code."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from yayun.prosody.books.shelf import book, read_line_by
from yayun.prosody.forms.catalog import forms_named, of_length
from yayun.prosody.forms.regulated import LineType, Width, line_tones
from yayun.prosody.meter.analysis import Analysis, analyse, find_shape
from yayun.prosody.meter.by_book import BookReview
from yayun.prosody.meter.linerules import couplet_verdicts
from yayun.prosody.meter.oblique import ObliqueScansion, acceptable_oblique_couplets
from yayun.prosody.meter.plain import PlainScansion
from yayun.prosody.meter.tunes.match import outline
from yayun.prosody.meter.tunes.review import TuneReview
from yayun.prosody.parallelism.couplet import explain
from yayun.prosody.readings.lexicon import read_line
from yayun.prosody.readings.line import Place
from yayun.prosody.render import foot_lines, marked_places
from yayun.prosody.review import Review
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

EITHER = "两"
_ANSWERS: dict[str, str] = {"a": "B", "b": "A", "A": "b", "B": "a"}


class Mark(NamedTuple):
    """One character. ``tone`` as the review read it, 两 where it read none and both are in play; ``expected`` what the
    pattern wants (中: either, also where there is no pattern); ``severity`` of the gravest finding here, '' for none;
    ``cure``: it cures another place; ``parallel`` None where no antithesis is due; ``rhyme``:
    of a foot of 词 its rhyme, from 0 (换韵 begins another, 叶 does not)."""

    char: str
    tone: str
    expected: str
    severity: str
    cure: bool
    foot: bool
    parallel: bool | None
    place: Place
    rhyme: int | None = None

    def to_json(self) -> dict[str, object]:
        """The mark as the service sends it; ``used``: the reading is in play here."""
        return {
            "char": self.char,
            "tone": self.tone,
            "expected": self.expected,
            "fault": self.severity == "error",
            "severity": self.severity or None,
            "cure": self.cure,
            "foot": self.foot,
            "parallel": self.parallel,
            "rhyme": self.rhyme,
            "readings": [
                {"group": r.group, "tone": r.tone, "sense": r.sense, "gloss": r.gloss, "used": r in self.place.readings}
                for r in (*self.place.readings, *self.place.alternatives)
            ],
        }


def marks(review: Review | TuneReview | BookReview) -> tuple[tuple[Mark, ...], ...]:
    """A mark a character, a tuple a line."""
    if isinstance(review, TuneReview):
        return _of_tune(review)
    if isinstance(review, BookReview):
        return _by_book(review)
    analysis = _analysis(review)
    severities = marked_places(review.findings)
    cures = {finding.cure for finding in review.findings if finding.cure}
    feet = foot_lines(review)
    facing = _facing(review, analysis)
    found = []
    for i, line in enumerate(review.lines):
        places = read_line(line)
        tones = review.tones[i] if review.tones and review.tones[i] else _tones(places)
        wanted = _expected(analysis, i, len(line))
        found.append(
            tuple(
                Mark(
                    char,
                    tones[j],
                    wanted[j],
                    severities.get((i + 1, j + 1), ""),
                    (i + 1, j + 1) in cures,
                    i + 1 in feet and j == len(line) - 1,
                    facing.get((i, j)),
                    places[j],
                )
                for j, char in enumerate(line)
            )
        )
    return tuple(found)


def _of_tune(review: TuneReview) -> tuple[tuple[Mark, ...], ...]:
    """Of a 词: what its form wants at each place."""
    form, verse, (places, _, _) = review.judged
    wanted = {j: form.slots[i].tone for i, j in enumerate(places) if j is not None}
    letters = {places[i]: letter.upper() for i, letter in outline(form).feet.items()}
    classes = {letter: number for number, letter in enumerate(dict.fromkeys(letters.values()))}
    severities = marked_places(review.findings)
    found, at = [], 0
    for i, line in enumerate(review.lines, start=1):
        row = []
        for j, char in enumerate(line, start=1):
            place = verse.places[at]
            severity = severities.get((i, j), "")
            rhyme = classes[letters[at]] if at in letters else None
            tone, foot = _tones((place,)), rhyme is not None
            row.append(Mark(char, tone, wanted.get(at, OPEN), severity, False, foot, None, place, rhyme))
            at += 1
        found.append(tuple(row))
    return tuple(found)


def _by_book(review: BookReview) -> tuple[tuple[Mark, ...], ...]:
    """By another book: its readings, and what the pattern that the poem was read as wants."""
    forms = (form for form in forms_named(review.form) for form in of_length(form, len(review.lines)))
    form = next((form for form in forms if form.variant == review.pattern), None)
    severities = marked_places(review.findings)
    cures = {finding.cure for finding in review.findings if finding.cure}
    found = []
    for i, line in enumerate(review.lines):
        places = read_line_by(review.book, line)
        tones = _tones(places)
        fits = form is not None and i < form.count and len(line) == form.widths[i]
        wanted = form.tones[i] if form is not None and fits else OPEN * len(line)
        foot = form is not None and i in form.rhyming
        row = [
            Mark(char, tones[j], wanted[j], severities.get((i + 1, j + 1), ""), (i + 1, j + 1) in cures,
                 foot and j == len(line) - 1, None, places[j])
            for j, char in enumerate(line)
        ]  # fmt: skip
        found.append(tuple(row))
    return tuple(found)


def _analysis(review: Review) -> Analysis | None:
    """What the review was made from, where it took the poem for regulated verse."""
    if review.pattern is None:
        return None
    shape = find_shape(review.lines, review.as_form or review.form)
    return analyse(review.lines, shape, book(review.book), rhyme=review.rhyme)


def _tones(places: tuple[Place, ...]) -> str:
    return "".join(EITHER if place.symbol == OPEN else place.symbol for place in places)


def _facing(review: Review, analysis: Analysis | None) -> dict[tuple[int, int], bool]:
    """(line, column), from 0, of the couplets that should be parallel -> are the two characters?"""
    found = {}
    if analysis is not None and len(review.lines) == analysis.shape.count:
        for first, second in analysis.form.parallel:
            for verdict in explain(review.lines[first], review.lines[second]):
                for line in (first, second):
                    found[line, verdict.position - 1] = verdict.alike
    return found


def _expected(analysis: Analysis | None, line: int, length: int) -> str:
    """What the pattern wants of a line as the review read it; 中 throughout where there is none."""
    if analysis is None or line >= analysis.shape.count or length != analysis.form.widths[line]:
        return OPEN * length
    if isinstance(analysis.scansion, PlainScansion):
        return analysis.form.tones[line]
    width: Width = 5 if analysis.shape.width == 5 else 7
    if isinstance(analysis.scansion, ObliqueScansion):
        return _expected_oblique(analysis.scansion, line, width)
    return expected_tones(analysis.scansion.types[line], width)


@cache
def expected_tones(line_type: LineType, width: Width) -> str:
    """The type's tones as textbooks write them, e.g. ``中仄平平仄``: 中 where the other tone by itself gives no rule
    anything to say."""
    own = line_tones(line_type, width)
    return "".join(OPEN if _is_free(line_type, own, i) else tone for i, tone in enumerate(own))


def _is_free(line_type: LineType, own: str, i: int) -> bool:
    turned = own[:i] + (OBLIQUE if own[i] == LEVEL else LEVEL) + own[i + 1 :]
    other = _ANSWERS[line_type]
    beside = line_tones(other, len(own))
    if line_type.islower():
        return not couplet_verdicts(line_type, other, turned, beside)
    return not couplet_verdicts(other, line_type, beside, turned)


def _expected_oblique(scansion: ObliqueScansion, line: int, width: Width) -> str:
    """For an oblique rhyme: what all acceptable lines with this opening and ending have in common."""
    rhymes = line % 2 == 1 or (line == 0 and scansion.first_rhymes)
    level_second = (scansion.tones[0][1] == LEVEL) != (line % 4 in (1, 2))
    line_type = next(t for t in "abAB" if (line_tones(t, width)[1] == LEVEL) == level_second and t.islower() == rhymes)
    strings = {upper for upper, _ in acceptable_oblique_couplets(line_type, line_type, width)}
    columns = [{tones[i] for tones in strings} for i in range(width)]
    return "".join(OPEN if len(column) > 1 else next(iter(column)) for column in columns)
