"""The continuous scores of many poems at once: what GRPO and the evaluation call. Imports numpy.

The same numbers as ``scores.scores_of``, from tables that are filled by running the scalar code: a character's tone by
``lexicon``, a couplet's costs by ``scansion.read_couplet`` (that is, by the rule functions over tone strings), what
joining couplets costs by ``scansion.joint_cost``. Texts that have not just a form's shape go through the scalar code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from yayun.prosody import antithesis
from yayun.prosody.batch_text import Text, read_text
from yayun.prosody.forms import canonical_form, canonical_rhyme, exact_shape
from yayun.prosody.groups import groups
from yayun.prosody.oblique import scan_oblique
from yayun.prosody.patterns import LEVEL, OBLIQUE, line_tones
from yayun.prosody.rhymes import best_group, foot_credit, leads
from yayun.prosody.scansion import ERROR, OPEN, Face, closing_cost, joint_cost, opening_cost, read_couplet
from yayun.prosody.scores import UNDEMANDED, WEIGHTS, Scores, ruled_places, scores_of

Floats = NDArray[np.float64]
_CHUNK = 8192


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
    by_form: dict[tuple[int, int], list[int]] = {}
    for i, lines in enumerate(poems):
        shape = exact_shape(lines)
        if shape is not None and asked_forms[i] in (None, shape[0]):
            by_form.setdefault(shape[1:], []).append(i)
        else:
            table[:, i] = _scalar(lines, asked_forms[i], asked_rhymes[i])
    for (width, count), members in by_form.items():
        for start in range(0, len(members), _CHUNK):
            at = members[start : start + _CHUNK]
            table[:, at] = _of_shape([poems[i] for i in at], [asked_rhymes[i] for i in at], width, count)
    return BatchScores(*table)


def _scalar(lines: Sequence[str], form: str | None, rhyme: str | None) -> list[float]:
    found: Scores = scores_of(lines, form, rhyme)
    return [found.tones, found.rhymes, found.antithesis, found.length]


def _of_shape(poems: list[Sequence[str]], asked: list[str | None], width: int, count: int) -> Floats:
    """The four scores of poems of one shape, (4, n)."""
    text = read_text(["".join(lines) for lines in poems], width, count)
    rhyme, first_rhymes, oblique = _rhymes(text, asked)
    costs = _costs(text.symbols, first_rhymes, width)
    strings = _line_strings(width)
    for i in np.flatnonzero(oblique).tolist():
        lines = [strings[number] for number in text.symbols[i].tolist()]
        costs[i] = scan_oblique(lines, first_rhymes=bool(first_rhymes[i])).cost
    tones = (count - costs / ruled_places(width)) / count
    return np.stack([np.clip(tones, 0.0, 1.0), rhyme, _antithesis(poems), np.ones(len(poems))])


@cache
def _line_strings(width: int) -> tuple[str, ...]:
    """A line's symbols by their number in base 3."""
    return tuple("".join(symbols) for symbols in product(LEVEL + OBLIQUE + OPEN, repeat=width))


def _antithesis(poems: list[Sequence[str]]) -> Floats:
    count = len(poems[0])
    middle = range(1, count // 2 - 1) if count >= 8 else range(2)
    pairs = [(lines[2 * i], lines[2 * i + 1]) for lines in poems for i in middle]
    scores = antithesis.scores(pairs).reshape(len(poems), len(middle))
    if count >= 8:
        mean: Floats = scores.mean(axis=1)
        return mean
    best: Floats = UNDEMANDED + (1.0 - UNDEMANDED) * scores.max(axis=1)
    return best


# -- rhymes -----------------------------------------------------------------------------------------------------------


def _rhymes(text: Text, asked: list[str | None]) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """The rhyme score, whether the first line can rhyme (does, in an oblique group), and whether the group is oblique,
    of each poem."""
    # Which feet repeat an earlier one: they earn nothing.
    repeats = np.zeros(text.foot_chars.shape, dtype=np.bool_)
    for k in range(1, len(text.foot_chars.T)):
        repeats[:, k] = (text.foot_chars[:, k : k + 1] == text.foot_chars[:, :k]).any(axis=1)
    numbers = _group_numbers()
    wanted = np.array([numbers[name] for name in asked], dtype=np.int64)
    rows = np.column_stack([wanted, text.first_level, text.first_foot, text.feet, repeats]).tolist()
    half, named, known = text.feet.shape[1], text.foot_groups, _known_cases()
    found = np.empty((len(asked), 3))
    for i, row in enumerate(map(tuple, rows)):
        if (case := known.get(row)) is None:
            feet = tuple([named[foot] for foot in row[3 : 3 + half]])
            case = known[row] = _rhyme_case(feet, named[row[2]], bool(row[1]), asked[i], row[3 + half :])
        found[i] = case
    return found[:, 0], found[:, 1] > 0, found[:, 2] > 0


@cache
def _group_numbers() -> dict[str | None, int]:
    return {name: i for i, name in enumerate((None, *groups()))}


@cache
def _known_cases() -> dict[tuple[int, ...], tuple[float, bool, bool]]:
    """Cases of ``_rhyme_case`` met so far, by their numbers."""
    return {}


def _rhyme_case(
    feet: tuple[frozenset[str], ...],
    first: frozenset[str],
    first_level: bool,
    asked: str | None,
    repeats: Sequence[int],
) -> tuple[float, bool, bool]:
    group = asked or best_group(feet, first)
    if group is None:
        return 0.0, False, False
    can_rhyme, oblique = leads(group, first), not groups()[group].level
    kept = sum(foot_credit(group, foot) for k, foot in enumerate(feet) if not repeats[k])
    if first_level and not can_rhyme and not oblique:
        kept -= 0.5
    return max(0.0, kept / len(feet)), group in first if oblique else can_rhyme, oblique


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


class _CoupletCosts:
    """Costs of couplets of one width by their symbols, a row for each pair of lines seen, a column for each face."""

    def __init__(self, width: int, *, first: bool) -> None:
        self.first = first
        self.faces = _faces(width, first=first)
        self.lines = 3**width
        self.row_of = np.full(self.lines**2, -1, dtype=np.int32)
        self.rows = np.empty((0, len(self.faces)))
        self.strings = _line_strings(width)

    def __call__(self, upper: NDArray[np.int64], lower: NDArray[np.int64]) -> Floats:
        pairs = upper * self.lines + lower
        rows = self.row_of[pairs]
        if (rows < 0).any():
            self._learn(np.unique(pairs[rows < 0]))
            rows = self.row_of[pairs]
        found: Floats = self.rows[rows]
        return found

    def _learn(self, pairs: NDArray[np.int64]) -> None:
        columns = {face: i for i, face in enumerate(self.faces)}
        new = np.full((len(pairs), len(self.faces)), np.inf)
        for row, pair in zip(new, pairs.tolist(), strict=True):
            upper, lower = divmod(pair, self.lines)
            for reading in read_couplet(self.strings[upper], self.strings[lower], first=self.first):
                row[columns[reading.face]] = reading.cost / ERROR
        self.row_of[pairs] = np.arange(len(self.rows), len(self.rows) + len(pairs), dtype=np.int32)
        self.rows = np.concatenate([self.rows, new])


@cache
def _couplet_costs(width: int, *, first: bool) -> _CoupletCosts:
    return _CoupletCosts(width, first=first)


@dataclass(frozen=True, slots=True)
class _Joints:
    """Constants of the scansion: ``end_of`` maps a face to the end that its successor sees."""

    opening: Floats  # (2, faces of a first couplet): by whether the first line can rhyme
    ends_first: list[NDArray[np.int64]]
    ends_later: list[NDArray[np.int64]]
    joint: Floats  # (ends, faces of a later couplet)
    closing: Floats  # (ends,)


@cache
def _joints(width: int) -> _Joints:
    first, later = _faces(width, first=True), _faces(width, first=False)
    ends = sorted({_end(face) for face in later})
    sample = {_end(face): face for face in later}
    return _Joints(
        np.array([[opening_cost(face, first_rhymes=can) for face in first] for can in (False, True)]) / ERROR,
        [np.array([i for i, face in enumerate(first) if _end(face) == end]) for end in ends],
        [np.array([i for i, face in enumerate(later) if _end(face) == end]) for end in ends],
        np.array([[joint_cost(sample[end], face) for face in later] for end in ends]) / ERROR,
        np.array([closing_cost(sample[end]) for end in ends]) / ERROR,
    )


def _end(face: Face) -> tuple[str, str, bool]:
    """All that a later couplet sees of an earlier one."""
    return face.types[1], face.lower, face.opposed


def _costs(symbols: NDArray[np.int64], first_rhymes: NDArray[np.bool_], width: int) -> Floats:
    """The cost of the best scansion of each poem: ``scansion.scan`` for all of them. ``symbols`` (n, lines): a number
    in base 3 for each line."""
    joints = _joints(width)
    cost = _couplet_costs(width, first=True)(symbols[:, 0], symbols[:, 1]) + joints.opening[first_rhymes.astype(int)]
    ends = _by_end(cost, joints.ends_first)
    for line in range(2, symbols.shape[1], 2):
        joined = (ends[:, :, None] + joints.joint).min(axis=1)
        cost = _couplet_costs(width, first=False)(symbols[:, line], symbols[:, line + 1]) + joined
        ends = _by_end(cost, joints.ends_later)
    least: Floats = (ends + joints.closing).min(axis=1)
    return least


def _by_end(cost: Floats, members: list[NDArray[np.int64]]) -> Floats:
    return np.stack([cost[:, of].min(axis=1) for of in members], axis=1)
