"""Diversity: does the sample keep saying the same, over requests and over the seeds of one request?

Sizes matter to all of these, so a sample and its human reference are cut to the same number of poems by the caller.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse


def distinct_bigrams(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """Distinct-2 (Li et al. 2016): different character pairs inside lines over all of them, 0..1."""
    return distinct_measured([pair for poem in poems for pair in _pairs(poem)], len(poems))


def distinct_feet(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """Of the ends of even lines, different characters over all of them, cell by cell: the share of new rhyme words."""
    feet: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for poem in poems:
        feet[poem.cell] += [line[-1] for line in poem.lines[1::2] if line]
    total = sum(map(len, feet.values()))
    different = sum(len(set(chars)) for chars in feet.values())
    return Measured(different / total if total else float("nan"), None, len(poems))


def self_overlap(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """How much of a poem stands in the most similar other poem of the sample: the largest share (0..1) of its character
    pairs found in any single one, averaged. Lower is better. Other answers to the same request do not count."""
    sets = [frozenset(_pairs(poem)) for poem in poems]
    holders: dict[str, list[int]] = defaultdict(list)
    for i, pairs in enumerate(sets):
        for pair in pairs:
            holders[pair].append(i)
    found = []
    for i, pairs in enumerate(sets):
        shared = Counter(j for pair in pairs for j in holders[pair] if j != i and not _same_request(poems[i], poems[j]))
        found.append(max(shared.values(), default=0) / max(1, len(pairs)))
    return mean_measured(np.array(found))


def seed_overlap(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """Over the answers to one request (poems of one ``key``): the mean share of a poem's pairs that another answer has.

    0..1, lower is better; NaN where no request was answered twice. ``n`` counts requests.
    """
    groups: dict[str, list[frozenset[str]]] = defaultdict(list)
    for poem in poems:
        groups[poem.key].append(frozenset(_pairs(poem)))
    found = [_mean_overlap(sets) for sets in groups.values() if len(sets) > 1]
    return mean_measured(np.array(found))


def distinct_measured(grams: Sequence[str], n: int) -> Measured:
    """Different grams over all."""
    return Measured(len(set(grams)) / len(grams) if grams else float("nan"), None, n)


def _mean_overlap(sets: Sequence[frozenset[str]]) -> float:
    shares = [len(a & b) / max(1, len(a)) for i, a in enumerate(sets) for j, b in enumerate(sets) if i != j]
    return sum(shares) / len(shares)


def _pairs(poem: Verse) -> Iterator[str]:
    for line in poem.lines:
        yield from (line[i : i + 2] for i in range(len(line) - 1))


def _same_request(a: Verse, b: Verse) -> bool:
    return bool(a.key) and a.key == b.key
