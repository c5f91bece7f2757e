"""Drawing tokens from the model's logits, rows at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yayun.decoding.options import Sampling

LIKELIEST = 128  # tokens a choice is made from, at most
FOLDS = 8
LOWEST = np.finfo(np.float32).min


class Lots:
    """Random numbers for rows of several poems, each poem's from a generator of its own, so that none depends on what
    is decoded beside it. ``owners``: the generator of each row."""

    def __init__(self, owners: Sequence[np.random.Generator]) -> None:
        self.owners = owners

    def draw(self) -> np.ndarray:
        """A number in [0, 1) a row, shape (rows,)."""
        return np.array([owner.random() for owner in self.owners])


def sample_rows(logits: np.ndarray, sampling: Sampling, drawn: np.ndarray) -> np.ndarray:
    """One token id a row from ``logits`` (rows, vocabulary), by temperature and nucleus among the ``LIKELIEST``.

    ``drawn``: a random number in [0, 1) a row. A row's token depends on that row alone, to the last bit: sums are
    taken in order (``cumsum``), for numpy's ``sum`` adds by the width that the other rows give the array.
    """
    row, ids = np.divmod(_likeliest(logits, LIKELIEST), logits.shape[1])
    counts = np.bincount(row, minlength=len(logits))
    starts = np.cumsum(counts) - counts
    values = logits[row, ids].astype(np.float64)
    peaks = np.maximum.reduceat(values, starts)
    weights = np.zeros((len(logits), counts.max()))
    weights[row, np.arange(len(row)) - starts[row]] = np.exp((values - peaks[row]) / sampling.temperature)
    best = -np.sort(-weights, axis=1)[:, :LIKELIEST]
    before = np.cumsum(best, axis=1) - best
    within = before < sampling.top_p * (before[:, -1:] + best[:, -1:])
    least = np.where(within, best, np.inf).min(axis=1)
    weights[weights < least[:, None]] = 0
    cumulative = np.cumsum(weights, axis=1)
    chosen: np.ndarray = ids[starts + (cumulative <= drawn[:, None] * cumulative[:, -1:]).sum(axis=1)]
    return chosen


def _likeliest(logits: np.ndarray, top: int) -> np.ndarray:
    """Flat places of each row's ``top`` best logits and of a few others, row by row; masked ones are left out.

    A sort of whole rows would cost half as much as the model: of rows folded eightfold, the ``top``-th best maximum is
    a bound below which none of the ``top`` best can lie, and few others lie above it.
    """
    rows, size = logits.shape
    width = size // FOLDS
    bound = np.full(rows, LOWEST)
    if width >= top:
        folded = logits[:, : FOLDS * width].reshape(rows, FOLDS, width).max(axis=1)
        bound = np.maximum(np.partition(folded, -top, axis=1)[:, -top], LOWEST)
    return np.flatnonzero(logits >= bound[:, None])


def log_probability(logits: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Log probabilities of ``ids`` (rows,) by a state's logits (rows, vocabulary), which are normalised."""
    found: np.ndarray = logits[np.arange(len(ids)), ids]
    return found
