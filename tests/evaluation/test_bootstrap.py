from __future__ import annotations

import numpy as np
import pytest

from yayun.measures.bootstrap import interval, mean_intervals


def test_the_interval_of_a_mean_is_that_of_the_normal_theory() -> None:
    values = np.random.default_rng(0).normal(10.0, 2.0, (900, 1))
    ((low, high),) = mean_intervals(values, resamples=4000)
    half = 1.96 * values.std() / 30
    assert low == pytest.approx(values.mean() - half, abs=0.02)
    assert high == pytest.approx(values.mean() + half, abs=0.02)


def test_a_share_has_its_binomial_interval() -> None:
    values = np.array([1.0] * 30 + [0.0] * 70)[:, None]
    ((low, high),) = mean_intervals(values, resamples=4000)
    # 2.5 % and 97.5 % points of Binomial(100, 0.3) / 100
    assert (low, high) == (pytest.approx(0.21, abs=0.011), pytest.approx(0.39, abs=0.011))


def test_constants_have_no_width_and_unknown_entries_are_left_out() -> None:
    values = np.array([[3.0, np.nan, np.nan], [3.0, 2.0, np.nan], [3.0, 2.0, np.nan]])
    first, second, third = mean_intervals(values)
    assert first == (3.0, 3.0)
    assert second == (2.0, 2.0)
    assert np.isnan(third).all()
    assert np.isnan(mean_intervals(np.empty((0, 2)))).all()


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(1).random((50, 2))
    assert mean_intervals(values) == mean_intervals(values)
    assert mean_intervals(values, seed=1) != mean_intervals(values, seed=2)


def test_samples_are_drawn_apart() -> None:
    ours, theirs = np.full(5, 2.0), np.array([0.0, 1.0])
    low, high = interval(lambda s: float(s[0].mean() - s[1].mean()), [ours, theirs], resamples=500)
    assert (low, high) == (1.0, 2.0)
