"""Intervals of shares and of means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from .resampling import check_confidence, parts, percentile_bounds


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the bounds of its confidence interval."""

    estimate: float
    low: float
    high: float


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a share.

    With p = successes / trials and z the normal quantile, the bounds are
    (p + z²/2n ± z sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n). Unlike p ± z·s it stays inside [0, 1] and has a width at 0
    and 1. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.

    Args:
        successes: how many trials succeeded.
        trials: how many there were.
        confidence: the coverage, in (0, 1).

    Raises:
        ValueError: there is no trial, more successes than trials, or the confidence is out of range.
    """
    if trials < 1:
        raise ValueError(f"trials must be 1 or more, got {trials}")
    if not 0 <= successes <= trials:
        raise ValueError(f"successes must lie in 0 … {trials}, got {successes}")
    z = NormalDist().inv_cdf(0.5 + check_confidence(confidence) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    scale = 1 + z * z / trials
    # at 0 and at 1 one bound is the share itself, which rounding would miss
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return Interval(share, low, high)


def bootstrap_mean_interval(
    values: ArrayLike, rng: np.random.Generator, *, resamples: int = 2000, confidence: float = 0.95
) -> Interval:
    """The mean of independent values, with a percentile bootstrap interval.

    Args:
        values: n values.
        rng: draws the resamples.
        resamples: how many there are.
        confidence: the coverage, in (0, 1).

    Raises:
        ValueError: there is no value, or an argument is out of range.
    """
    values_N = np.asarray(values, dtype=np.float64).ravel()
    if values_N.size == 0:
        raise ValueError("values must hold at least one value, got none")
    means_R = np.empty(max(0, resamples))
    for part in parts(resamples, values_N.size):
        drawn_C_N = rng.integers(0, values_N.size, size=(part.stop - part.start, values_N.size))
        means_R[part] = values_N[drawn_C_N].mean(axis=1)
    return percentile_interval(values_N.mean(), means_R, confidence)


def percentile_interval(estimate: float, resampled: ArrayLike, confidence: float = 0.95) -> Interval:
    """An estimate with its percentile bootstrap interval.

    Args:
        estimate: the statistic of the values themselves.
        resampled: the statistic of every resample.
        confidence: the coverage, in (0, 1).

    Raises:
        ValueError: the confidence is out of range.
    """
    low, high = percentile_bounds(resampled, confidence)
    return Interval(float(estimate), float(low), float(high))


def interval_over_runs(intervals: Sequence[Interval], *, resamples: int = 2000) -> Interval:
    """One estimate from one per run.

    The interval is over runs, by the bootstrap of their mean. A single run keeps its own interval, which is over
    episodes; so do runs that agree to the digit, because resampling equal values would promise certainty.

    Raises:
        ValueError: there is no run.
    """
    if not intervals:
        raise ValueError("intervals must hold at least one interval, got none")
    if all(interval.estimate == intervals[0].estimate for interval in intervals):
        return intervals[0]
    estimates = [interval.estimate for interval in intervals]
    return bootstrap_mean_interval(estimates, np.random.default_rng(0), resamples=resamples)
