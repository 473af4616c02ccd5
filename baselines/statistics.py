"""Intervals for scores: shares of successes, means and interquartile means. Pure NumPy, vectorised over resamples."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

_DRAWN_AT_ONCE = 1 << 18
"""How many values a bootstrap draws at a time: 4 MB, however many values and resamples there are."""


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
    z = NormalDist().inv_cdf(0.5 + _check_confidence(confidence) / 2)
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
    means_R = np.empty(_check_resamples(resamples))
    rows = max(1, _DRAWN_AT_ONCE // values_N.size)
    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        drawn_C_N = rng.integers(0, values_N.size, size=(count, values_N.size))
        means_R[start : start + count] = values_N[drawn_C_N].mean(axis=1)
    low, high = _percentiles(means_R, confidence)
    return Interval(float(values_N.mean()), low, high)


def interquartile_mean(values: ArrayLike, axis: int | None = None) -> NDArray[np.float64]:
    """The mean of the middle half: the lowest and the highest quarter (rounded down) of the values are left out.

    Args:
        values: an array.
        axis: along which the mean is taken; None takes it over all values.

    Returns:
        The array without that axis.

    Raises:
        ValueError: there is no value along the axis.
    """
    array = np.asarray(values, dtype=np.float64)
    array = array.reshape(-1) if axis is None else np.moveaxis(array, axis, -1)
    count = array.shape[-1]
    if count == 0:
        raise ValueError("values must hold at least one value along the axis, got none")
    cut = count // 4
    # partitioning puts the values to leave out at the ends, and costs less than sorting
    ordered = np.partition(array, (cut, count - cut - 1), axis=-1)
    return ordered[..., cut : count - cut].mean(axis=-1)


def stratified_interquartile_mean(
    scores: ArrayLike, rng: np.random.Generator, *, resamples: int = 2000, confidence: float = 0.95
) -> Interval:
    """The interquartile mean over runs and tasks, with a stratified percentile bootstrap interval.

    Each resample draws, task by task, as many seeds as there are, with replacement, and takes the interquartile mean
    over all of them. Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", 2021.

    Args:
        scores: shape (seeds, tasks); one column per task.
        rng: draws the resamples.
        resamples: how many there are.
        confidence: the coverage, in (0, 1).

    Raises:
        ValueError: `scores` is not a filled matrix, or an argument is out of range.
    """
    scores_S_T = np.asarray(scores, dtype=np.float64)
    if scores_S_T.ndim != 2 or scores_S_T.size == 0:
        raise ValueError(f"scores must be a matrix (seeds, tasks) with values, got shape {scores_S_T.shape}")
    seeds, tasks = scores_S_T.shape
    drawn_R_S_T = rng.integers(0, seeds, size=(_check_resamples(resamples), seeds, tasks))
    resampled_R_S_T = scores_S_T[drawn_R_S_T, np.arange(tasks)]
    means_R = interquartile_mean(resampled_R_S_T.reshape(resamples, seeds * tasks), axis=1)
    low, high = _percentiles(means_R, confidence)
    return Interval(float(interquartile_mean(scores_S_T)), low, high)


def _percentiles(estimates_R: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    tail = (1 - _check_confidence(confidence)) / 2
    low, high = np.quantile(estimates_R, [tail, 1 - tail])
    return float(low), float(high)


def _check_confidence(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    return confidence


def _check_resamples(resamples: int) -> int:
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more, got {resamples}")
    return resamples
