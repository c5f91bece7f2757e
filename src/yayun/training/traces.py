"""Reasoning traces derived from real poems: what a poem would have been asked to be, the plan it keeps, the poem.

The rule engine gives form, group and pattern; ``themes`` the theme; the couplets' own words the imagery; retrieval the
characters offered to rhyme with, always the poem's own among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from yayun.brief import Brief
from yayun.prompts import instruction, prompt
from yayun.prompts.prompt import Conditions, Plan, answer_tokens, plan_tokens
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import patterns
from yayun.prosody.parallelism.classes import class_table, fold
from yayun.prosody.review import Review, review
from yayun.recipe import Strict
from yayun.retrieval.imagery import is_image
from yayun.training.rendering import offered_among
from yayun.training.samples import Sample, line_words
from yayun.training.themes import theme_of

Style = Literal["compact", "instruction"]
# Classes of the 对类 (``prosody.parallelism.classes``) whose words are images.
TANGIBLE = frozenset(("天文", "地理", "宫室", "器物", "植物", "动物", "饮食"))


class TraceMix(Strict):
    """The shares of rows that are told the pattern, images, and retrieved rhyme characters."""

    pattern: float = 0.6
    imagery: float = 0.5
    feet: float = 0.7


@dataclass(frozen=True, slots=True)
class Trace:
    """A regular poem with the plan it keeps. ``review`` is the verifier's."""

    sample: Sample
    plan: Plan
    review: Review

    @property
    def pattern(self) -> Form:
        """The pattern it keeps."""
        return named_pattern(self.sample.form, str(self.review.rhyme), str(self.review.pattern), self.review.book)


def named_pattern(form: str, rhyme: str, name: str, by: str = PINGSHUI) -> Form:
    """The pattern of a form by its name; the mirrored one where the group (of the book ``by``) is oblique."""
    return next(p for p in patterns(form, oblique=not book(by).level(rhyme)) if p.variant == name)


def trace_of(sample: Sample) -> Trace | None:
    """The trace of a poem; None where the verifier finds anything worse than a note, or a foot is not of its group.

    The plan depends on the poem alone.
    """
    found = review(sample.lines, form=sample.form)
    if any(finding.severity != "note" for finding in found.findings) or not found.rhyme or not found.pattern:
        return None
    pattern = named_pattern(sample.form, found.rhyme, found.pattern, found.book)
    feet = tuple(sample.lines[i][-1] for i in pattern.rhyming)
    imagery = _imagery(sample)
    if (
        imagery is None
        or len(set(feet)) < len(feet)
        or any(found.rhyme not in book(found.book).groups_of(foot) for foot in feet)
    ):
        return None
    return Trace(sample, Plan(theme_of(sample.title, sample.lines), imagery, found.pattern, feet), found)


def draw_conditions(trace: Trace, mix: TraceMix, seed: int) -> Conditions:
    """What the poem's request tells; the draw depends on (seed, the poem's id) alone."""
    digest = hashlib.sha256(trace.sample.id.encode()).digest()
    rng = np.random.default_rng([seed, *digest[:8]])
    told = rng.random(3)
    imagery: tuple[str, ...] = ()
    if told[1] < mix.imagery:
        count = int(rng.integers(1, min(2, len(trace.plan.imagery)) + 1))
        imagery = tuple(trace.plan.imagery[i] for i in rng.permutation(len(trace.plan.imagery))[:count])
    return Conditions(
        dynasty=trace.sample.dynasty,
        form=trace.sample.form,
        rhyme=trace.review.rhyme,
        pattern=trace.plan.pattern if told[0] < mix.pattern else None,
        title=trace.sample.title,
        imagery=imagery,
        feet=_offered(trace, rng) if told[2] < mix.feet else (),
    )


def conversation(trace: Trace, conditions: Conditions, style: Style) -> list[dict[str, str]]:
    """The request and the answer as chat messages, by the prompt functions that composing uses."""
    if style == "compact":
        said = plan_tokens(trace.plan.imagery, trace.plan.feet, trace.plan.theme, trace.plan.pattern)
        text = "".join([*said, *answer_tokens(trace.sample.lines)[:-1]])  # the template adds the end token
        return [*prompt.messages(conditions), {"role": "assistant", "content": text}]
    asked = request(conditions, trace.pattern, style)
    return [*asked, {"role": "assistant", "content": _told_at_length(trace)}]


def request(conditions: Conditions, pattern: Form, style: Style) -> list[dict[str, str]]:
    """The system and the user's turn for these conditions, in the compact form or as the whole instruction."""
    if style == "compact":
        return prompt.messages(conditions)

    asked = Brief(title=conditions.title, imagery=conditions.imagery, script="traditional")
    retrieved = instruction.Retrieved(conditions.feet) if conditions.feet else None
    return instruction.messages(asked, pattern, str(conditions.rhyme), retrieved)


def row_of(trace: Trace, conditions: Conditions, style: Style) -> dict[str, Any]:
    """A row of the training set: the conversation, and where it comes from."""
    return {
        "messages": conversation(trace, conditions, style),
        "meta": {
            "source": "guided" if trace.sample.own else "corpus",
            "poem": trace.sample.id,
            "title": trace.sample.title,
            "form": trace.sample.form,
            "rhyme": trace.review.rhyme,
            "pattern": trace.plan.pattern,
            "theme": trace.plan.theme,
            "retrieved": bool(conditions.feet),
            "verdict": verdict(trace.review),
        },
    }


def verdict(found: Review) -> dict[str, Any]:
    """What the verifier said, for a row's meta."""
    return {
        "passed": found.passed,
        "findings": [finding.to_json() for finding in found.findings],
        "scores": found.scores.to_json(),
    }


def _told_at_length(trace: Trace) -> str:
    plan = trace.plan
    verse = "\n".join(f"{upper},{lower}。" for upper, lower in zip(*_halves(trace.sample.lines), strict=True))
    think = f"立意:{plan.theme}。意象:{'、'.join(plan.imagery)}。格律:{plan.pattern}。韵脚:{'、'.join(plan.feet)}。"
    return f"<think>{think}</think><answer>{verse}</answer>"


def _halves(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    return lines[::2], lines[1::2]


def _imagery(sample: Sample) -> tuple[str, ...] | None:
    """An image a couplet, in order, no character twice: the most telling word that names a thing, else any word that
    can be an image; None where a couplet has none."""
    chosen: list[str] = []
    for i, words in enumerate(sample.words):
        couplet = sample.lines[2 * i : 2 * i + 2]
        used = set("".join(chosen))
        units = [*words, *(word for line in couplet for word in line_words(line))]
        fitting = [word for word in units if is_image(word) and not used & set(word)]
        if not fitting:
            return None
        chosen.append(next(filter(_names_a_thing, fitting), fitting[0]))
    return tuple(chosen)


def _names_a_thing(word: str) -> bool:
    """Does a word end in a noun of the tangible classes? (In compounds the second character is the head.)"""
    names = class_table().get(fold(word[-1]), ())
    return bool(names) and names[0] in TANGIBLE


def _offered(trace: Trace, rng: np.random.Generator) -> tuple[str, ...]:
    return offered_among(trace.plan.feet, trace.review.rhyme, trace.sample.title, trace.sample.form, rng)
