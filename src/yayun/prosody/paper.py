"""The ``paper`` profile: four scores in 0..1 that are comparable to the published table (npj Heritage Science,
s40494-025-02087-x), for any text of any form, from a fragment to a ballad.

The formulas behind the published columns are not known. These are fitted to its two human rows and say so:
``docs/paper_profile.md`` has what was tried, ``scripts/fit_paper.py`` prints it again. Three exponents were fitted;
everything else is taken over from the rules. Of the lines of the text, or of the form asked for:

- tones       the mean credit of a line, raised to ``TONES_STRICTNESS``. The credit is the share of the line's ruled
              places that fit the line type of the best template (the four openings, continued to any length, or their
              mirrors for oblique rhymes). What ``linerules`` let pass (free places, 特拗, 拗救) has full credit.
- rhymes      the mean credit of an even line's foot in the best group, or in the one asked for (a neighbouring group a
              half, a repeated character nothing), raised to ``RHYMES_STRICTNESS``. A foot alone does not rhyme.
- antithesis  0.8 times how equally long the lines of a couplet are (shorter by longer, the mean over couplets), and 0.2
              times the parallelism of the best couplets, raised to ``PARALLELS_LENIENCE``, wherever they stand: two
              of an octave or longer, else one.
- length      the mean over the lines of 1 - |characters - W| / W, not below 0; an odd last line wants its answer.

W is 5 or 7, whichever serves a column better, or the form's. Surplus lines dilute, missing ones earn nothing. Chinese
characters that no rhyme book has, and two-tone ones that nothing decides, are accepted; other characters fit nowhere.
Each column is monotone: putting a fault right never lowers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.names import canonical_form, canonical_rhyme, shapes
from yayun.prosody.forms.regulated import OPENINGS, Width, line_tones, types_from
from yayun.prosody.meter.linerules import acceptable_couplets, acceptable_lines, ruled_columns
from yayun.prosody.meter.rhymes import foot_credit
from yayun.prosody.parallelism.couplet import couplet_parallelism
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import read_line, standardize
from yayun.prosody.scores import UNDEMANDED, Scores
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

# Fitted: how much worse than in proportion a faulty poem is marked.
TONES_STRICTNESS = 4.0
RHYMES_STRICTNESS = 3.0
# Fitted: how much kinder than in proportion a loose couplet is marked.
PARALLELS_LENIENCE = 0.5

WIDTHS: tuple[Width, ...] = (5, 7)
_ALIEN = "×"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read: ``symbols``, one a character (平, 仄, 中 either, × not Chinese); ``foot``, the groups of its last
    character (empty: unresolved; None: there is none); ``end``, that character in its standard form."""

    symbols: str
    foot: frozenset[str] | None
    end: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What a text is measured against: the widths it may have, its number of lines, and the numbers of lines and of
    couplets that scores are shared over."""

    widths: tuple[Width, ...]
    count: int
    span: int
    couplets: int


def paper_scores(
    lines: Sequence[str], form: str | None = None, rhyme: str | None = None, *, by: str = PINGSHUI
) -> Scores:
    """The scores of any lines, against a form and a group of the book ``by`` if given.

    Raises YayunError for an unknown form or group only.
    """
    frame = frame_of(len(lines), form)
    pairs = couplets_of(lines, frame)
    parallel = [couplet_parallelism(upper, lower) for upper, lower in pairs]
    return scores_as_read([read(line) for line in lines], pairs, parallel, frame, book(by), rhyme)


def frame_of(lines: int, form: str | None) -> Frame:
    """What a text of so many lines is measured against."""
    if form is None:
        return Frame(WIDTHS, lines, lines, max(1, lines // 2))
    name = canonical_form(form)
    width, count = next((width, count) for known, width, count in shapes() if known == name)
    span = max(count, lines)
    return Frame((5 if width == 5 else 7,), count, span, (span + 1) // 2)


def scores_as_read(
    lines: Sequence[Line],
    pairs: Sequence[tuple[str, str]],
    parallel: Sequence[float],
    frame: Frame,
    held: RhymeBook,
    rhyme: str | None,
) -> Scores:
    """The scores of lines as read; ``pairs`` are the couplets, ``parallel`` how parallel each is."""
    group = canonical_rhyme(rhyme, held) if rhyme else None
    if not frame.span:
        return Scores(0.0, 0.0, 0.0, 0.0)
    used = lines[: frame.count]
    fit = max(_fitting(used, width) for width in frame.widths) / frame.span
    shape = max(sum(_shapeliness(len(line.symbols), width) for line in used) for width in frame.widths)
    return Scores(
        tones=fit**TONES_STRICTNESS,
        rhymes=(_rhyming(used, held, group) / frame.couplets) ** RHYMES_STRICTNESS,
        antithesis=_antithesis(pairs, parallel, frame),
        length=shape / (frame.span + frame.span % 2),
    )


def _shapeliness(characters: int, width: int) -> float:
    return max(0.0, 1.0 - abs(characters - width) / width)


# -- reading ----------------------------------------------------------------------------------------------------------


def read(line: str) -> Line:
    """A line as the lexicon reads it."""
    places = read_line(line)
    symbols = "".join([place.symbol if place.readings or is_hanzi(place.char) else _ALIEN for place in places])
    if symbols[-1:] in ("", _ALIEN):
        return Line(symbols, None, "")
    return Line(symbols, places[-1].groups, standardize(line[-1]))


# -- tones ------------------------------------------------------------------------------------------------------------


def _fitting(lines: Sequence[Line], width: Width) -> float:
    """The sum of the credits of the lines in the template that serves them best: of the four openings, and of their
    mirrors (仄韵)."""
    symbols = [line.symbols if len(line.symbols) == width else "" for line in lines]
    if not any(symbols):
        return 0.0
    symbols += [""] * (len(symbols) % 2)
    couplets = [_couplet_credits(upper, lower, width) for upper, lower in zip(symbols[::2], symbols[1::2], strict=True)]
    templates = [types_from(opening, len(symbols)) for opening in OPENINGS]
    templates += [types.swapcase() for types in templates]
    return max(sum(credits[types[2 * k : 2 * k + 2]] for k, credits in enumerate(couplets)) for types in templates)


# The types of a couplet in the templates, and those of their mirrors.
_PAIRS = ("aB", "AB", "bA", "BA")
_MIRRORS = tuple(pair.swapcase() for pair in _PAIRS)


@lru_cache(maxsize=1 << 16)
def _couplet_credits(upper: str, lower: str, width: Width) -> dict[str, float]:
    """Types of a couplet -> the credit of its lines, 0..2: full where no rule objects to the two together, which a line
    that is cured by the other (大拗) needs."""
    above, below = _line_credits(upper, width), _line_credits(lower, width)
    found = {types: above[types[0]] + below[types[1]] for types in (*_PAIRS, *_MIRRORS)}
    if upper and lower:
        readings = list(product(_filled(upper), _filled(lower)))
        for types in _PAIRS:
            kept = acceptable_couplets(types[0], types[1], width)
            if found[types] < 2.0 and any(kept.issuperset(product(*both)) for both in readings):
                found[types] = 2.0
    return found


@lru_cache(maxsize=1 << 14)
def _line_credits(symbols: str, width: Width) -> dict[str, float]:
    """Line type -> 1 if no rule objects to the line, else the share of the type's ruled places that it fits. (A licence
    counts whole or not at all, so that mending a faulty line towards the standard never lowers it.)"""
    if not symbols:
        return dict.fromkeys("abAB", 0.0)
    found = {}
    for line_type in "abAB":
        kept, own = acceptable_lines(line_type, width), line_tones(line_type, width)
        ruled = [symbols[i] in (own[i], OPEN) for i in ruled_columns(line_type, width)]
        right = any(map(kept.issuperset, _filled(symbols)))
        found[line_type] = 1.0 if right else sum(ruled) / len(ruled)
    return found


@lru_cache(maxsize=1 << 14)
def _filled(symbols: str) -> tuple[tuple[str, ...], ...]:
    """The tones a line may stand for: a choice at every open place; each as all it may be at a character that has no
    tone, which is right only at an odd place before the last where either tone is. None where one stands elsewhere."""
    if _ALIEN in symbols[1::2] or symbols[-1] == _ALIEN:
        return ()
    chosen = product(*[LEVEL + OBLIQUE if symbol == OPEN else symbol for symbol in symbols])
    return tuple(
        tuple(map("".join, product(*[LEVEL + OBLIQUE if symbol == _ALIEN else symbol for symbol in one])))
        for one in chosen
    )


# -- rhymes -----------------------------------------------------------------------------------------------------------


def _rhyming(lines: Sequence[Line], held: RhymeBook, asked: str | None) -> float:
    """The sum of the credits of the feet of the even lines."""
    feet: dict[str, frozenset[str]] = {}
    for line in lines[1::2]:
        if line.foot is not None:
            feet[line.end] = feet.get(line.end, frozenset()) | line.foot
    return _best_credit(held, tuple(feet.values()), asked)


@lru_cache(maxsize=1 << 16)
def _best_credit(held: RhymeBook, feet: tuple[frozenset[str], ...], asked: str | None) -> float:
    """The credit of different feet in the group asked for, or in the best."""
    if asked is not None:
        return sum(_credit(held, asked, foot) for foot in feet)
    best = 0.0
    for group in frozenset[str]().union(*feet):
        credits = [credit for foot in feet if (credit := _credit(held, group, foot))]
        if len(credits) > 1:
            best = max(best, sum(credits))
    return best


@cache
def _credit(held: RhymeBook, group: str, foot: frozenset[str]) -> float:
    return foot_credit(held, group, foot) if foot else 1.0


# -- antithesis -------------------------------------------------------------------------------------------------------


def couplets_of(lines: Sequence[str], frame: Frame) -> list[tuple[str, str]]:
    """The pairs of lines, both there, that antithesis looks at."""
    used = lines[: frame.count]
    return [pair for pair in zip(used[::2], used[1::2], strict=False) if all(pair)]


def _antithesis(pairs: Sequence[tuple[str, str]], parallel: Sequence[float], frame: Frame) -> float:
    wanted = 2 if frame.count >= 8 else 1
    credits: list[float] = sorted([score**PARALLELS_LENIENCE for score in parallel], reverse=True)
    best = sum(credits[:wanted]) / wanted * min(1.0, frame.count / frame.span)
    even = sum(min(map(len, pair)) / max(map(len, pair)) for pair in pairs) / frame.couplets
    return UNDEMANDED * even + (1.0 - UNDEMANDED) * best
