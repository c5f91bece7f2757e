"""The ``paper`` profile: four scores in 0..1 that are comparable to the published table (npj Heritage Science,
s40494-025-02087-x), for any text of any form, from a fragment to a ballad.

The formulas behind the published columns are not known. These are fitted to its two human rows and say so:
``docs/paper_profile.md`` has what was tried, ``scripts/fit_paper.py`` prints it again. Three exponents were fitted;
everything else is taken over from the rules. Of the lines of the text, or of the form asked for:

- tones       the mean credit of a line, raised to ``TONES_STRICTNESS``. The credit is the share of the line's ruled
              places that fit the line type of the best template (the four openings, continued to any length, or their
              mirrors for oblique rhymes). What the rules let pass (free places, 特拗, 拗救) has full credit.
- rhymes      the mean credit of an even line's foot in the best group, or in the one asked for (a neighbouring group a
              half, a repeated character nothing), raised to ``RHYMES_STRICTNESS``. A foot alone does not rhyme.
- antithesis  0.8 times how equally long the lines of a couplet are (shorter by longer, the mean over couplets), and 0.2
              times the parallelism of the best couplets, raised to ``PARALLELS_LENIENCE``, wherever they stand: two
              of an octave or longer, else one.
- length      the mean over the lines of 1 - |characters - W| / W, not below 0; an odd last line wants its answer.

W is 5 or 7, whichever serves a column better, or the form's. Surplus lines dilute, missing ones earn nothing. Chinese
characters that no rhyme book has, and two-tone ones that nothing decides, are accepted; other characters fit nowhere.
Each column is monotone: putting a fault right never lowers it. No numpy but in ``paper_rows``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING

from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.names import canonical_form, canonical_rhyme, shapes
from yayun.prosody.meter.rhymes import foot_credit
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import read_line, standardize
from yayun.prosody.scores import UNDEMANDED, Scores
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Fitted: how much worse than in proportion a faulty poem is marked.
TONES_STRICTNESS = 4.0
RHYMES_STRICTNESS = 3.0
# Fitted: how much kinder than in proportion a loose couplet is marked.
PARALLELS_LENIENCE = 0.5

_WIDTHS = (5, 7)
_FREE, _ALIEN = "*", "×"
_CHUNK = 1 << 16
# The line types as the rules let them be written (* either tone): the standard with its free places, then the licence.
# b: 特拗. B: place 3 level makes up for place 1. After ``linerules`` (Wang Li); ``_seven`` puts two places in front.
_WRITTEN = {
    "a": ("*仄*平仄",),
    "b": ("*平*仄仄", "*平仄平仄"),
    "A": ("*仄仄平平",),
    "B": ("平平*仄平", "*平平仄平"),
}
# 大拗 and what cures it in the answering line; together they may stand for aB.
_BROKEN, _CURE = "*仄*仄仄", "*平平仄平"
# Types of a first couplet that the couplet "aB" or "bA" may be instead, and their mirrors (仄韵).
_FIRST = {"aB": ("aB", "AB"), "bA": ("bA", "BA"), "Ab": ("Ab", "ab"), "Ba": ("Ba", "ba")}
# A couplet's types -> the next one's.
_NEXT = {"aB": "bA", "bA": "aB", "Ab": "Ba", "Ba": "Ab"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as read: ``symbols``, one a character (平, 仄, 中 either, × not Chinese); ``foot``, the groups of its last
    character (empty: unresolved; None: there is none); ``end``, that character in its standard form."""

    symbols: str
    foot: frozenset[str] | None
    end: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a text is measured against: the widths it may have, its number of lines, and the numbers of lines and of
    couplets that scores are shared over."""

    widths: tuple[int, ...]
    count: int
    span: int
    couplets: int


def paper_scores(lines: Sequence[str], form: str | None = None, rhyme: str | None = None) -> Scores:
    """The scores of any lines, against a form and a group if given.

    Raises YayunError for an unknown form or group only.
    """
    from yayun.prosody.parallelism.couplet import couplet_parallelism

    frame = _frame(len(lines), form)
    pairs = _couplets(lines, frame)
    parallel = [couplet_parallelism(upper, lower) for upper, lower in pairs]
    return _scores([_read(line) for line in lines], pairs, parallel, frame, rhyme)


def paper_rows(
    poems: Sequence[Sequence[str]],
    *,
    forms: Sequence[str | None] | None = None,
    rhymes: Sequence[str | None] | None = None,
) -> NDArray[np.float64]:
    """``paper_scores`` of many poems (their lines) at once: float64 (n, 5) in 0..1, tones, rhymes, antithesis, length
    and total in the order of the poems. Imports numpy.

    Raises YayunError for an unknown form or group only.
    """
    import numpy as np

    from yayun.prosody.parallelism.batch import batch_scores

    asked = list(forms or [None] * len(poems))
    groups = list(rhymes or [None] * len(poems))
    frames = [_frame(len(lines), form) for lines, form in zip(poems, asked, strict=True)]
    pairs = [_couplets(lines, frame) for lines, frame in zip(poems, frames, strict=True)]
    parallel = batch_scores([pair for of_poem in pairs for pair in of_poem]).tolist()
    known = _read_all({line for lines in poems for line in lines})
    rows = np.zeros((len(poems), 5))
    start = 0
    for i, (lines, frame) in enumerate(zip(poems, frames, strict=True)):
        own = parallel[start : start + len(pairs[i])]
        start += len(own)
        found = _scores([known[line] for line in lines], pairs[i], own, frame, groups[i])
        rows[i] = found.tones, found.rhymes, found.antithesis, found.length, found.total
    return rows


def _frame(lines: int, form: str | None) -> _Frame:
    if form is None:
        return _Frame(_WIDTHS, lines, lines, max(1, lines // 2))
    name = canonical_form(form)
    width, count = next((width, count) for known, width, count in shapes() if known == name)
    span = max(count, lines)
    return _Frame((width,), count, span, (span + 1) // 2)


def _scores(
    lines: Sequence[_Line],
    pairs: Sequence[tuple[str, str]],
    parallel: Sequence[float],
    frame: _Frame,
    rhyme: str | None,
) -> Scores:
    """The scores of lines as read; ``pairs`` are the couplets, ``parallel`` how parallel each is."""
    group = canonical_rhyme(rhyme, book(PINGSHUI)) if rhyme else None
    if not frame.span:
        return Scores(0.0, 0.0, 0.0, 0.0)
    used = lines[: frame.count]
    fit = max(_fitting(used, width) for width in frame.widths) / frame.span
    shape = max(sum(_shapeliness(len(line.symbols), width) for line in used) for width in frame.widths)
    return Scores(
        tones=fit**TONES_STRICTNESS,
        rhymes=(_rhyming(used, group) / frame.couplets) ** RHYMES_STRICTNESS,
        antithesis=_antithesis(pairs, parallel, frame),
        length=shape / (frame.span + frame.span % 2),
    )


def _shapeliness(characters: int, width: int) -> float:
    return max(0.0, 1.0 - abs(characters - width) / width)


# -- reading ----------------------------------------------------------------------------------------------------------


def _read(line: str) -> _Line:
    places = read_line(line)
    symbols = "".join([place.symbol if place.readings or is_hanzi(place.char) else _ALIEN for place in places])
    if symbols[-1:] in ("", _ALIEN):
        return _Line(symbols, None, "")
    return _Line(symbols, places[-1].groups, standardize(line[-1]))


def _read_all(lines: set[str]) -> dict[str, _Line]:
    """``_read`` of every line, fives and sevens of Chinese characters through the vectorised reader."""
    from yayun.prosody.batch.text import read_text

    found: dict[str, _Line] = {}
    alien = {char for char in set().union(*lines) if not is_hanzi(char)}
    for width in _WIDTHS:
        whole = sorted(line for line in lines if len(line) == width and alien.isdisjoint(line))
        strings = tuple(map("".join, product(LEVEL + OBLIQUE + OPEN, repeat=width)))
        for start in range(0, len(whole), _CHUNK):
            part = whole[start : start + _CHUNK]
            text = read_text("".join(part), width, 1)
            rows = zip(part, text.symbols[:, 0].tolist(), text.feet[:, 0].tolist(), strict=True)
            for line, number, foot in rows:
                found[line] = _Line(strings[number], text.foot_groups[foot].usual, standardize(line[-1]))
    return found | {line: _read(line) for line in lines - found.keys()}


# -- tones ------------------------------------------------------------------------------------------------------------


def _fitting(lines: Sequence[_Line], width: int) -> float:
    """The sum of the credits of the lines in the template that serves them best."""
    symbols = [line.symbols if len(line.symbols) == width else "" for line in lines]
    if not any(symbols):
        return 0.0
    symbols += [""] * (len(symbols) % 2)
    couplets = [_couplet_credits(upper, lower, width) for upper, lower in zip(symbols[::2], symbols[1::2], strict=True)]
    return max(_template_credit(couplets, opening) for opening in _FIRST)


def _template_credit(couplets: Sequence[dict[str, float]], opening: str) -> float:
    credit = max(couplets[0][types] for types in _FIRST[opening])
    types = opening
    for couplet in couplets[1:]:
        types = _NEXT[types]
        credit += couplet[types]
    return credit


@lru_cache(maxsize=1 << 16)
def _couplet_credits(upper: str, lower: str, width: int) -> dict[str, float]:
    """Types of a couplet -> the credit of its lines, 0..2."""
    above, below = _line_credits(upper, width), _line_credits(lower, width)
    found = {types: above[types[0]] + below[types[1]] for pair in _FIRST.values() for types in pair}
    if _share(upper, _BROKEN, width) == _share(lower, _CURE, width) == 1.0:
        found["aB"] = 2.0
    return found


@lru_cache(maxsize=1 << 14)
def _line_credits(symbols: str, width: int) -> dict[str, float]:
    """Line type -> 1 if the line is written as the rules let it be, else the share of the standard's ruled places that
    it fits. (A licence counts whole or not at all, so that mending a faulty line towards the standard never lowers
    it.)"""
    found = {}
    for line_type, (standard, *licences) in _WRITTEN.items():
        licensed = any(_share(symbols, line, width) == 1.0 for line in licences)
        found[line_type] = 1.0 if licensed else _share(symbols, standard, width)
    return found


def _seven(line: str) -> str:
    """A five-character line as a seven: the first place is free, the second opposes the fourth."""
    return _FREE + (OBLIQUE if line[1] == LEVEL else LEVEL) + line


def _share(symbols: str, written: str, width: int) -> float:
    """The share of ruled places that a line fits; 0 for one of another width, given as ''."""
    if width == 7:
        written = _seven(written)
    ruled = [(has, wanted) for has, wanted in zip(symbols, written, strict=False) if wanted != _FREE]
    return sum(has in (wanted, OPEN) for has, wanted in ruled) / max(1, len(ruled))


# -- rhymes -----------------------------------------------------------------------------------------------------------


def _rhyming(lines: Sequence[_Line], asked: str | None) -> float:
    """The sum of the credits of the feet of the even lines."""
    feet: dict[str, frozenset[str]] = {}
    for line in lines[1::2]:
        if line.foot is not None:
            feet[line.end] = feet.get(line.end, frozenset()) | line.foot
    return _best_credit(tuple(feet.values()), asked)


@lru_cache(maxsize=1 << 16)
def _best_credit(feet: tuple[frozenset[str], ...], asked: str | None) -> float:
    """The credit of different feet in the group asked for, or in the best."""
    if asked is not None:
        return sum(_credit(asked, foot) for foot in feet)
    best = 0.0
    for group in frozenset[str]().union(*feet):
        credits = [credit for foot in feet if (credit := _credit(group, foot))]
        if len(credits) > 1:
            best = max(best, sum(credits))
    return best


@cache
def _credit(group: str, foot: frozenset[str]) -> float:
    return foot_credit(book(PINGSHUI), group, foot) if foot else 1.0


# -- antithesis -------------------------------------------------------------------------------------------------------


def _couplets(lines: Sequence[str], frame: _Frame) -> list[tuple[str, str]]:
    used = lines[: frame.count]
    return [pair for pair in zip(used[::2], used[1::2], strict=False) if all(pair)]


def _antithesis(pairs: Sequence[tuple[str, str]], parallel: Sequence[float], frame: _Frame) -> float:
    wanted = 2 if frame.count >= 8 else 1
    credits: list[float] = sorted([score**PARALLELS_LENIENCE for score in parallel], reverse=True)
    best = sum(credits[:wanted]) / wanted * min(1.0, frame.count / frame.span)
    even = sum(min(map(len, pair)) / max(map(len, pair)) for pair in pairs) / frame.couplets
    return UNDEMANDED * even + (1.0 - UNDEMANDED) * best
