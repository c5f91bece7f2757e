"""From a sample to the tokens that the model reads, what is told and how it is written drawn by chance.

One sample teaches several things: the poem from its title, with a plan or without; the same with every line written
from its last character to its first, so that the foot is chosen first; any of its lines given all the others; a
couplet answered by its own. What a poem is told by is drawn anew in every pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import (
    OFFERED,
    Conditions,
    answer_tokens,
    kept_tokens,
    line_marks,
    offered_feet,
    plan_tokens,
    prompt_tokens,
)
from yayun.prosody.forms.regulated import FORMS
from yayun.training.recipe import DataMix
from yayun.training.samples import OLD, Sample, rhyme_feet, rhyming_lines
from yayun.training.themes import theme_of

FEWEST_OFFERED = 8
# Of samples with lines missing: a single one, a couplet, any number.
_ONE, _TWO = 0.5, 0.75

Rendered = tuple[list[str], list[str]]  # prompt, completion


def render(sample: Sample, mix: DataMix, rng: np.random.Generator) -> Rendered:
    """(prompt, completion) tokens of a sample."""
    way = rng.random(4)
    conditions, chosen = _draw_conditions(sample, mix, rng)
    conditions = replace(
        conditions,
        backwards=bool(way[0] < mix.backwards),
        title="" if way[1] < mix.untitled else conditions.title,
    )
    if sample.form in ("五律", "七律") and way[2] < mix.couplets:
        return _couplet(sample, conditions, rng)
    if way[3] < mix.gaps:
        return _with_gaps(sample, conditions, rng)
    plan = _draw_plan(sample, chosen, mix, rng)
    return prompt_tokens(conditions), plan + answer_tokens(sample.lines, sample.marks, backwards=conditions.backwards)


def _draw_conditions(sample: Sample, mix: DataMix, rng: np.random.Generator) -> tuple[Conditions, list[str]]:
    """What is told of the poem, and an image a couplet for its plan."""
    draw = rng.random(3)
    chosen = [words[int(rng.integers(len(words)))] for words in sample.words if words]
    imagery: tuple[str, ...] = ()
    if draw[0] < mix.imagery and chosen:
        count = int(rng.integers(1, min(3, len(chosen)) + 1))
        imagery = tuple(chosen[i] for i in rng.permutation(len(chosen))[:count])
    feet: tuple[str, ...] = ()
    if is_regular(sample) and draw[2] < mix.feet:
        feet = offered_among(rhyme_feet(sample), sample.rhyme, sample.title, sample.form, rng)
    return Conditions(
        dynasty=sample.dynasty,
        form=sample.form,
        rhyme=sample.rhyme,
        pattern=sample.pattern if draw[1] < mix.pattern else None,
        title=sample.title,
        imagery=imagery,
        feet=feet,
        tune=sample.tune,
    ), chosen


def _draw_plan(sample: Sample, chosen: Sequence[str], mix: DataMix, rng: np.random.Generator) -> list[str]:
    draw = rng.random(3)
    if sample.form not in FORMS or draw[0] >= mix.plan:
        return []
    whole = is_regular(sample) and draw[1] < mix.whole_plan
    theme = theme_of(sample.title, sample.lines) if whole else None
    endings = [line[-2:] for line in rhyming_lines(sample)] if draw[2] < mix.endings else ()
    return plan_tokens(chosen, rhyme_feet(sample), theme, sample.pattern if whole else None, endings)


def _with_gaps(sample: Sample, conditions: Conditions, rng: np.random.Generator) -> Rendered:
    """The poem with some lines missing, then these; its other lines are learnt too, each from what is before it."""
    lines, marks = sample.lines, sample.marks or line_marks(len(sample.lines))
    missing = _draw_gaps(len(lines), rng)
    shown = [None if i in missing else line for i, line in enumerate(lines)]
    answer = answer_tokens([lines[i] for i in missing], [marks[i] for i in missing], backwards=conditions.backwards)
    return prompt_tokens(conditions), kept_tokens(shown, marks, backwards=conditions.backwards) + answer


def _draw_gaps(lines: int, rng: np.random.Generator) -> list[int]:
    draw = rng.random()
    if draw < _ONE:
        return [int(rng.integers(lines))]
    if draw < _TWO and lines > 1:
        first = 2 * int(rng.integers(lines // 2))
        return [first, first + 1]
    return sorted(rng.permutation(lines)[: int(rng.integers(1, lines + 1))].tolist())


def _couplet(sample: Sample, conditions: Conditions, rng: np.random.Generator) -> Rendered:
    """One of an octave's middle couplets by itself; half of the time its first line is given."""
    first = 2 * int(rng.integers(1, len(sample.lines) // 2 - 1))
    pair = sample.lines[first : first + 2]
    told = Conditions(sample.dynasty, v.COUPLET, None, None, conditions.title, backwards=conditions.backwards)
    if rng.random() < 0.5:
        return prompt_tokens(told), answer_tokens(pair, backwards=told.backwards)
    shown = kept_tokens((pair[0], None), backwards=told.backwards)
    return prompt_tokens(told), shown + answer_tokens(pair[1:], line_marks(2)[1:], backwards=told.backwards)


def is_regular(sample: Sample) -> bool:
    """Is it known to keep a pattern of one of the four forms, in one group?"""
    return sample.form in FORMS and sample.pattern not in (None, OLD) and sample.rhyme is not None


def offered_among(
    own: Sequence[str], rhyme: str | None, title: str, form: str, rng: np.random.Generator
) -> tuple[str, ...]:
    """A poem's own feet among the likeliest of its group, shuffled: what retrieval would have offered."""
    count = int(rng.integers(FEWEST_OFFERED, OFFERED + 1))
    others = [c for c in offered_feet(rhyme, title, form) if c not in own]
    offered = [*own, *others[: max(0, count - len(own))]]
    return tuple(offered[i] for i in rng.permutation(len(offered)))
