"""The continuous scores of many poems at once: what GRPO and the evaluation call. Imports numpy.

The same numbers as ``scores.scores_of``, from tables that are filled by running the scalar code: a character's tone by
``lexicon`` (see ``batch_text``), rhymes by ``rhymes`` (``batch_rhymes``), a couplet's costs by the rule functions over
tone strings (``batch_scansion``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yayun.prosody import antithesis_batch
from yayun.prosody.analysis import find_shape
from yayun.prosody.batch_rhymes import rhymes_of_all
from yayun.prosody.batch_scansion import line_strings, scansion_costs
from yayun.prosody.batch_text import Text, read_text
from yayun.prosody.context import BREAK
from yayun.prosody.forms import canonical_form, canonical_rhyme
from yayun.prosody.oblique import scan_oblique
from yayun.prosody.scores import UNDEMANDED, WEIGHTS, dilution_of, length_score, ruled_places

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
    by_lengths = defaultdict[tuple[str | None, tuple[int, ...]], list[int]](list)
    for i, (lines, form) in enumerate(zip(poems, asked_forms, strict=True)):
        by_lengths[form, tuple(map(len, lines))].append(i)
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
    rhymed = rhymes_of_all(text, asked, fits)
    costs = scansion_costs(text.symbols, rhymed.leads, width)
    strings = line_strings(width)
    for i in np.flatnonzero(rhymed.oblique).tolist():
        lines = [strings[number] for number in text.symbols[i].tolist()]
        costs[i] = scan_oblique(lines, first_rhymes=bool(rhymed.leads[i])).cost
    tones = np.clip((fits.sum(axis=1) - costs / ruled_places(width)) / count, 0.0, 1.0)
    dilution, length = np.array([(frame.dilution, frame.length) for frame in frames])[numbers].T
    parallel = antithesis_scores(parallelism_of_all(text, fits), fits)
    return np.stack([tones * dilution, rhymed.score * dilution, parallel * dilution, length])


def parallelism_of_all(text: Text, fits: NDArray[np.bool_]) -> Floats:
    """The parallelism of the couplets that antithesis looks at, (n, couplets): the middle ones from eight lines on, the
    first two of a quatrain. Couplets with a line that does not fit (``fits``: (n, lines)) have none."""
    n, count, width = text.codes.shape
    first, end = (2, count - 2) if count >= 8 else (0, 4)
    upper, lower = text.codes[:, first:end:2], text.codes[:, first + 1 : end : 2]
    there = fits[:, first:end:2] & fits[:, first + 1 : end : 2]
    every = antithesis_batch.parallelism(upper.reshape(-1, width), lower.reshape(-1, width))
    found: Floats = every.reshape(n, -1) * there
    return found


def antithesis_scores(parallelism: Floats, fits: NDArray[np.bool_]) -> Floats:
    """The score in antithesis, (n,), of poems whose couplets have that parallelism."""
    if fits.shape[1] >= 8:
        mean: Floats = parallelism.mean(axis=1)
        return mean
    best: Floats = fits.mean(axis=1) * (UNDEMANDED + (1.0 - UNDEMANDED) * parallelism.max(axis=1))
    return best
