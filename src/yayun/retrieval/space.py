"""Titles and verse in one space: what Tang and Song poets wrote under which titles.

A title unit and a verse unit (``retrieval.units``) lie close when poems under such titles use such words more often
than chance: positive pointwise mutual information over the training split, factored to 64 dimensions (left and right
singular vectors without their singular values, each scaled to length 1). ``data/units.tsv`` (kind, unit, poems) names
the rows of ``data/vectors.bin`` (int8, 127 = 1); ``scripts/build_retrieval.py`` builds both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from yayun.lazy import lazy
from yayun.retrieval.novelty import fold_line
from yayun.retrieval.units import title_units

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

DIMENSIONS = 64
TITLE, VERSE = "title", "verse"
# How much a title's words count as words of verse, beside what was written under them (chosen on held-out poems).
VERSE_SHARE = 0.3


@dataclass(frozen=True)
class Side:
    """One kind of unit. ``units``: as written (traditional); ``index``: by folded spelling; ``weights`` (n,): inverse
    document frequency in nats; ``vectors`` (n, 64) float32, unit length."""

    units: tuple[str, ...]
    index: dict[str, int]
    weights: np.ndarray
    vectors: np.ndarray

    def rows(self, folded: Iterable[str]) -> list[int]:
        """Row numbers of the units that are known."""
        return [self.index[unit] for unit in folded if unit in self.index]

    def total(self, rows: list[int]) -> np.ndarray:
        """(64,) weighted sum of rows."""
        total: np.ndarray = self.weights[rows] @ self.vectors[rows]
        return total


@cache
def sides() -> tuple[Side, Side]:
    """(title units, verse units), read on first use."""
    folder = files("yayun.retrieval") / "data"
    head, rows = (folder / "units.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n", 1)
    poems = float(head.split("\t")[2])
    cells = rows.replace("\n", "\t").split("\t")
    kinds, units, counts = cells[::3], tuple(cells[1::3]), list(map(int, cells[2::3]))
    folded = fold_line("\n".join(units)).split("\n")
    weights = np.log(poems / np.array(counts, np.float32))
    stored = np.frombuffer((folder / "vectors.bin").read_bytes(), np.int8).reshape(-1, DIMENSIONS)
    vectors = np.multiply(stored, np.float32(1 / 127), dtype=np.float32)
    cut = kinds.index(VERSE)
    parts = (slice(0, cut), slice(cut, None))
    return tuple(  # type: ignore[return-value]
        Side(units[part], {unit: i for i, unit in enumerate(folded[part])}, weights[part], vectors[part])
        for part in parts
    )


@lru_cache(maxsize=512)
def title_vector(title: str) -> np.ndarray | None:
    """(64,) direction of a title or theme, unit length; None when nothing in it is known."""
    units = title_units(title)
    titles, verse = sides()
    total = titles.total(titles.rows(units)) + VERSE_SHARE * verse.total(verse.rows(units))
    length = float(np.linalg.norm(total))
    return total / length if length else None
