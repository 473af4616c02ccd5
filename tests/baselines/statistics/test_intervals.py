import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.statistics import (
    Interval,
    bootstrap_mean_interval,
    interval_over_runs,
    percentile_interval,
    resampling,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # from the formula with z = 1.959964; 0 of 10, say, gives z² / (n + z²) = 3.841459 / 13.841459
    [(0, 10, 0.0, 0.277533), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1.0), (81, 100, 0.722212, 0.874853)],
)
def test_wilson_matches_its_formula(successes, trials, low, high):
    interval = wilson_interval(successes, trials)
    assert interval.low == pytest.approx(low, abs=1e-6)
    assert interval.high == pytest.approx(high, abs=1e-6)
    assert interval.estimate == successes / trials


@given(st.integers(1, 10_000), st.data())
def test_wilson_stays_in_the_unit_interval_and_mirrors(trials, data):
    successes = data.draw(st.integers(0, trials))
    interval = wilson_interval(successes, trials)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1
    mirrored = wilson_interval(trials - successes, trials)
    assert mirrored.low == pytest.approx(1 - interval.high, abs=1e-12)


def test_more_trials_narrow_the_interval():
    assert wilson_interval(500, 1000).low > wilson_interval(5, 10).low


def test_bootstrap_of_equal_values_has_no_width():
    interval = bootstrap_mean_interval([2.0, 2.0, 2.0], np.random.default_rng(0))
    assert (interval.estimate, interval.low, interval.high) == (2, 2, 2)


def test_bootstrap_agrees_with_the_normal_interval_of_many_values():
    values = np.random.default_rng(0).normal(3, 2, size=2000)
    interval = bootstrap_mean_interval(values, np.random.default_rng(1), resamples=4000)
    half = 1.96 * values.std() / 2000**0.5
    assert interval.high - interval.estimate == pytest.approx(half, rel=0.1)
    assert interval.estimate - interval.low == pytest.approx(half, rel=0.1)


@pytest.mark.parametrize("at_once", [1, 20, 77, 10**6])
def test_the_bootstrap_is_exact_however_many_values_are_drawn_at_once(monkeypatch, at_once):
    values = np.random.default_rng(0).normal(size=10)
    drawn = np.random.default_rng(1).integers(0, 10, size=(300, 10))
    expected = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    monkeypatch.setattr(resampling, "DRAWN_AT_ONCE", at_once)
    interval = bootstrap_mean_interval(values, np.random.default_rng(1), resamples=300)
    assert (interval.low, interval.high) == pytest.approx(tuple(expected))


def test_the_bootstrap_of_many_values_takes_little_memory():
    tracemalloc.start()
    try:
        bootstrap_mean_interval(np.zeros(30_000), np.random.default_rng(0), resamples=200)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_a_generator_in_the_same_state_gives_the_same_interval():
    values = np.arange(10.0)
    first = bootstrap_mean_interval(values, np.random.default_rng(5))
    assert first == bootstrap_mean_interval(values, np.random.default_rng(5))


def test_the_interval_of_one_run_or_of_runs_that_agree_is_over_their_episodes():
    known = Interval(0.5, 0.4, 0.6)
    assert interval_over_runs([known]) == known
    assert interval_over_runs([known] * 5) == known


def test_the_interval_of_runs_that_differ_is_over_runs():
    # of two runs a quarter of the resamples each draws one of them twice
    interval = interval_over_runs([Interval(0.2, 0.0, 0.9), Interval(0.4, 0.0, 0.9)])
    assert (interval.low, interval.high) == (0.2, 0.4)
    assert interval.estimate == pytest.approx(0.3)


def test_percentiles_leave_out_as_much_on_either_side():
    interval = percentile_interval(50, np.arange(101), confidence=0.9)
    assert (interval.estimate, interval.low, interval.high) == pytest.approx((50, 5, 95))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: wilson_interval(1, 0), "trials"),
        (lambda: wilson_interval(3, 2), "successes"),
        (lambda: wilson_interval(1, 2, confidence=1.0), "confidence"),
        (lambda: bootstrap_mean_interval([], np.random.default_rng(0)), "values"),
        (lambda: bootstrap_mean_interval([1], np.random.default_rng(0), resamples=0), "resamples"),
        (lambda: interval_over_runs([]), "intervals"),
    ],
)
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
