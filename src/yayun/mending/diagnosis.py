"""What is wrong with a draft, line by line: the review's findings put down to the lines that have to be written anew.

The rules are the review's own. What is added here is a frame: a draft that is to be mended line by line has to settle
on one of the patterns the request allows, the one that leaves the fewest lines to mend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yayun.prompts.instruction import Asked, Retrieved
from yayun.prosody.books.shelf import book
from yayun.prosody.forms.catalog import alike
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.names import fold
from yayun.prosody.meter.finding import Finding
from yayun.prosody.meter.room import acceptable, unit_of, units
from yayun.prosody.readings.lexicon import Place, read_line, standardize
from yayun.prosody.review import Review, review
from yayun.prosody.tones import OPEN
from yayun.retrieval.novelty import is_corpus_line

Slots = tuple[str | None, ...]
MISSING = "□"


@dataclass(frozen=True, slots=True)
class Task:
    """One poem to be written by a model that reads instructions.

    ``pattern`` and ``rhyme`` are settled; ``opening`` (平起, 仄起) and ``first_line_rhymes`` are what the request
    insists on, None where a draft may differ. ``retrieved`` None is composing without retrieval.
    """

    asked: Asked
    pattern: Form
    rhyme: str
    opening: str | None = None
    first_line_rhymes: bool | None = None
    retrieved: Retrieved | None = None

    def allowed_patterns(self) -> tuple[Form, ...]:
        """The settled pattern, then the others the request allows."""
        others = [
            p
            for p in alike(self.pattern)
            if p != self.pattern
            and self.opening in (None, p.opening)
            and self.first_line_rhymes in (None, p.first_line_rhymes)
        ]
        return (self.pattern, *others)

    def asked_pattern(self) -> str | None:
        """The pattern as ``review`` is asked for it."""
        first = {None: "", True: "首句入韵", False: "首句不入韵"}[self.first_line_rhymes]
        return (self.opening or "") + first or None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A draft's ``review`` (with □ for missing lines), the ``pattern`` it is to be mended in, and the indices of its
    ``faulty`` lines. ``copied`` are those that stand in the corpus, ``unfit`` those missing, of another length or not
    as the acrostic has them; ``missing`` are images asked for that have not come: where nothing else is wrong, a line
    is given up for them."""

    task: Task
    slots: Slots
    review: Review
    pattern: Form
    faulty: tuple[int, ...]
    copied: tuple[int, ...]
    unfit: tuple[int, ...]
    missing: tuple[str, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The review's errors."""
        return tuple(finding for finding in self.review.findings if finding.severity == "error")

    @property
    def passed(self) -> bool:
        """Is every line there, new, as the acrostic has it, and has the review no error?"""
        return self.review.passed and not self.copied and not self.unfit

    @property
    def weight(self) -> tuple[int, int, int]:
        """For comparing drafts: lines that are none, lines to mend, errors."""
        return len(self.unfit), len(self.faulty), len(self.errors)


def align(lines: Sequence[str], task: Task, places: Sequence[int] | None = None) -> Slots:
    """Put lines in their places, in order: with a line dropped, or a title left in, tones and rhyme tell which.

    ``places`` restricts which places may be filled (all, if None). The best of the allowed patterns decides.
    """
    count = task.pattern.count
    if places is None and len(lines) == count:
        return tuple(lines)
    free = range(count) if places is None else places
    choices = [_assign(lines, pattern, task.rhyme, tuple(free)) for pattern in task.allowed_patterns()]
    _, chosen = max(choices, key=lambda choice: choice[0])
    return tuple(chosen.get(i) for i in range(count))


def _assign(lines: Sequence[str], pattern: Form, rhyme: str, places: tuple[int, ...]) -> tuple[float, dict[int, str]]:
    """The assignment of lines to places, both in order, that fits best: (worth, place -> line), found like a longest
    common subsequence."""
    table: list[list[tuple[float, dict[int, str]]]] = [[(0.0, {})] * (len(places) + 1)]
    for i, line in enumerate(lines):
        row: list[tuple[float, dict[int, str]]] = [(0.0, {})]
        for j, place in enumerate(places):
            worth, held = table[i][j]
            taken = (worth + _worth(line, pattern, rhyme, place), {**held, place: line})
            row.append(max(table[i][j + 1], row[j], taken, key=lambda choice: choice[0]))
        table.append(row)
    return table[-1][-1]


def _worth(line: str, pattern: Form, rhyme: str, place: int) -> float:
    """How well a line goes in a place: 1 for being a line, more for its length, tones and foot."""
    width = pattern.widths[place]
    if len(line) != width:
        return 0.5
    read, tones = read_line(line), pattern.tones[place]
    fit = sum(tones[k] in {OPEN, *_tones(read[k])} for k in (*range(1, width, 2), width - 1))
    foot = 3.0 if place in pattern.rhyming and rhyme in _groups(read[-1]) else 0.0
    return 1.0 + fit + foot


def diagnose(slots: Slots, task: Task) -> Diagnosis:
    """Review a draft and find the lines to be written anew."""
    widths = task.pattern.widths
    shown = [line if line is not None else MISSING * width for line, width in zip(slots, widths, strict=True)]
    found = review(shown, form=task.pattern, rhyme=task.rhyme, pattern=task.asked_pattern(), imagery=task.asked.imagery)
    copied = tuple(i for i, line in enumerate(slots) if line is not None and is_corpus_line(line))
    unfit = _unfit(slots, task)
    always = {*copied, *unfit}
    by_pattern = [
        (pattern, _off_pattern(slots, pattern, task.rhyme, found.book)) for pattern in task.allowed_patterns()
    ]
    # The settled pattern unless another saves two lines or more.
    pattern, off = min(by_pattern, key=lambda choice: len(choice[1] | always) + (choice[0] != task.pattern))
    faulty = always if found.passed else off | always
    missing = _missing_images(slots, task)
    if not faulty and not found.passed:
        faulty = _lines_named(found, len(slots))
    if not faulty and missing:
        faulty = {_spare(slots, task, pattern)}
    return Diagnosis(task, slots, found, pattern, tuple(sorted(faulty)), copied, tuple(sorted(unfit)), missing)


def _lines_named(found: Review, count: int) -> set[int]:
    """The lines that errors name; all, where they name none."""
    named = {finding.line - 1 for finding in found.findings if finding.severity == "error" and finding.line}
    return {i for i in named if i < count} or set(range(count))


def _missing_images(slots: Slots, task: Task) -> tuple[str, ...]:
    text = fold("\n".join(line or "" for line in slots))
    return tuple(image for image in task.asked.imagery if fold(image) not in text)


def _spare(slots: Slots, task: Task, pattern: Form) -> int:
    """The line to give up for an image: a late one that doesn't rhyme and holds no image asked for."""
    free = [i for i in range(len(slots)) if i not in pattern.rhyming]
    images = tuple(map(fold, task.asked.imagery))
    bare = [i for i in free if not any(image in fold(slots[i] or "") for image in images)]
    return max(bare or free)


def _unfit(slots: Slots, task: Task) -> set[int]:
    """Lines that are missing, of another length, in no Chinese script, or don't begin as the acrostic has it."""
    heads = fold(task.asked.acrostic)
    return {
        i
        for i, line in enumerate(slots)
        if line is None
        or len(line) != task.pattern.widths[i]
        or MISSING in line
        or (heads and fold(line[0]) != heads[i])
    }


def _off_pattern(slots: Slots, pattern: Form, rhyme: str, by: str) -> set[int]:
    """Lines that break the pattern or the rhyme."""
    off: set[int] = set()
    feet: set[str] = set()
    read = [
        None if line is None or len(line) != width else read_line(line)
        for line, width in zip(slots, pattern.widths, strict=True)
    ]
    for unit in units(pattern):
        off |= _off_unit(pattern, unit, read)
    for i in pattern.rhyming:
        places = read[i]
        if places is None:
            continue
        foot = standardize(places[-1].char)
        # A first line may borrow from a neighbouring group; the review says whether that is so.
        if (rhyme not in _groups(places[-1]) and not (i == 0 and _borrows(places[-1], rhyme, by))) or foot in feet:
            off.add(i)
        feet.add(foot)
    return off


def _off_unit(pattern: Form, unit: tuple[int, ...], read: Sequence[Sequence[Place] | None]) -> set[int]:
    """Which lines of a unit break its tones: those that nothing acceptable has; all, where only together they break a
    rule (拗 without 救: either may mend it)."""
    strings = acceptable(pattern, unit)
    if any(all(_agrees(read[line], tones) for line, tones in zip(unit, held, strict=True)) for held in strings):
        return set()
    off = {
        line
        for k, line in enumerate(unit)
        if read[line] is not None and not any(_agrees(read[line], s[k]) for s in strings)
    }
    return off or set(unit)


def tones_left(found: Diagnosis, i: int) -> tuple[str, ...]:
    """The tone strings line ``i`` may have beside the other line of its couplet.

    Where that one is to be written anew too, an upper line gets none that would need a cure in it.
    """
    unit = unit_of(found.pattern, i)
    if len(unit) == 1:
        return tuple(sorted(tones for (tones,) in acceptable(found.pattern, unit)))
    pairs, first, other = acceptable(found.pattern, unit), unit[0], i ^ 1
    line = found.slots[other]
    if other in found.faulty or line is None:
        lowers = {lower for _, lower in pairs}
        held = {upper for upper, _ in pairs if all((upper, lower) in pairs for lower in lowers)}
        return tuple(sorted(held if i == first and held else {pair[i - first] for pair in pairs}))
    places = read_line(line)
    beside = [pair for pair in pairs if _agrees(places, pair[other - first])] or [*pairs]
    return tuple(sorted({pair[i - first] for pair in beside}))


def _agrees(places: Sequence[Place] | None, tones: str) -> bool:
    """Can the places be read with these tones? Anything can be said of a line that is not there."""
    return places is None or all(tone in _tones(place) for place, tone in zip(places, tones, strict=True))


def _tones(place: Place) -> frozenset[str]:
    """The tones in play; either, where none is known."""
    return place.tones or frozenset("平仄")


def _groups(place: Place) -> frozenset[str]:
    return frozenset(reading.group for reading in place.readings)


def _borrows(place: Place, rhyme: str, by: str) -> bool:
    return not book(by).neighbours[rhyme].isdisjoint(_groups(place))
