"""What is seen of a draft: a number a feature, the same for finished drafts and for drafts on the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from yayun.choosing.words import glue, numerals, share
from yayun.lazy import lazy
from yayun.retrieval.imagery import association
from yayun.retrieval.phrases import phrases

if TYPE_CHECKING:
    import numpy as np

    from yayun.decoding.decode import Draft
else:
    np = lazy("numpy")

FEATURES = (
    "likelihood",  # mean log probability of the characters, in nats
    "ends_likelihood",  # of the last three characters of lines
    "feet_likelihood",  # of the last characters of even lines
    "couplet_likelihood",  # of the last couplet
    "attested_twos",  # share of lines whose last two characters end lines of the corpus
    "attested_threes",  # share of lines whose last three do
    "information",  # mean pointwise information of the characters of a word, in nats
    "numerals",  # share of number words
    "glue",  # share of glue words
    "subject",  # association of the title and the verse
)


def features(title: str, drafts: Sequence[Draft], rhyming: Sequence[int] | None = None) -> np.ndarray:
    """Shape (drafts, features). Where a draft's ``nats`` are not known, its mean stands for all likelihoods.
    ``rhyming``: the lines with feet, even ones where that is None."""
    return np.array([_features(title, draft, rhyming) for draft in drafts]).reshape(len(drafts), len(FEATURES))


def _features(title: str, draft: Draft, rhyming: Sequence[int] | None) -> tuple[float, ...]:
    lines, text = draft.lines, "".join(draft.lines)
    twos, threes, information = zip(*map(_of_line, lines), strict=True)
    return (
        draft.likelihood,
        *_likelihoods(draft, rhyming),
        _mean(twos),
        _mean(threes),
        _mean([nats for line in information for nats in line]),
        share(text, numerals()),
        share(text, glue()),
        association(title, text) if title else 0.0,
    )


def _likelihoods(draft: Draft, rhyming: Sequence[int] | None) -> tuple[float, float, float]:
    if not draft.nats:
        return (draft.likelihood,) * 3
    ends = [nats for line in draft.nats for nats in line[-3:]]
    held = range(1, len(draft.nats), 2) if rhyming is None else [i for i in rhyming if i < len(draft.nats)]
    feet = [draft.nats[i][-1] for i in held]
    couplet = [nats for line in draft.nats[-2:] for nats in line]
    return _mean(ends), _mean(feet), _mean(couplet)


@lru_cache(maxsize=8192)
def _of_line(line: str) -> tuple[bool, bool, tuple[float, ...]]:
    """Its endings attested (two, three characters), and the information of its words."""
    known = phrases()
    return known.attested_end(line, 2), known.attested_end(line, 3), known.information(line)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
