"""How strongly each line of a poem goes with the next: one number a poem, for the classifier of ``naturalness``.

The association of characters of neighbouring lines, as in ``quality.association``, counted over the training split. A
poem that was itself counted is judged by the counts without it, so that learnt and held-out human poems, and ours, are
judged alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from yayun.measures.association import characters, incidence, shrunk_information
from yayun.measures.corpus import Corpus, corpus
from yayun.measures.verse import Verse


@dataclass(frozen=True)
class Links:
    """``joint`` (characters, characters): pairs of neighbouring lines with the one in the first and the other in the
    second; ``upper`` and ``lower`` (characters,): those with a character in the first, in the second; ``total``: all of
    them. ``learnt``: keys of the poems that were counted."""

    index: dict[str, int]
    joint: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    total: int
    learnt: frozenset[str]

    def strength(self, poem: Verse) -> float:
        """The mean over neighbouring lines of the mean association, in nats, of their characters; a character with
        itself counts for nothing. 0 for a poem of one line."""
        pairs = [(self._ids(a), self._ids(b)) for a, b in pairwise(poem.lines)]
        own = pairs if poem.key in self.learnt else []
        found = [self._pair(a, [c for c in b if c not in a], own) for a, b in pairs]
        return float(np.mean(found)) if found else 0.0

    def _ids(self, line: str) -> list[int]:
        return [self.index[char] for char in dict.fromkeys(line) if char in self.index]

    def _pair(self, a: Sequence[int], b: Sequence[int], own: Sequence[tuple[list[int], list[int]]]) -> float:
        """The mean association of two lines; the pairs of lines in ``own`` are taken out of the counts."""
        if not a or not b:
            return 0.0
        first = np.array([[i in upper for i in a] for upper, _ in own], float).reshape(len(own), len(a))
        second = np.array([[j in lower for j in b] for _, lower in own], float).reshape(len(own), len(b))
        joint = self.joint[np.ix_(a, b)] - first.T @ second
        left, right = self.upper[a] - first.sum(0), self.lower[b] - second.sum(0)
        expected = np.outer(left, right) / max(1, self.total - len(own))
        return float(shrunk_information(joint, expected).mean())


@cache
def links() -> Links:
    """Counted over the local corpus."""
    return learn_links(corpus())


def learn_links(source: Corpus) -> Links:
    """Count the neighbouring lines of the learnt poems."""
    index = characters(source)
    pairs = [pair for _, lines in source.learnt for pair in pairwise(lines)]
    a, b = incidence([p[0] for p in pairs], index), incidence([p[1] for p in pairs], index)
    joint = np.asarray((a.T @ b).todense(), np.float32)
    counted = frozenset(human.verse.key for human in source.humans if human.split == "train")
    before, after = (np.asarray(side.sum(axis=0), float).ravel() for side in (a, b))
    return Links(index, joint, before, after, total=len(pairs), learnt=counted)
