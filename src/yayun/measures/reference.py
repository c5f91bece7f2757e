"""The human reference: Tang poems matched to a sample by form and rhyme group, and by title where there are any.

Two disjoint sets are drawn. Every measure compares the sample with the first; the second, put in the sample's place,
gives the human number. Only poems the rules read as regulated verse are drawn, held-out ones before the others.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from yayun.measures.corpus import HELD_OUT, Human
from yayun.measures.verse import Verse
from yayun.prosody.review import review

SEED = 5

Cell = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Matched:
    """``poems``: the part of the sample that has its like; ``human`` and ``second``: as many human poems each, of the
    same forms and groups."""

    poems: tuple[Verse, ...]
    human: tuple[Verse, ...]
    second: tuple[Verse, ...]


def match(sample: Sequence[Verse], pool: Iterable[Human], avoid: Collection[str] = (), seed: int = SEED) -> Matched:
    """Match a sample cell by cell (form, rhyme group).

    A cell keeps as many poems as there are human ones for both sets, no fewer than one; poems of cells without two
    human poems are left out. ``avoid``: ids of human poems not to be drawn.
    """
    wanted: dict[Cell, list[Verse]] = defaultdict(list)
    for poem in sample:
        wanted[poem.cell].append(poem)
    humans: dict[Cell, list[Human]] = defaultdict(list)
    for human in pool:
        if human.verse.cell in wanted and human.verse.key not in avoid:
            humans[human.verse.cell].append(human)
    kept: list[Verse] = []
    first: list[Verse] = []
    second: list[Verse] = []
    for cell in sorted(wanted, key=str):
        poems = wanted[cell]
        drawn = _draw(humans[cell], 2 * len(poems), {p.title for p in poems}, f"{seed}{cell}")
        n = min(len(poems), len(drawn) // 2)
        # Alternating, so that neither set has more of the held-out poems.
        first += drawn[0 : 2 * n : 2]
        second += drawn[1 : 2 * n : 2]
        kept += poems if n == len(poems) else random.Random(seed).sample(poems, n)
    return Matched(tuple(kept), tuple(first), tuple(second))


def _draw(humans: Sequence[Human], count: int, titles: Collection[str], seed: str) -> list[Verse]:
    """Up to ``count`` regulated poems in a seeded order: titles asked for first, then held-out poems."""
    order = sorted(humans, key=lambda h: h.verse.key)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda h: (h.verse.title not in titles, h.split not in HELD_OUT))
    drawn: list[Verse] = []
    for human in order:
        if len(drawn) == count:
            break
        if is_regulated(human.source):
            drawn.append(human.verse)
    return drawn


def is_regulated(lines: Sequence[str]) -> bool:
    """Do the rules read lines as regulated verse (with or without faults), not as old-style verse?"""
    return review(lines).pattern is not None


def same_title_groups(pool: Iterable[Human], size: int, limit: int, seed: int = SEED) -> tuple[Verse, ...]:
    """Human answers to one request: up to ``limit`` groups of ``size`` poems with one title and form, keyed by title.

    The reference for ``seed_overlap``: what different poets made of the same subject.
    """
    groups: dict[tuple[str, str], list[Human]] = defaultdict(list)
    for human in pool:
        groups[human.verse.title, human.verse.form].append(human)
    names = sorted(name for name, members in groups.items() if len(members) >= size)
    rng = random.Random(seed)
    found: list[Verse] = []
    for title, form in rng.sample(names, min(limit, len(names))):
        for human in rng.sample(groups[title, form], size):
            verse = human.verse
            found.append(Verse(verse.title, verse.form, verse.rhyme, verse.lines, f"{title}/{form}"))
    return tuple(found)


def cells(poems: Iterable[Verse]) -> Counter[Cell]:
    """How many poems of each form and group."""
    return Counter(poem.cell for poem in poems)
