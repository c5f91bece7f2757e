"""Fitting: for each simplified character that several traditional ones were merged into, which of them a place has.

One multinomial logistic regression over all such characters, its weights in a hashed table, by AdaGrad in small
batches. Learnt from the corpus itself (``benchmarks/restoration.py`` measures it on held-out poems).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from yayun.corpus.restoration.features import FEATURES, TABLE_BITS, features
from yayun.progress import bar
from yayun.prosody.tables import origins

# At most this many traditional characters are told apart for one simplified one, each seen this often at least.
CANDIDATES = 4
_SEEN = 3
_BATCH = 4096
_RATES = (0.1, 0.05)  # one a pass over the corpus; more passes learn it by heart
_CODES = 1 << 21


@dataclass(frozen=True, slots=True)
class Merged:
    """What each simplified character may stand for, as code points.

    ``single``: simplified -> traditional where the corpus leaves no choice; ``chars`` (n,): the merged simplified
    characters, ascending; ``candidates`` (n, CANDIDATES): their traditional ones, the commonest first, 0 where there
    are fewer; ``shares``: how often each is meant.
    """

    single: dict[int, int]
    chars: np.ndarray
    candidates: np.ndarray
    shares: np.ndarray

    def places(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(places of merged characters in a text, the row of each in ``chars``)."""
        row = np.full(_CODES, -1, np.int32)
        row[self.chars] = np.arange(len(self.chars))
        rows = row[codes]
        at = np.flatnonzero(rows >= 0)
        return at, rows[at]


def find_merged(simplified: np.ndarray, traditional: np.ndarray) -> Merged:
    """What simplified characters stand for, from a text in both scripts, place by place."""
    pairs, counts = np.unique(simplified * _CODES + traditional, return_counts=True)
    meant: dict[int, dict[int, int]] = defaultdict(dict)
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        meant[pair // _CODES][pair % _CODES] = count
    single: dict[int, int] = {}
    several: dict[int, list[tuple[int, int]]] = {}
    for char, uses in meant.items():
        # A slip of the source is not something to learn.
        kept = {other: n for other, n in uses.items() if n >= _SEEN and not is_slip(chr(other))}
        if not kept:
            continue
        ranked = sorted(kept.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
        single[char] = ranked[0][0]
        if len(ranked) > 1:
            several[char] = ranked
    chars = np.array(sorted(several), np.int64)
    candidates = np.zeros((len(chars), CANDIDATES), np.int64)
    shares = np.zeros((len(chars), CANDIDATES))
    for row, char in enumerate(chars.tolist()):
        for column, (other, count) in enumerate(several[char]):
            candidates[row, column], shares[row, column] = other, count
    return Merged(single, chars, candidates, shares / shares.sum(1, keepdims=True))


def is_slip(char: str) -> bool:
    """Is ``char`` a simplified character and no traditional one (唤), so that in traditional text it is a slip?"""
    known = origins().get(char)
    return known is not None and char not in known


@dataclass(frozen=True, slots=True)
class Weights:
    """(2**TABLE_BITS, CANDIDATES) float32: a feature's weight for each candidate."""

    table: np.ndarray

    def chances(self, rows: np.ndarray, possible: np.ndarray) -> np.ndarray:
        """(places, CANDIDATES) probabilities for feature ``rows``; ``possible``: which candidates there are."""
        found = np.empty(possible.shape, np.float32)
        for start in range(0, len(rows), _BATCH):
            part = slice(start, start + _BATCH)
            found[part] = _softmax(self.table[rows[part]].sum(1), possible[part])
        return found


def _softmax(scores: np.ndarray, possible: np.ndarray) -> np.ndarray:
    scores = np.where(possible, scores, -np.inf)
    odds = np.exp(scores - scores.max(1, keepdims=True))
    found: np.ndarray = odds / odds.sum(1, keepdims=True)
    return found


def fit(simplified: np.ndarray, traditional: np.ndarray, merged: Merged) -> Weights:
    """Learn from a text in both scripts. Deterministic."""
    at, which = merged.places(simplified)
    right = merged.candidates[which] == traditional[at][:, None]
    told = right.any(1)
    at, which, answers = at[told], which[told], right[told].argmax(1)
    rows = features(simplified, at)
    possible = merged.candidates[which] > 0
    table = np.zeros((1 << TABLE_BITS, CANDIDATES), np.float32)
    squares = np.full_like(table, 1e-3)
    order = np.random.default_rng(0)
    with bar("学简繁之别", len(_RATES) * len(at), passing=True) as update:
        for done, rate in enumerate(_RATES):
            shuffled = order.permutation(len(at))
            for start in range(0, len(at), _BATCH):
                batch = shuffled[start : start + _BATCH]
                _step(table, squares, rows[batch], possible[batch], answers[batch], rate)
                update(done * len(at) + start)
    return Weights(table)


def _step(
    table: np.ndarray, squares: np.ndarray, rows: np.ndarray, possible: np.ndarray, answers: np.ndarray, rate: float
) -> None:
    error = _softmax(table[rows].sum(1), possible)
    error[np.arange(len(rows)), answers] -= 1
    touched, inverse = np.unique(rows.ravel(), return_inverse=True)
    spread = np.repeat(error, FEATURES, 0)
    gradient = np.stack(
        [np.bincount(inverse, spread[:, column], len(touched)) for column in range(CANDIDATES)], 1
    ).astype(np.float32)
    squares[touched] += gradient * gradient
    table[touched] -= rate * gradient / np.sqrt(squares[touched])
