"""The continuous scores of many poems at once: what GRPO and the evaluation call. Imports numpy.

The same numbers as ``scores.scores_of``, from tables that are filled by running the scalar code: a character's tone by
``lexicon``, a couplet's costs by ``scansion.read_couplet`` (that is, by the rule functions over tone strings), what
joining couplets costs by ``scansion.joint_cost``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from yayun.prosody import antithesis
from yayun.prosody.analysis import find_shape
from yayun.prosody.batch_text import Text, read_text
from yayun.prosody.context import BREAK
from yayun.prosody.forms import canonical_form, canonical_rhyme
from yayun.prosody.groups import groups
from yayun.prosody.oblique import scan_oblique
from yayun.prosody.patterns import LEVEL, OBLIQUE, OPEN, line_tones
from yayun.prosody.rhymes import best_group, foot_credit, is_oblique, leads
from yayun.prosody.scansion import ERROR, Face, closing_cost, joint_cost, opening_cost, read_couplet
from yayun.prosody.scores import UNDEMANDED, WEIGHTS, dilution_of, length_score, ruled_places

Floats = NDArray[np.float64]
Costs = NDArray[np.int32]
_CHUNK = 8192
_NEVER = 1 << 28  # the cost of an end that a couplet can't have


@dataclass(frozen=True, slots=True)
class BatchScores:
    """Arrays (n,) in 0..1, in the order of the poems."""

    tones: Floats
    rhymes: Floats
    antithesis: Floats
    length: Floats

    @property
    def total(self) -> Floats:
        """The weighted sum of ``scores.Scores``."""
        columns = (self.tones, self.rhymes, self.antithesis, self.length)
        found: Floats = np.tensordot(np.array(WEIGHTS), np.stack(columns), axes=1)
        return found


def scores_of_all(
    poems: Sequence[Sequence[str]],
    *,
    forms: Sequence[str | None] | None = None,
    rhymes: Sequence[str | None] | None = None,
) -> BatchScores:
    """``scores_of`` for many poems (their lines); ``forms`` and ``rhymes``, if given, are what was asked of each.

    Raises YayunError for an unknown form or group only.
    """
    asked_forms = [canonical_form(f) if f else None for f in forms or ()] or [None] * len(poems)
    asked_rhymes = [canonical_rhyme(r) if r else None for r in rhymes or ()] or [None] * len(poems)
    table = np.zeros((4, len(poems)))
    by_lengths: dict[tuple[str | None, tuple[int, ...]], list[int]] = {}
    for i, (lines, form) in enumerate(zip(poems, asked_forms, strict=True)):
        by_lengths.setdefault((form, tuple(map(len, lines))), []).append(i)
    by_form: dict[tuple[int, int], list[tuple[_Frame, list[int]]]] = {}
    for (form, lengths), members in by_lengths.items():
        shape, lines = find_shape(poems[members[0]], form), poems[members[0]]
        fits = [length == shape.width for length in lengths[: shape.count]]
        fits += [False] * (shape.count - len(fits))
        frame = _Frame(tuple(fits), dilution_of(lines, shape), length_score(lines, shape))
        by_form.setdefault((shape.width, shape.count), []).append((frame, members))
    for (width, count), framed in by_form.items():
        every = np.array([i for _, members in framed for i in members])
        frames = np.repeat(np.arange(len(framed)), [len(members) for _, members in framed])
        for start in range(0, len(every), _CHUNK):
            at, numbers = every[start : start + _CHUNK], frames[start : start + _CHUNK]
            chosen = [poems[i] for i in at.tolist()]
            groups_asked = [asked_rhymes[i] for i in at.tolist()]
            table[:, at] = _of_shape(chosen, groups_asked, [frame for frame, _ in framed], numbers, width, count)
    return BatchScores(*table)


@dataclass(frozen=True, slots=True)
class _Frame:
    """How lines of certain lengths sit in a form: which of its lines ``fits``, what surplus lines leave of the scores,
    and the score of the lengths."""

    fits: tuple[bool, ...]
    dilution: float
    length: float

    def fill(self, lines: Sequence[str], width: int) -> Sequence[str]:
        """The form's lines; breaks, which have no readings, for those of another length."""
        if self.length == 1.0:
            return lines
        return [lines[i] if fits else BREAK * width for i, fits in enumerate(self.fits)]


def _of_shape(
    poems: list[Sequence[str]],
    asked: list[str | None],
    frames: list[_Frame],
    numbers: NDArray[np.int64],
    width: int,
    count: int,
) -> Floats:
    """The four scores of poems measured against one shape, (4, n). ``numbers`` (n,): which of the frames each has."""
    fits = np.array([frame.fits for frame in frames])[numbers]
    if any(frames[number].length < 1.0 for number in np.unique(numbers).tolist()):
        poems = [frames[number].fill(lines, width) for lines, number in zip(poems, numbers.tolist(), strict=True)]
    text = read_text(["".join(lines) for lines in poems], width, count)
    rhyme, first_rhymes, oblique = _rhymes(text, asked, fits)
    costs = _costs(text.symbols, first_rhymes, width)
    strings = _line_strings(width)
    for i in np.flatnonzero(oblique).tolist():
        lines = [strings[number] for number in text.symbols[i].tolist()]
        costs[i] = scan_oblique(lines, first_rhymes=bool(first_rhymes[i])).cost
    tones = np.clip((fits.sum(axis=1) - costs / ruled_places(width)) / count, 0.0, 1.0)
    dilution, length = np.array([(frame.dilution, frame.length) for frame in frames])[numbers].T
    return np.stack([tones * dilution, rhyme * dilution, _antithesis(poems, fits) * dilution, length])


@cache
def _line_strings(width: int) -> tuple[str, ...]:
    """A line's symbols by their number in base 3."""
    return tuple("".join(symbols) for symbols in product(LEVEL + OBLIQUE + OPEN, repeat=width))


def _antithesis(poems: list[Sequence[str]], fits: NDArray[np.bool_]) -> Floats:
    count = len(poems[0])
    middle = range(1, count // 2 - 1) if count >= 8 else range(2)
    pairs = [(lines[2 * i], lines[2 * i + 1]) for lines in poems for i in middle]
    there = np.stack([fits[:, 2 * i] & fits[:, 2 * i + 1] for i in middle], axis=1)
    scores = antithesis.scores(pairs).reshape(len(poems), len(middle)) * there
    if count >= 8:
        mean: Floats = scores.mean(axis=1)
        return mean
    best: Floats = fits.mean(axis=1) * (UNDEMANDED + (1.0 - UNDEMANDED) * scores.max(axis=1))
    return best


# -- rhymes -----------------------------------------------------------------------------------------------------------


def _rhymes(
    text: Text, asked: list[str | None], fits: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """The rhyme score, whether the first line can rhyme (does, in an oblique group), and whether the group is oblique,
    of each poem."""
    # Which feet repeat an earlier one: they earn nothing.
    repeats = np.zeros(text.foot_chars.shape, dtype=np.bool_)
    for k in range(1, len(text.foot_chars.T)):
        repeats[:, k] = (text.foot_chars[:, k : k + 1] == text.foot_chars[:, :k]).any(axis=1)
    numbers = _group_numbers()
    wanted = np.array([numbers[name] for name in asked], dtype=np.int64)
    first, feet = np.where(fits[:, 0], text.first_foot, -1), np.where(fits[:, 1::2], text.feet, -1)
    rows = np.column_stack([wanted, text.first_level, first, feet, repeats]).tolist()
    half, named, known = text.feet.shape[1], text.foot_groups, _known_cases()
    cases = list(map(known.get, map(tuple, rows)))
    for i, case in enumerate(cases):
        if case is None:
            row = rows[i]
            groups_of = [named[foot] if foot >= 0 else None for foot in row[2 : 3 + half]]
            cases[i] = known[tuple(row)] = _rhyme_case(groups_of, bool(row[1]), asked[i], row[3 + half :])
    found = np.array(cases, dtype=np.float64)
    return found[:, 0], found[:, 1] > 0, found[:, 2] > 0


@cache
def _group_numbers() -> dict[str | None, int]:
    return {name: i for i, name in enumerate((None, *groups()))}


@cache
def _known_cases() -> dict[tuple[int, ...], tuple[float, bool, bool]]:
    """Cases of ``_rhyme_case`` met so far, by their numbers."""
    return {}


def _rhyme_case(
    groups_of: Sequence[frozenset[str] | None], first_level: bool, asked: str | None, repeats: Sequence[int]
) -> tuple[float, bool, bool]:
    """``groups_of``: the groups of the first foot and of the even ones, None for a line of another length."""
    first, *feet = groups_of
    group = asked or best_group(tuple([foot for foot in feet if foot is not None]), first or frozenset())
    if group is None:
        return 0.0, False, False
    can_rhyme, oblique = first is not None and leads(group, first), is_oblique(group)
    kept = sum(foot_credit(group, foot) for k, foot in enumerate(feet) if foot and not repeats[k])
    if first_level and not can_rhyme and not oblique:
        kept -= 0.5
    return max(0.0, kept / len(feet)), group in (first or ()) if oblique else can_rhyme, oblique


# -- tones ------------------------------------------------------------------------------------------------------------


@cache
def _faces(width: int, *, first: bool) -> tuple[Face, ...]:
    """Every face a couplet can have."""
    return tuple(
        Face(
            upper_type + lower_type,
            upper,
            lower,
            upper != line_tones(upper_type, width)[1],
            lower != line_tones(lower_type, width)[1],
        )
        for upper_type, lower_type in product("abAB" if first else "ab", "AB")
        for upper, lower in product(LEVEL + OBLIQUE, repeat=2)
    )


def _end(face: Face) -> tuple[str, str, bool]:
    """All that a later couplet sees of an earlier one."""
    return face.types[1], face.lower, face.opposed


@cache
def _ends() -> dict[tuple[str, str, bool], int]:
    """Every end, numbered."""
    return {end: i for i, end in enumerate(sorted({_end(face) for face in _faces(5, first=False)}))}


class _CoupletCosts:
    """What couplets of one width add to a poem, by their symbols: for a first couplet the cost at each end, (2, ends),
    by whether the first line can rhyme; for a later one from the end before it to its own, (ends, ends)."""

    def __init__(self, width: int, *, first: bool) -> None:
        self.first, self.lines, self.strings = first, 3**width, _line_strings(width)
        faces = _faces(width, first=first)
        # What the place in the poem adds to each face, by what is before it.
        before = (
            [[opening_cost(face, first_rhymes=can) for face in faces] for can in (False, True)]
            if first
            else [[joint_cost(other, face) for face in faces] for other in _one_of_each_end(width)]
        )
        self.before = {face: np.array([row[i] for row in before], dtype=np.int32) for i, face in enumerate(faces)}
        self.row_of = np.full(self.lines**2, -1, dtype=np.int32)
        self.rows = np.empty((0, len(before), len(_ends())), dtype=np.int32)

    def __call__(self, upper: NDArray[np.int64], lower: NDArray[np.int64]) -> Costs:
        pairs = upper * self.lines + lower
        rows = self.row_of[pairs]
        if (rows < 0).any():
            self._learn(np.unique(pairs[rows < 0]))
            rows = self.row_of[pairs]
        found: Costs = self.rows[rows]
        return found

    def _learn(self, pairs: NDArray[np.int64]) -> None:
        ends = _ends()
        new = np.full((len(pairs), *self.rows.shape[1:]), _NEVER, dtype=np.int32)
        for row, pair in zip(new, pairs.tolist(), strict=True):
            upper, lower = divmod(pair, self.lines)
            for reading in read_couplet(self.strings[upper], self.strings[lower], first=self.first):
                column = row[:, ends[_end(reading.face)]]
                np.minimum(column, self.before[reading.face] + reading.cost, out=column)
        self.row_of[pairs] = np.arange(len(self.rows), len(self.rows) + len(pairs), dtype=np.int32)
        self.rows = np.concatenate([self.rows, new])


@cache
def _couplet_costs(width: int, *, first: bool) -> _CoupletCosts:
    return _CoupletCosts(width, first=first)


@cache
def _one_of_each_end(width: int) -> tuple[Face, ...]:
    sample = {_end(face): face for face in _faces(width, first=False)}
    return tuple(sample[end] for end in _ends())


def _costs(symbols: NDArray[np.int64], first_rhymes: NDArray[np.bool_], width: int) -> Floats:
    """The cost of the best scansion of each poem, in errors: ``scansion.scan`` for all of them. ``symbols`` (n, lines):
    a number in base 3 for each line."""
    opening = _couplet_costs(width, first=True)(symbols[:, 0], symbols[:, 1])
    cost = opening[np.arange(len(symbols)), first_rhymes.astype(np.int64)]
    for line in range(2, symbols.shape[1], 2):
        joined = _couplet_costs(width, first=False)(symbols[:, line], symbols[:, line + 1])
        joined += cost[:, :, None]
        cost = joined.min(axis=1)
    closing = np.array([closing_cost(face) for face in _one_of_each_end(width)], dtype=np.int32)
    least: Floats = (cost + closing).min(axis=1) / ERROR
    return least
