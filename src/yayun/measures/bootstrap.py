"""Bootstrap intervals: how far a number would move had other poems been drawn. Seeded, so a row prints the same twice.

Percentile intervals (Efron & Tibshirani, *An Introduction to the Bootstrap*, 1993, ch. 13): poems are drawn anew with
replacement, and the middle 95 % of the recomputed numbers is the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

RESAMPLES = 1000
SEED = 20251
LEVELS = (2.5, 97.5)

Interval = tuple[float, float]


def mean_intervals(values: np.ndarray, resamples: int = RESAMPLES, seed: int = SEED) -> list[Interval]:
    """95 % intervals of the column means of ``values`` (poems, columns); NaN entries are left out of a mean.

    A column without a number, or no poems at all, gives (nan, nan).
    """
    n, columns = values.shape
    if n == 0:
        return [(float("nan"), float("nan"))] * columns
    known = ~np.isnan(values)
    filled, weights = np.where(known, values, 0.0), known.astype(float)
    rng = np.random.default_rng(seed)
    means = np.empty((resamples, columns))
    for i in range(resamples):
        drawn = np.bincount(rng.integers(0, n, n), minlength=n)
        with np.errstate(invalid="ignore", divide="ignore"):
            means[i] = (drawn @ filled) / (drawn @ weights)
    with np.errstate(invalid="ignore"):
        bounds = np.array([_percentiles(means[:, c]) for c in range(columns)])
    return [(float(low), float(high)) for low, high in bounds]


def interval(
    statistic: Callable[[Sequence[np.ndarray]], float],
    samples: Sequence[np.ndarray],
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """95 % interval of a statistic of one or several independent samples, each (n,) or (n, k), drawn anew apart."""
    rng = np.random.default_rng(seed)
    found = np.array([statistic([s[rng.integers(0, len(s), len(s))] for s in samples]) for _ in range(resamples)])
    low, high = _percentiles(found)
    return float(low), float(high)


def _percentiles(values: np.ndarray) -> np.ndarray:
    kept = values[~np.isnan(values)]
    return np.percentile(kept, LEVELS) if len(kept) else np.array([np.nan, np.nan])
