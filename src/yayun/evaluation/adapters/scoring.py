"""From a model's reply to its marks: the same numbers a row of ``yayun evaluate`` is averaged from."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isnan

from yayun.brief import Brief
from yayun.evaluation.rows import COLUMNS, SCORES, judge
from yayun.evaluation.samples import Sample
from yayun.prosody.review import Profile
from yayun.text.poems import verse_lines

TAGS = ("<think>", "</think>", "<answer>", "</answer>")
_WHOLE = re.compile(r"\s*<think>.*</think>\s*<answer>.*</answer>\s*", re.DOTALL)
# What the table has by the strict profile, but the seconds; and the paper profile's scores.
STRICT = tuple(column for column in COLUMNS if column != "seconds_per_poem")
PAPER = tuple(f"paper_{column}" for column in SCORES)
METRICS = (*STRICT, *PAPER)


def reply_sample(text: str, form: str | None, rhyme: str | None, title: str = "") -> Sample:
    """The verse of a reply, to be judged against what was asked.

    Read leniently: what stands in ``<answer>`` after the thought, else all that comes after the thought; no verse at
    all is a poem that was not written.
    """
    # Some chat templates open <think> themselves, so a reply may have the closing tag alone.
    after = text.rpartition("</think>")[2]
    return Sample(verse_lines(after if after.strip() else text), title, form, rhyme)


def brief_sample(text: str, brief: Brief) -> Sample:
    """The verse of a reply to a brief."""
    return reply_sample(text, brief.form, brief.rhyme, brief.title)


def marks(sample: Sample) -> dict[str, float]:
    """``METRICS`` by name, each in 0..1, defined for any sample; those that have no meaning for it (copied lines of a
    poem that was not written) are left out."""
    strict = dict(zip(COLUMNS, _judged(sample, "strict"), strict=True))
    paper = dict(zip(COLUMNS, _judged(sample, "paper"), strict=True))
    found = {name: strict[name] for name in STRICT} | {f"paper_{name}": paper[name] for name in SCORES}
    return {name: value for name, value in found.items() if not isnan(value)}


# A reply's rewards and metrics are asked for one by one.
@lru_cache(maxsize=1 << 10)
def _judged(sample: Sample, profile: Profile) -> tuple[float, ...]:
    return judge(sample, profile)


def format_score(text: str) -> float:
    """How far a reply keeps to ``<think>…</think><answer>…</answer>``, in 0..1: an eighth for each tag that stands
    there just once, and a half where they are in order with nothing outside them."""
    once = sum(text.count(tag) == 1 for tag in TAGS)
    whole = once == len(TAGS) and _WHOLE.fullmatch(text) is not None
    return once / 8 + whole / 2
