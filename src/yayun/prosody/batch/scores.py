"""The continuous scores of many poems at once: what GRPO and the evaluation call. Imports numpy.

The same numbers as ``scores.scores_of``, from tables that are filled by running the scalar code: a character's tone by
``lexicon`` (see ``batch_text``), rhymes by ``rhymes`` (``batch_rhymes``), a couplet's costs by the rule functions over
tone strings (``batch_scansion``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from yayun.prosody.batch.rhymes import Rhymes, rhymes_of_all
from yayun.prosody.batch.scansion import line_strings, oblique_costs, scansion_costs
from yayun.prosody.batch.text import Text, code_points, read_codes, read_text
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.names import canonical_form, canonical_rhyme
from yayun.prosody.forms.regulated import owing_parallelism
from yayun.prosody.meter.analysis import analyse, find_shape
from yayun.prosody.meter.oblique import ObliqueScansion
from yayun.prosody.meter.scansion import Scansion
from yayun.prosody.meter.second_look import FAULTLESS, GAIN, scan_twice
from yayun.prosody.parallelism import batch as parallelism_batch
from yayun.prosody.readings.line import BREAK
from yayun.prosody.scores import UNDEMANDED, WEIGHTS, analysis_scores, dilution_of, length_score, ruled_places

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_CHUNK = 8192
_LINES = 2048


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
    by: str = PINGSHUI,
) -> BatchScores:
    """``scores_of`` for many poems (their lines), by a rhyme book; ``forms`` and ``rhymes``, if given, are what was
    asked of each.

    Raises YayunError for an unknown form or group only.
    """
    held = book(by)
    asked_forms = [canonical_form(f) if f else None for f in forms or ()] or [None] * len(poems)
    asked_rhymes = [canonical_rhyme(r, held) if r else None for r in rhymes or ()] or [None] * len(poems)
    table = np.zeros((4, len(poems)))
    written = _Written.of(poems)
    by_form: dict[tuple[int, int], list[tuple[_Frame, Ints]]] = {}
    for (form, lengths), members in _by_lengths(written, asked_forms):
        lines = poems[members[0]]
        shape = find_shape(lines, form)
        if shape.plain:
            for i in members.tolist():
                one = analysis_scores(analyse(poems[i], shape, held, rhyme=asked_rhymes[i]))
                table[:, i] = one.tones, one.rhymes, one.antithesis, one.length
            continue
        fits = [length == shape.width for length in lengths[: shape.count]]
        fits += [False] * (shape.count - len(fits))
        frame = _Frame(tuple(fits), dilution_of(lines, shape), length_score(lines, shape))
        by_form.setdefault((shape.width, shape.count), []).append((frame, members))
    for (width, count), framed in by_form.items():
        every = np.concatenate([members for _, members in framed])
        frames = np.repeat(np.arange(len(framed)), [len(members) for _, members in framed])
        for start in range(0, len(every), _CHUNK):
            at, numbers = every[start : start + _CHUNK], frames[start : start + _CHUNK]
            text = written.text(at, [frame for frame, _ in framed], numbers, width, count)
            groups_asked = [asked_rhymes[i] for i in at.tolist()]
            table[:, at] = _of_shape(text, held, groups_asked, [frame for frame, _ in framed], numbers)
    return BatchScores(*table)


@dataclass(frozen=True, slots=True)
class _Written:
    """The poems in one string: ``codes`` its code points; ``lines`` (n,) how many lines each has, ``lengths`` the
    characters of every line, ``first_line`` and ``first_code`` (n,) where each begins among these."""

    poems: Sequence[Sequence[str]]
    codes: Ints
    lines: Ints
    lengths: Ints
    first_line: Ints
    first_code: Ints

    @classmethod
    def of(cls, poems: Sequence[Sequence[str]]) -> _Written:
        every = list(chain.from_iterable(poems))
        lines = np.fromiter(map(len, poems), dtype=np.int64, count=len(poems))
        # In parts small enough for the cache: each line is looked at twice.
        parts = [every[start : start + _LINES] for start in range(0, len(every), _LINES)]
        both = [(np.fromiter(map(len, part), dtype=np.int64, count=len(part)), "".join(part)) for part in parts]
        lengths = np.concatenate([np.zeros(0, dtype=np.int64), *(found for found, _ in both)])
        codes = code_points("".join(text for _, text in both))
        first_line, ends = lines.cumsum() - lines, np.concatenate([[0], lengths.cumsum()])
        return cls(poems, codes, lines, lengths, first_line, ends[first_line])

    @property
    def width(self) -> Ints:
        """(n,) the length that all lines of a poem have; 0 where they differ, or there are none."""
        there = self.lines > 0
        found = np.zeros(len(self.lines), dtype=np.int64)
        if there.any():
            at = self.first_line[there]
            least, most = np.minimum.reduceat(self.lengths, at), np.maximum.reduceat(self.lengths, at)
            found[there] = np.where(least == most, least, 0)
        return found

    def text(self, at: Ints, frames: list[_Frame], numbers: Ints, width: int, count: int) -> Text:
        """The poems ``at`` (their indices) in a form, ``numbers`` saying which of the frames each has."""
        if all(frames[number].length == 1.0 for number in np.unique(numbers).tolist()):
            return read_codes(self.codes[self.first_code[at][:, None] + np.arange(width * count)], width, count)
        chosen = (
            frames[number].fill(self.poems[i], width) for i, number in zip(at.tolist(), numbers.tolist(), strict=True)
        )
        return read_text("".join(chain.from_iterable(chosen)), width, count)


_Lengths = tuple[str | None, tuple[int, ...]]


def _by_lengths(written: _Written, forms: Sequence[str | None]) -> Iterator[tuple[_Lengths, Ints]]:
    """The poems (their indices) of each form asked for and lengths of lines."""
    width = written.width
    names = {form: i for i, form in enumerate(dict.fromkeys(forms))}
    asked = np.fromiter(map(names.__getitem__, forms), dtype=np.int64, count=len(forms))
    even = np.flatnonzero(width)
    kinds = ((asked << 24 | width) << 24 | written.lines)[even]
    order = kinds.argsort(kind="stable")
    for members in np.split(even[order], np.flatnonzero(np.diff(kinds[order])) + 1):
        if len(members):
            first = members[0]
            yield (forms[first], (int(width[first]),) * int(written.lines[first])), members
    uneven: dict[_Lengths, list[int]] = {}
    for i in np.flatnonzero(width == 0).tolist():
        uneven.setdefault((forms[i], tuple(map(len, written.poems[i]))), []).append(i)
    for lengths, found in uneven.items():
        yield lengths, np.array(found)


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


def _of_shape(text: Text, held: RhymeBook, asked: list[str | None], frames: list[_Frame], numbers: Ints) -> Floats:
    """The four scores of poems measured against one shape, (4, n). ``numbers`` (n,): which of the frames each has."""
    _, count, width = text.codes.shape
    fits = np.array([frame.fits for frame in frames])[numbers]
    rhymed = rhymes_of_all(text, asked, fits, held)
    costs = _costs(text.symbols, rhymed.leads, rhymed.oblique, width)
    for i, scansion in looked_at_again(text, rhymed, costs, width):
        costs[i] = scansion.cost
    tones = np.clip((fits.sum(axis=1) - costs / ruled_places(width)) / count, 0.0, 1.0)
    dilution, length = np.array([(frame.dilution, frame.length) for frame in frames])[numbers].T
    parallel = antithesis_scores(parallelism_of_all(text, fits), fits)
    return np.stack([tones * dilution, rhymed.score * dilution, parallel * dilution, length])


def _costs(symbols: Ints, leads: NDArray[np.bool_], oblique: NDArray[np.bool_], width: int) -> Floats:
    costs = scansion_costs(symbols, leads, width)
    if oblique.any():
        costs[oblique] = oblique_costs(symbols[oblique], leads[oblique], width)
    return costs


def looked_at_again(
    text: Text, rhymed: Rhymes, costs: Floats, width: int
) -> Iterator[tuple[int, Scansion | ObliqueScansion]]:
    """The poems (by index) that a second look serves better, and their scansion: ``second_look.scan_twice``. ``costs``
    (n,) are those of the first look."""
    doubtful = np.flatnonzero((costs >= FAULTLESS) & (text.symbols != text.loose).any(axis=1))
    if not len(doubtful):
        return
    leads, oblique = rhymed.leads[doubtful], rhymed.oblique[doubtful]
    again = _costs(text.loose[doubtful], leads, oblique, width)
    strings = line_strings(width)
    for i in doubtful[again <= costs[doubtful] - GAIN].tolist():
        symbols, loose = ([strings[number] for number in part[i].tolist()] for part in (text.symbols, text.loose))
        found, _ = scan_twice(symbols, loose, first_rhymes=bool(rhymed.leads[i]), oblique=bool(rhymed.oblique[i]))
        yield i, found


def parallelism_of_all(text: Text, fits: NDArray[np.bool_]) -> Floats:
    """The parallelism of the couplets that antithesis looks at, (n, couplets): the middle ones from eight lines on, the
    first two of a quatrain. Couplets with a line that does not fit (``fits``: (n, lines)) have none."""
    n, count, width = text.codes.shape
    first, end = _looked_at(count)
    upper, lower = text.codes[:, first:end:2], text.codes[:, first + 1 : end : 2]
    there = fits[:, first:end:2] & fits[:, first + 1 : end : 2]
    every = parallelism_batch.parallelism(upper.reshape(-1, width), lower.reshape(-1, width))
    found: Floats = every.reshape(n, -1) * there
    return found


def _looked_at(count: int) -> tuple[int, int]:
    """The lines whose couplets antithesis looks at: the first, and behind the last."""
    owing = owing_parallelism(count)
    return (2 * owing[0], 2 * owing[-1] + 2) if owing else (0, 4)


def antithesis_scores(parallelism: Floats, fits: NDArray[np.bool_]) -> Floats:
    """The score in antithesis, (n,), of poems whose couplets have that parallelism."""
    if owing_parallelism(fits.shape[1]):
        mean: Floats = parallelism.mean(axis=1)
        return mean
    best: Floats = fits.mean(axis=1) * (UNDEMANDED + (1.0 - UNDEMANDED) * parallelism.max(axis=1))
    return best
