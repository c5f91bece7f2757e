"""Reviews of many poems at once: the same findings as ``review``, poem by poem, sooner. Imports numpy.

Tones, rhymes and the scansion are read for all poems of one shape together (``batch_text``, ``batch_rhymes``,
``batch_scansion``), which also tells which poems the rules of rhyme, repetition and antithesis need not be asked about;
the findings themselves are ``judgement``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from yayun.prosody.batch.rhymes import Rhymes, group_names, rhymes_of_all
from yayun.prosody.batch.scansion import Readings, line_strings, scansion_readings
from yayun.prosody.batch.scores import antithesis_scores, looked_at_again, parallelism_of_all
from yayun.prosody.batch.text import FootGroups, Text, read_text
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.names import exact_shape
from yayun.prosody.meter.analysis import Analysis, Shape, shape_of
from yayun.prosody.meter.judgement import Silent, judge, pattern_name
from yayun.prosody.meter.oblique import ObliqueScansion, scan_oblique
from yayun.prosody.meter.rhymes import rhyme_in
from yayun.prosody.meter.scansion import Scansion
from yayun.prosody.parallelism.couplet import PARALLEL
from yayun.prosody.readings.characters import spell_out
from yayun.prosody.review import Review, in_order, review
from yayun.prosody.scores import Scores, ruled_places

Flags = NDArray[np.bool_]
_CHUNK = 4096
# The vectorised parallelism is exact to a few millionths: couplets this near to the threshold are looked at again.
_NEAR = 1e-3


def review_all(poems: Sequence[Sequence[str]]) -> list[Review]:
    """``review(lines)`` of every poem, in order; the scores in tones and antithesis may differ in the seventh place.

    Raises YayunError where a poem has no lines.
    """
    by_shape: dict[tuple[str, int, int], list[int]] = {}
    found: dict[int, Review] = {}
    read = [tuple(map(spell_out, filter(None, lines))) for lines in poems]
    for i, lines in enumerate(read):
        if (shape := exact_shape(lines)) is not None:
            by_shape.setdefault(shape, []).append(i)
        else:
            found[i] = review(lines)
    for shape, members in by_shape.items():
        for start in range(0, len(members), _CHUNK):
            at = members[start : start + _CHUNK]
            found.update(zip(at, _of_shape([read[i] for i in at], shape_of(*shape[1:]), book(PINGSHUI)), strict=True))
    return [found[i] for i in range(len(poems))]


def _of_shape(poems: list[tuple[str, ...]], shape: Shape, held: RhymeBook) -> Iterator[Review]:
    """The reviews of poems that all have just that shape."""
    text = read_text("".join(chain.from_iterable(poems)), shape.width, shape.count)
    fits = np.ones(text.symbols.shape, dtype=np.bool_)
    rhymed = rhymes_of_all(text, [None] * len(poems), fits, held)
    readings = scansion_readings(text.symbols, rhymed.leads, shape.width)
    scansions = list(_scansions(text, rhymed, readings, shape.width))
    adheres = readings.adheres & ~rhymed.oblique
    first_costs = np.array([scansion.cost for scansion in scansions])
    for i, scansion in looked_at_again(text, rhymed, first_costs, shape.width):
        scansions[i], adheres[i] = scansion, False
    parallelism = parallelism_of_all(text, fits)
    costs = np.array([scansion.cost for scansion in scansions])
    tones = np.clip((shape.count - costs / ruled_places(shape.width)) / shape.count, 0.0, 1.0)
    first_rhymes = np.array([scansion.first_rhymes for scansion in scansions])
    scores = map(
        Scores, tones.tolist(), rhymed.score.tolist(), antithesis_scores(parallelism, fits).tolist(), repeat(1.0)
    )
    silent = map(
        Silent,
        adheres.tolist(),
        _plain_rhymes(text, rhymed, first_rhymes, held).tolist(),
        _no_repetition(text).tolist(),
        (parallelism.min(axis=1) >= PARALLEL + _NEAR).tolist(),
    )
    analyses = _analyses(poems, shape, held, text, rhymed, scansions)
    for analysis, of_poem, nothing in zip(analyses, scores, silent, strict=False):
        yield _review(analysis, of_poem, nothing)


def _review(analysis: Analysis, scores: Scores, silent: Silent) -> Review:
    judged = judge(analysis, None, None, silent)
    name = pattern_name(analysis) if judged.regulated else None
    tones = analysis.scansion.tones if judged.regulated else ()
    findings = in_order(judged.findings)
    form = analysis.form if judged.regulated else None
    return Review(analysis.lines, judged.form, analysis.rhyme.group, name, findings, scores, tones, as_form=form)


def _analyses(
    poems: list[tuple[str, ...]],
    shape: Shape,
    held: RhymeBook,
    text: Text,
    rhymed: Rhymes,
    scansions: Sequence[Scansion | ObliqueScansion],
) -> Iterator[Analysis]:
    """What ``analysis.analyse`` makes of each poem."""
    names, groups, count = group_names(held), text.foot_groups, shape.count
    chars = text.ends.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    fitting = (True,) * count
    rows = zip(
        poems,
        text.first_level.tolist(),
        text.feet.tolist(),
        rhymed.group.tolist(),
        text.unresolved.tolist(),
        scansions,
        strict=True,
    )
    poem, at, numbers = text.decided.T
    known = text.places
    decided = list(zip(at.tolist(), [known[number] for number in numbers.tolist()], strict=True))
    starts = np.searchsorted(poem, np.arange(len(poems) + 1)).tolist()
    for i, (lines, first_level, feet, group, unresolved, scansion) in enumerate(rows):
        ends = chars[i * count : (i + 1) * count]
        usual, also = [groups[f].usual for f in feet], [groups[f].also for f in feet]
        rhyme = rhyme_in(held, names[group], lines, usual, also, ends)
        of_poem = decided[starts[i] : starts[i + 1]]
        yield Analysis(lines, shape, True, fitting, first_level, unresolved, of_poem, rhyme, scansion)


def _scansions(text: Text, rhymed: Rhymes, readings: Readings, width: int) -> Iterator[Scansion | ObliqueScansion]:
    """What ``analysis.analyse`` has for a scansion, of each poem."""
    first, later = readings.known
    strings = line_strings(width)
    rows = zip(
        readings.reading.tolist(), readings.cost.tolist(), rhymed.oblique.tolist(), rhymed.leads.tolist(), strict=True
    )
    for i, (numbers, cost, oblique, leads) in enumerate(rows):
        if oblique:
            yield scan_oblique([strings[number] for number in text.symbols[i].tolist()], first_rhymes=leads)
            continue
        couplets = (first[numbers[0]], *[later[number] for number in numbers[1:]])
        tones = [tones for couplet in couplets for tones in (couplet.upper, couplet.lower)]
        yield Scansion(couplets, tuple(tones), cost)


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
