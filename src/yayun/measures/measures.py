"""The measures in the order of the table, and a whole sample put to them.

``evidence`` measures are used nowhere else in the project and make the headline. ``reward`` ones, or something close to
them, are trained on; ``selection`` ones help choose among drafts: both are shown and marked, and prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any

from yayun.measures.clashes import hour_clashes, season_clashes
from yayun.measures.closing import closing
from yayun.measures.coherence import coherence
from yayun.measures.corpus import HELD_OUT, Human
from yayun.measures.diversity import distinct_bigrams, distinct_feet, seed_overlap, self_overlap
from yayun.measures.measured import Measure, Measured
from yayun.measures.naturalness import linked_naturalness, naturalness
from yayun.measures.novelty import longest_run
from yayun.measures.phrasing import (
    glue_words,
    number_words,
    unattested_threes,
    unattested_twos,
    unattested_words,
)
from yayun.measures.reference import Matched, match, same_title_groups
from yayun.measures.repetition import repetition
from yayun.measures.theme import theme
from yayun.measures.verse import Verse

MEASURES = (
    Measure("naturalness", "自然(AUC)", "low", "evidence", naturalness),
    Measure("linked_naturalness", "自然·句间(AUC)", "low", "evidence", linked_naturalness),
    Measure("coherence", "联间呼应", "high", "evidence", coherence, held_out=True),
    Measure("distinct_bigrams", "不同二字组", "human", "evidence", distinct_bigrams),
    Measure("distinct_feet", "不同韵脚", "human", "evidence", distinct_feet),
    Measure("self_overlap", "诗间雷同", "low", "evidence", self_overlap),
    Measure("seed_overlap", "同题雷同", "low", "evidence", seed_overlap),
    Measure("season_clashes", "时令两出", "human", "evidence", season_clashes),
    Measure("hour_clashes", "晨夜两出", "human", "evidence", hour_clashes),
    Measure("closing", "收束", "human", "evidence", closing, held_out=True),
    Measure("unattested_twos", "句尾二字未见", "human", "selection", unattested_twos, held_out=True),
    Measure("unattested_threes", "句尾三字未见", "human", "selection", unattested_threes, held_out=True),
    Measure("unattested_words", "词未见", "human", "selection", unattested_words, held_out=True),
    Measure("glue_words", "虚字", "human", "selection", glue_words),
    Measure("number_words", "每句数目字", "human", "selection", number_words),
    Measure("theme", "切题", "high", "selection", theme, held_out=True),
    Measure("repetition", "重字", "low", "reward", repetition),
    Measure("longest_run", "与语料最长同文", "low", "reward", longest_run, held_out=True),
)
ROLE_MARKS = {"evidence": "", "reward": "†", "selection": "‡"}
SAME_TITLE_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Assessed:
    """A measure's number for the sample and for human poems."""

    measure: Measure
    sample: Measured
    human: Measured

    def to_json(self) -> dict[str, Any]:
        """JSON-ready; what could not be measured is null."""
        return {
            "value": _number(self.sample.value),
            "ci95": None if self.sample.ci95 is None else [_number(b) for b in self.sample.ci95],
            "n": self.sample.n,
            "human": _number(self.human.value),
            "human_n": self.human.n,
            "better": self.measure.better,
            "role": self.measure.role,
        }

    @classmethod
    def from_json(cls, name: str, found: Mapping[str, Any]) -> Assessed:
        """What ``to_json`` wrote of the measure ``name``, as far as it is rounded there."""
        measure = next(measure for measure in MEASURES if measure.name == name)
        bounds = found["ci95"]
        return cls(
            replace(measure, role=found["role"]),
            Measured(_value(found["value"]), None if bounds is None else (bounds[0], bounds[1]), found["n"]),
            Measured(_value(found["human"]), None, found["human_n"]),
        )


def assess(
    sample: Sequence[Verse], pool: Iterable[Human], measures: Sequence[Measure] = MEASURES
) -> tuple[Assessed, ...]:
    """Every measure of a sample beside the human number; poems without lines are left out.

    Of several answers to one request all measures but ``seed_overlap`` see the first only.
    """
    pool = tuple(pool)
    written = [poem for poem in sample if poem.lines]
    matched = match(_first_answers(written), pool)
    found = []
    for measure in measures:
        if measure.name == "seed_overlap":
            size = _answers(written)
            human = same_title_groups(pool, size, SAME_TITLE_LIMIT) if size > 1 else ()
            found.append(Assessed(measure, measure.function(written, human), measure.function(human, human)))
        else:
            ours = measure.function(matched.poems, matched.human)
            found.append(Assessed(measure, ours, human_number(measure, matched, pool)))
    return tuple(found)


def human_number(measure: Measure, matched: Matched, pool: Iterable[Human]) -> Measured:
    """The measure of human poems. What was counted in training poems must not be asked about those very poems: such a
    measure (``held_out``) takes the held-out ones of both human sets."""
    if not measure.held_out:
        return measure.function(matched.second, matched.human)
    held_out = {human.verse.key for human in pool if human.split in HELD_OUT}
    poems = tuple(poem for poem in (*matched.second, *matched.human) if poem.key in held_out)
    return measure.function(poems, poems)


def _first_answers(poems: Sequence[Verse]) -> list[Verse]:
    first: dict[str, Verse] = {}
    for i, poem in enumerate(poems):
        first.setdefault(poem.key or f"#{i}", poem)
    return list(first.values())


def _answers(poems: Sequence[Verse]) -> int:
    """How many answers the most-answered request has."""
    counts: dict[str, int] = {}
    for poem in poems:
        if poem.key:
            counts[poem.key] = counts.get(poem.key, 0) + 1
    return max(counts.values(), default=0)


def _value(number: float | None) -> float:
    return nan if number is None else number


def _number(value: float) -> float | None:
    return None if isnan(value) else round(value, 4)
