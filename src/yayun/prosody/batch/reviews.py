"""Reviews of many poems at once: the same as ``review``, poem by poem, sooner. Imports numpy.

Tones, rhymes and the scansion are read for all poems of one shape together (``batch.text``, ``batch.rhymes``,
``batch.scansion``), which gives the verdicts and the scores, and tells which poems the rules of rhyme, repetition and
antithesis need not be asked about. The findings themselves are ``judgement``'s, written for the poems whose review is
asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import overload

import numpy as np
from numpy.typing import NDArray

from yayun.prosody.batch.rhymes import Rhymes, faulty_rhymes, group_names, rhymes_of_all
from yayun.prosody.batch.scansion import Readings, line_strings, scansion_readings
from yayun.prosody.batch.scores import BatchScores, antithesis_scores, looked_at_again, parallelism_of_all
from yayun.prosody.batch.text import FootGroups, Text, read_text
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.names import exact_shape
from yayun.prosody.meter.analysis import Analysis, Shape, shape_of
from yayun.prosody.meter.judgement import Silent, judge, pattern_name
from yayun.prosody.meter.oblique import ObliqueScansion, scan_oblique
from yayun.prosody.meter.rhymes import Rhyme, rhyme_in
from yayun.prosody.meter.scansion import Scansion
from yayun.prosody.parallelism.couplet import PARALLEL
from yayun.prosody.readings.characters import spell_out
from yayun.prosody.review import Review, in_order, review
from yayun.prosody.scores import Scores, ruled_places

Flags = NDArray[np.bool_]
_CHUNK = 4096
# The vectorised parallelism is exact to a few millionths: couplets this near to the threshold are looked at again.
_NEAR = 1e-3


def review_all(poems: Sequence[Sequence[str]], *, by: str = PINGSHUI) -> Reviews:
    """``review(lines, by=by)`` of every poem, in order; the scores in tones and antithesis may differ in the seventh
    place. ``by``: the rhyme book.

    Raises YayunError where a poem has no lines.
    """
    by_shape: dict[tuple[str, int, int], list[int]] = {}
    read = [tuple(map(spell_out, filter(None, lines))) for lines in poems]
    others: dict[int, Review] = {}
    for i, lines in enumerate(read):
        if (shape := exact_shape(lines)) is not None:
            by_shape.setdefault(shape, []).append(i)
        else:
            others[i] = review(lines, by=by)
    parts = [
        (np.array(at), _Part.of([read[i] for i in at], shape_of(*shape[1:]), book(by)))
        for shape, members in by_shape.items()
        for at in (members[start : start + _CHUNK] for start in range(0, len(members), _CHUNK))
    ]
    return Reviews(len(read), parts, others)


@dataclass(frozen=True, eq=False, repr=False)
class Reviews(Sequence[Review]):
    """The reviews of ``n`` poems. Verdicts and scores are there for all at once; the findings of a poem are written
    when it is asked for. ``parts``: the indices of poems of one shape, and what is known of them; ``others``: the
    reviews of poems that have no form's shape."""

    n: int
    parts: Sequence[tuple[NDArray[np.int64], _Part]]
    others: Mapping[int, Review]

    @cached_property
    def passed(self) -> Flags:
        """``Review.passed`` of each, (n,)."""
        found = np.zeros(self.n, dtype=np.bool_)
        for at, part in self.parts:
            found[at] = part.passed
        for i, other in self.others.items():
            found[i] = other.passed
        return found

    @cached_property
    def scores(self) -> BatchScores:
        """``Review.scores`` of each, (n,) a column."""
        table = np.zeros((4, self.n))
        for at, part in self.parts:
            table[:, at] = part.scores
        for i, other in self.others.items():
            table[:, i] = other.scores
        return BatchScores(*table)

    @cached_property
    def _place(self) -> dict[int, tuple[_Part, int]]:
        """The part that a poem is in, and where in it."""
        return {i: (part, k) for at, part in self.parts for k, i in enumerate(at.tolist())}

    @overload
    def __getitem__(self, index: int) -> Review: ...
    @overload
    def __getitem__(self, index: slice) -> list[Review]: ...
    def __getitem__(self, index: int | slice) -> Review | list[Review]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.n))]
        i = range(self.n)[index]
        if i in self.others:
            return self.others[i]
        part, k = self._place[i]
        return part.review(k)

    def __len__(self) -> int:
        return self.n


@dataclass(frozen=True, eq=False)
class _Part:
    """n poems that all have just one shape, read and scanned. ``other``: the scansions (by index) that the tables do
    not have, of oblique rhymes and of those looked at again; ``costs``, ``faulty`` and ``first_rhymes`` (n,) as of
    ``scansion.Scansion``."""

    poems: Sequence[tuple[str, ...]]
    shape: Shape
    book: RhymeBook
    text: Text
    rhymed: Rhymes
    readings: Readings
    other: Mapping[int, Scansion | ObliqueScansion]
    costs: NDArray[np.float64]
    faulty: Flags
    first_rhymes: Flags

    @classmethod
    def of(cls, poems: Sequence[tuple[str, ...]], shape: Shape, held: RhymeBook) -> _Part:
        """Read and scan."""
        width = shape.width
        text = read_text("".join(chain.from_iterable(poems)), width, shape.count)
        fits = np.ones(text.symbols.shape, dtype=np.bool_)
        rhymed = rhymes_of_all(text, [None] * len(poems), fits, held)
        readings = scansion_readings(text.symbols, rhymed.leads, width)
        costs, faulty, first_rhymes = readings.cost.copy(), readings.faulty.copy(), readings.first_rhymes.copy()
        strings, other = line_strings(width), dict[int, Scansion | ObliqueScansion]()

        def put(i: int, scansion: Scansion | ObliqueScansion) -> None:
            other[i] = scansion
            costs[i], faulty[i], first_rhymes[i] = scansion.cost, scansion.faulty, scansion.first_rhymes

        for i in np.flatnonzero(rhymed.oblique).tolist():
            symbols = [strings[number] for number in text.symbols[i].tolist()]
            put(i, scan_oblique(symbols, first_rhymes=bool(rhymed.leads[i])))
        for i, scansion in looked_at_again(text, rhymed, costs, width):
            put(i, scansion)
        return cls(poems, shape, held, text, rhymed, readings, other, costs, faulty, first_rhymes)

    @cached_property
    def passed(self) -> Flags:
        """``Review.passed`` of each: neither tones nor rhyme have an error; all else only warns."""
        right: Flags = ~self.faulty
        at = np.flatnonzero(right & ~self._plain_rhymes)
        right[at] = ~faulty_rhymes(self.text, self.rhymed, self.first_rhymes, at, self._rhyme, self.book)
        return right

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """The four scores, (4, n)."""
        count = self.shape.count
        tones = np.clip((count - self.costs / ruled_places(self.shape.width)) / count, 0.0, 1.0)
        fits = np.ones(self.text.symbols.shape, dtype=np.bool_)
        parallel = antithesis_scores(self._parallelism, fits)
        return np.stack([tones, self.rhymed.score, parallel, np.ones(len(tones))])

    @cached_property
    def _parallelism(self) -> NDArray[np.float64]:
        return parallelism_of_all(self.text, np.ones(self.text.symbols.shape, dtype=np.bool_))

    @cached_property
    def _plain_rhymes(self) -> Flags:
        return _plain_rhymes(self.text, self.rhymed, self.first_rhymes, self.book)

    @cached_property
    def _unresolved(self) -> Flags:
        return self.text.unresolved

    @cached_property
    def _repeats_nothing(self) -> Flags:
        return _no_repetition(self.text)

    @cached_property
    def _least_parallel(self) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self._parallelism.min(axis=1)
        return found

    @cached_property
    def _starts(self) -> list[int]:
        """Where each poem's rows of ``Text.decided`` begin."""
        starts: list[int] = np.searchsorted(self.text.decided[:, 0], np.arange(len(self.poems) + 1)).tolist()
        return starts

    def review(self, i: int) -> Review:
        """The review of the poem with that index."""
        analysis = self._analysis(i)
        judged = judge(analysis, None, None, self._silent(i))
        name = pattern_name(analysis) if judged.regulated else None
        tones = analysis.scansion.tones if judged.regulated else ()
        form = analysis.form if judged.regulated else None
        scores, group = Scores(*self.scores[:, i].tolist()), analysis.rhyme.group
        return Review(
            analysis.lines,
            judged.form,
            group,
            name,
            in_order(judged.findings),
            scores,
            tones,
            as_form=form,
            book=self.book.name,
        )

    def _silent(self, i: int) -> Silent:
        return Silent(
            i not in self.other and bool(self.readings.adheres[i]),
            bool(self._plain_rhymes[i]),
            bool(self._repeats_nothing[i]),
            bool(self._least_parallel[i] >= PARALLEL + _NEAR),
        )

    def _analysis(self, i: int) -> Analysis:
        """What ``analysis.analyse`` makes of the poem."""
        known = self.text.places
        _, at, numbers = self.text.decided[self._starts[i] : self._starts[i + 1]].T.tolist()
        decided = [(place, known[number]) for place, number in zip(at, numbers, strict=True)]
        fitting, first_level = (True,) * self.shape.count, bool(self.text.first_level[i])
        unresolved = bool(self._unresolved[i])
        return Analysis(
            self.poems[i], self.shape, True, fitting, first_level, unresolved, decided, self._rhyme(i), self._scan(i)
        )

    def _rhyme(self, i: int) -> Rhyme:
        """What ``analyse`` has for a rhyme."""
        feet = [self.text.foot_groups[foot] for foot in self.text.feet[i].tolist()]
        ends = "".join(map(chr, self.text.ends[i].tolist()))
        group = group_names(self.book)[self.rhymed.group[i]]
        return rhyme_in(self.book, group, self.poems[i], [f.usual for f in feet], [f.also for f in feet], ends)

    def _scan(self, i: int) -> Scansion | ObliqueScansion:
        """What ``analyse`` has for a scansion."""
        if i in self.other:
            return self.other[i]
        (first, later), numbers = self.readings.known, self.readings.reading[i].tolist()
        couplets = (first[numbers[0]], *[later[number] for number in numbers[1:]])
        tones = [tones for couplet in couplets for tones in (couplet.upper, couplet.lower)]
        return Scansion(couplets, tuple(tones), float(self.readings.cost[i]))


# -- what need not be asked -------------------------------------------------------------------------------------------


def _no_repetition(text: Text) -> Flags:
    """Has a poem no character in two of its lines?"""
    n, count, width = text.codes.shape
    keys = text.standard.astype(np.int64) * count + np.arange(count)[:, None]
    keys = np.sort(keys.reshape(n, count * width), axis=1)
    before, after = keys[:, :-1], keys[:, 1:]
    shared = (before // count == after // count) & (before != after)
    found: Flags = ~shared.any(axis=1)
    return found


def _plain_rhymes(text: Text, rhymed: Rhymes, first_rhymes: Flags, held: RhymeBook) -> Flags:
    """``Rhyme.is_plain`` of each poem, never in an oblique group, which is a finding itself."""
    fitting, colliding = _feet_in_groups(held, tuple(text.foot_groups))
    group = rhymed.group[:, None]
    even = fitting[group, text.feet[:, 1::2]].all(axis=1)
    upper = ~colliding[group, text.feet[:, ::2]]
    upper[:, 0] = np.where(first_rhymes, fitting[rhymed.group, text.feet[:, 0]], upper[:, 0])
    chars = text.ends.astype(np.int64)
    rhyming = np.column_stack([np.where(first_rhymes, chars[:, 0], -1), chars[:, 1::2]])
    rhyming.sort(axis=1)
    once = (rhyming[:, 1:] != rhyming[:, :-1]).all(axis=1)
    found: Flags = even & upper.all(axis=1) & once & (rhymed.group > 0) & ~rhymed.oblique
    return found


@lru_cache(maxsize=1)
def _feet_in_groups(held: RhymeBook, feet: tuple[FootGroups, ...]) -> tuple[Flags, Flags]:
    """By the number of a group and of a foot: can the foot be in the group, and does it collide with it (撞韵)?"""
    fitting, colliding = (np.zeros((len(group_names(held)), len(feet)), dtype=np.bool_) for _ in range(2))
    for number, group in enumerate(group_names(held)):
        if group is not None:
            same = held.finals[group]
            fitting[number] = [group in foot.usual for foot in feet]
            colliding[number] = [bool(foot.usual) and foot.usual <= same for foot in feet]
    return fitting, colliding
