"""Rewards: plain functions ``f(prompts, completions, **columns) -> list[float]``, as TRL calls them.

Each can be named by its dotted path (``trl grpo --reward_funcs yayun.training.rewards.tones``). Columns of the data
set that are read, a value a completion: ``form`` (五绝 ...), ``rhyme`` (a group's name), and where there are any
``pattern`` (a pattern's name), ``title``, ``imagery`` (a list). A completion is text or a chat turn, of the embedded
model or of a large one; one lenient reader (``prompts.answer``) reads them all. What is a fault gives a negative
reward, so that all weights are positive.

The rule scores are ``prosody.batch``'s, the verdict ``prosody.review``'s: what the evaluation table reports.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from yayun.measures.repetition import repeated_share
from yayun.prompts.answer import read_answer
from yayun.prompts.prompt import Plan, read_plan
from yayun.prompts.vocabulary import FEET
from yayun.prosody.batch.scores import BatchScores, scores_of_all
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.review import Review, review
from yayun.prosody.scores import WEIGHTS
from yayun.retrieval.novelty import fold_line, is_corpus_line
from yayun.retrieval.space import sides, title_vector
from yayun.retrieval.units import verse_units

# What a reward is trained on may no longer stand as evidence of quality: reward -> the measures it spoils.
SPOILS = {
    "naturalness": ("naturalness", "linked_naturalness"),
    "coherence": ("coherence", "linked_naturalness"),
    "theme": ("theme",),
}
DEFAULT_WEIGHTS = dict(zip(("tones", "rhymes", "antithesis", "length"), WEIGHTS, strict=True))
NAMES = (
    *DEFAULT_WEIGHTS, "all_rules", "pattern", "images", "format", "keeps_plan", "repeated_characters", "repeated_feet",
    "copied", "theme", "coherence",
)  # fmt: skip
_MARKS = ("<think>", "</think>", "<answer>", "</answer>")

_PLAN_PARTS = (
    re.compile(r"([平仄]起首句不?入[韵韻])"),
    re.compile(r"意象\s*[:：]\s*([^。;；\n]+)"),
    re.compile(r"[韵韻][脚腳]\s*[:：]\s*([^。;；\n]+)"),
)
_LIST = re.compile(r"[、,，/\s]+")

Prompts = Sequence[Any]
Completions = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Poem:
    """A completion as read, with what was asked of it."""

    text: str
    lines: tuple[str, ...]
    plan: Plan
    form: str
    rhyme: str | None
    pattern: str | None = None
    imagery: tuple[str, ...] = ()

    @property
    def folded(self) -> list[str]:
        """The lines in the spelling that variants share."""
        return [fold_line(line) for line in self.lines]


def poems_of(completions: Completions, columns: dict[str, Any]) -> tuple[Poem, ...]:
    """Read completions with the columns that say what was asked of each."""
    nothing = [None] * len(completions)
    asked = zip(
        columns["form"],
        columns.get("rhyme", nothing),
        columns.get("pattern", nothing),
        columns.get("imagery", nothing),
        strict=True,
    )
    return tuple(
        _poem(text_of(completion), form, rhyme or None, pattern or None, tuple(imagery or ()))
        for completion, (form, rhyme, pattern, imagery) in zip(completions, asked, strict=True)
    )


def text_of(completion: Any) -> str:
    """The text of a completion: itself, or its last turn with the reasoning a server may have taken out of it."""
    if isinstance(completion, str):
        return completion
    turn = completion[-1]
    reasoning = turn.get("reasoning_content") or turn.get("reasoning") or ""
    return (f"<think>{reasoning}</think>" if reasoning else "") + (turn.get("content") or "")


@lru_cache(maxsize=4096)
def _poem(text: str, form: str, rhyme: str | None, pattern: str | None, imagery: tuple[str, ...]) -> Poem:
    answer = read_answer(text, *FORMS[form])
    return Poem(text, answer.lines, plan_in(answer.think), form, rhyme, pattern, imagery)


def plan_in(think: str) -> Plan:
    """The plan in a completion's reasoning: the embedded model's, or sentences that name its parts (意象:…。韵脚:…。);
    of each kind the last counts."""
    if FEET in think:
        return read_plan(think)
    pattern, imagery, feet = (found[-1] if (found := kind.findall(think)) else "" for kind in _PLAN_PARTS)
    images = tuple(filter(None, (_hanzi(word) for word in _LIST.split(imagery))))
    return Plan(None, images, pattern.replace("韻", "韵") or None, tuple(filter(is_hanzi, feet)))


def _hanzi(text: str) -> str:
    return "".join(filter(is_hanzi, text))


# -- the four continuous scores ---------------------------------------------------------------------------------------


def tones(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """0..1, see ``prosody.scores``."""
    return list(map(float, _scores(poems_of(completions, columns)).tones))


def rhymes(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """0..1, see ``prosody.scores``."""
    return list(map(float, _scores(poems_of(completions, columns)).rhymes))


def antithesis(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """0..1, see ``prosody.scores``."""
    return list(map(float, _scores(poems_of(completions, columns)).antithesis))


def length(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """0..1, see ``prosody.scores``."""
    return list(map(float, _scores(poems_of(completions, columns)).length))


@lru_cache(maxsize=2)
def _scores(poems: tuple[Poem, ...]) -> BatchScores:
    return scores_of_all([p.lines for p in poems], forms=[p.form for p in poems], rhymes=[p.rhyme for p in poems])


# -- the verdict ------------------------------------------------------------------------------------------------------


def all_rules(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """1 where the strict review has no error, and form and group are as asked."""
    return [float(_passes(poem)) for poem in poems_of(completions, columns)]


def pattern(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """1 where the verse is in the pattern asked for, or none was asked for."""
    return [float(_in_pattern(poem)) for poem in poems_of(completions, columns)]


def images(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """0..1: the share of images asked for that the verse has; 1 where none is asked for."""
    return [_images_there(poem) for poem in poems_of(completions, columns)]


def _images_there(poem: Poem) -> float:
    text = fold_line("\n".join(poem.lines))
    return sum(fold_line(image) in text for image in poem.imagery) / len(poem.imagery) if poem.imagery else 1.0


def _passes(poem: Poem) -> bool:
    found = _review(poem)
    return found is not None and found.passed


def _in_pattern(poem: Poem) -> bool:
    found = _review(poem)
    return found is not None and poem.pattern in (None, found.pattern)


@lru_cache(maxsize=4096)
def _review(poem: Poem) -> Review | None:
    if not any(poem.lines):
        return None
    return review(poem.lines, form=poem.form, rhyme=poem.rhyme)


# -- form and plan ----------------------------------------------------------------------------------------------------


def format(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """0..1: a quarter each for reasoning opened and closed once, an answer opened and closed once, all in this order,
    and an answer that holds verse alone."""
    return [_format(poem) for poem in poems_of(completions, columns)]


def _format(poem: Poem) -> float:
    at = [poem.text.find(mark) for mark in _MARKS]
    once = [poem.text.count(mark) == 1 for mark in _MARKS]
    ordered = all(once) and all(a < b for a, b in pairwise(at))
    verse_alone = False
    if once[2] and once[3] and at[2] < at[3]:
        body = poem.text[at[2] + len(_MARKS[2]) : at[3]]
        inside = sum(map(is_hanzi, body))
        verse_alone = inside > 0 and inside == sum(map(len, poem.lines)) and "【" not in body
    return ((once[0] and once[1]) + (once[2] and once[3]) + ordered + verse_alone) / 4


def keeps_plan(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """0..1: the mean of what of the plan the verse keeps: rhyme feet in their order, an image a couplet, the pattern.

    A plan that leaves a part out keeps nothing of it, so that planning less never pays.
    """
    return [_keeps_plan(poem) for poem in poems_of(completions, columns)]


def _keeps_plan(poem: Poem) -> float:
    plan, lines = poem.plan, poem.lines
    if not lines:
        return 0.0
    found = _review(poem)
    named = bool(plan.pattern) and found is not None and found.pattern == plan.pattern
    return (_feet_kept(plan.feet, lines) + _images_kept(plan.imagery, lines) + named) / 3


def _feet_kept(planned: Sequence[str], lines: Sequence[str]) -> float:
    """The share of rhyming lines that end in the foot planned for them."""
    feet = [line[-1] for line in lines[1::2]]
    if len(planned) > len(feet):  # the first line was to rhyme
        feet = [lines[0][-1], *feet]
    kept = sum(fold_line(a) == fold_line(b) for a, b in zip(planned, feet, strict=False))
    return kept / max(len(planned), len(feet), 1)


def _images_kept(planned: Sequence[str], lines: Sequence[str]) -> float:
    """Distinct planned images in the verse, of one a couplet."""
    text = fold_line("\n".join(lines))
    kept = sum(image in text for image in {fold_line(image) for image in planned})
    return min(1.0, kept / max(1, len(lines) // 2)) * (kept / max(1, len(planned)))


# -- guards -----------------------------------------------------------------------------------------------------------


def repeated_characters(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """-1..0: minus the share of characters that an earlier line has."""
    return [-repeated_share(poem.folded) for poem in poems_of(completions, columns)]


def repeated_feet(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """-1..0: minus the share of rhyming lines that end as an earlier one does."""
    return [-_repeated_feet(poem.folded) for poem in poems_of(completions, columns)]


def _repeated_feet(lines: Sequence[str]) -> float:
    feet = [line[-1] for i, line in enumerate(lines) if i == 0 or i % 2]
    return (len(feet) - len(set(feet))) / len(feet) if feet else 0.0


def copied(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """-1..0: minus the share of lines that stand in the Tang and Song corpus."""
    return [-_copied(poem.lines) for poem in poems_of(completions, columns)]


def _copied(lines: Sequence[str]) -> float:
    return sum(map(is_corpus_line, lines)) / len(lines) if lines else 0.0


# -- couplets and theme (optional: a measure close to a reward in use is no evidence any more, see SPOILS) -------------


def theme(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """-1..1: how close the verse lies to its title in the space of ``retrieval.space``; 0 where the title says
    nothing. The title's own characters count for nothing."""
    return [_theme(poem, title) for poem, title in zip(poems_of(completions, columns), columns["title"], strict=True)]


def _theme(poem: Poem, title: str) -> float:
    direction, verse = title_vector(title), sides()[1]
    own = set(fold_line(title))
    rows = verse.rows(unit for unit in verse_units("\n".join(poem.lines)) if not own & set(unit))
    if direction is None or not rows:
        return 0.0
    return _cosine(verse.total(rows), direction)


def coherence(prompts: Prompts, completions: Completions, **columns: Any) -> list[float]:
    """-1..1: the mean closeness of neighbouring couplets in the space of ``retrieval.space``; characters they share
    count for nothing."""
    return [_coherence(poem.folded) for poem in poems_of(completions, columns)]


def _coherence(lines: Sequence[str]) -> float:
    verse = sides()[1]
    couplets = ["\n".join(lines[i : i + 2]) for i in range(0, len(lines) - 1, 2)]
    found = []
    for upper, lower in pairwise(couplets):
        shared = set(upper) & set(lower)
        vectors = [
            verse.total(rows) if (rows := verse.rows(u for u in verse_units(text) if not shared & set(u))) else None
            for text in (upper, lower)
        ]
        found.append(0.0 if vectors[0] is None or vectors[1] is None else _cosine(*vectors))
    return sum(found) / len(found) if found else 0.0


def _cosine(a: Any, b: Any) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size else 0.0
