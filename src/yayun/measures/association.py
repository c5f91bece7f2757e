"""Which characters go together, counted over the training split: across neighbouring couplets, and with titles.

Both are tables of shrunk pointwise mutual information, in nats: log(n·c(a,b) / (c(a)·c(b))) · c(a,b) / (c(a,b) + k),
0 where a pair was never seen. They are counted for evaluation alone: no reward, ranking or prompt uses them
(``retrieval.space`` ranks drafts by a factored table of its own).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from yayun.errors import YayunError
from yayun.measures.corpus import Corpus, corpus
from yayun.retrieval.units import title_units

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

VERSE_CHARACTERS = 3500
TITLE_UNITS = 5000
SHRINK = 5.0
NEEDS_EXTRA = "诗意的度量要用 scikit-learn 与 scipy,请先安装:pip install 'yayun[eval]'。"


@dataclass(frozen=True)
class Association:
    """``table`` (rows, columns) float32; ``rows``/``columns`` map units to indices; ``row_weights`` (rows,) and
    ``column_weights`` (columns,): inverse document frequency of the units in nats."""

    rows: dict[str, int]
    columns: dict[str, int]
    table: np.ndarray
    row_weights: np.ndarray
    column_weights: np.ndarray

    def of(self, rows: Sequence[str], columns: Sequence[str]) -> float:
        """Weighted mean association over all pairs of known units, a unit with itself left out; 0 without any."""
        r = [self.rows[u] for u in dict.fromkeys(rows) if u in self.rows]
        own = set(rows)
        c = [self.columns[u] for u in dict.fromkeys(columns) if u in self.columns and u not in own]
        if not r or not c:
            return 0.0
        left, right = self.row_weights[r], self.column_weights[c]
        return float(left @ self.table[np.ix_(r, c)] @ right / (left.sum() * right.sum()))


@cache
def couplet_association() -> Association:
    """Characters of a couplet (rows) and of the next (columns), over the local corpus."""
    return learn_couplets(corpus())


@cache
def title_association() -> Association:
    """Title units (rows) and characters of the poem (columns), over the local corpus."""
    return learn_titles(corpus())


def learn_couplets(source: Corpus) -> Association:
    """Count neighbouring couplets of the learnt poems."""
    index = characters(source)
    pairs = [
        (lines[i] + lines[i + 1], lines[i + 2] + lines[i + 3])
        for _, lines in source.learnt
        for i in range(0, len(lines) - 3, 2)
    ]
    return _associate(index, index, [a for a, _ in pairs], [b for _, b in pairs])


def learn_titles(source: Corpus) -> Association:
    """Count the characters that poems have under title units (characters and pairs, see ``retrieval.units``)."""
    units = [title_units(title) for title, _ in source.learnt]
    counted = Counter(unit for row in units for unit in row)
    rows = {unit: i for i, (unit, _) in enumerate(counted.most_common(TITLE_UNITS))}
    return _associate(rows, characters(source), units, ["".join(lines) for _, lines in source.learnt])


def characters(source: Corpus) -> dict[str, int]:
    """The commonest characters of the learnt verse, numbered."""
    return {char: i for i, (char, _) in enumerate(source.uses[:VERSE_CHARACTERS])}


def _associate(
    rows: dict[str, int], columns: dict[str, int], left: Sequence[Iterable[str]], right: Sequence[Iterable[str]]
) -> Association:
    a, b = incidence(left, rows), incidence(right, columns)
    joint = np.asarray((a.T @ b).todense(), np.float32)
    of_row, of_column = np.asarray(a.sum(axis=0)).ravel(), np.asarray(b.sum(axis=0)).ravel()
    expected = np.outer(of_row, of_column).astype(np.float32) / max(1, len(left))
    table = shrunk_information(joint, expected).astype(np.float32)
    left_weights, right_weights = (np.log((len(left) + 1) / np.maximum(n, 1.0)) for n in (of_row, of_column))
    return Association(rows, columns, table, left_weights, right_weights)


def shrunk_information(joint: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Pointwise mutual information in nats, shrunk towards 0 where counts are small; 0 for what never came together."""
    information = np.log(np.maximum(joint, 1e-9) / np.maximum(expected, 1e-9))
    return np.where(joint > 0, information * joint / (joint + SHRINK), 0.0)


def incidence(texts: Sequence[Iterable[str]], index: dict[str, int]) -> csr_matrix:
    """(texts, units) with 1 where a text has a unit."""
    try:
        from scipy import sparse
    except ModuleNotFoundError as error:
        raise YayunError(NEEDS_EXTRA) from error

    units = [[index[u] for u in set(text) if u in index] for text in texts]
    ends = np.cumsum([0, *map(len, units)])
    flat = np.fromiter((i for row in units for i in row), np.int32, int(ends[-1]))
    return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(texts), len(index)))
