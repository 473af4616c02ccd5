"""One number for the scores of an agent on many tasks, with its interval.

The aggregates are those of Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice",
2021. Each takes scores of shape (…, seeds, tasks) and leaves out the last two axes, so that it works on one matrix and
on all resamples of it alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .intervals import Interval, percentile_interval
from .resampling import Array, Statistic, score_matrix, stratified_resamples

RESAMPLES = 50_000


@dataclass(frozen=True, slots=True)
class Aggregates:
    """What normalised scores come to, each with its 95 % interval.

    Attributes:
        iqm: the interquartile mean; less shaken by outliers than the mean, less blind than the median.
        mean: the mean over tasks.
        median: the median over tasks of their means.
        optimality_gap: how far the scores fall short of the expert's, 1; less is better.
    """

    iqm: Interval
    mean: Interval
    median: Interval
    optimality_gap: Interval


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


def aggregate_iqm(scores: Array) -> Array:
    """The interquartile mean over all seeds and tasks."""
    return interquartile_mean(scores.reshape(*scores.shape[:-2], -1), axis=-1)


def aggregate_mean(scores: Array) -> Array:
    """The mean over all seeds and tasks."""
    return scores.mean(axis=(-2, -1))


def aggregate_median(scores: Array) -> Array:
    """The median over tasks of the mean over seeds."""
    return np.median(scores.mean(axis=-2), axis=-1)


def aggregate_optimality_gap(scores: Array, optimum: float = 1.0) -> Array:
    """How far scores fall short of the optimum on average: optimum - mean(min(score, optimum)).

    What a score has over the optimum makes up for nothing elsewhere.
    """
    return optimum - np.minimum(scores, optimum).mean(axis=(-2, -1))


def stratified_interval(
    scores: ArrayLike,
    aggregate: Statistic,
    rng: np.random.Generator,
    *,
    resamples: int = RESAMPLES,
    confidence: float = 0.95,
) -> Interval:
    """An aggregate over seeds and tasks, with its stratified percentile bootstrap interval.

    Args:
        scores: shape (seeds, tasks); one column per task.
        aggregate: one of the aggregates of this module, or another function of scores of shape (…, seeds, tasks).
        rng: draws the resamples.
        resamples: how many there are.
        confidence: the coverage, in (0, 1).

    Raises:
        ValueError: `scores` is not a filled matrix of finite numbers, or an argument is out of range.
    """
    scores_S_T = score_matrix(scores)
    resampled_R = stratified_resamples(scores_S_T, aggregate, rng, resamples=resamples)
    return percentile_interval(float(aggregate(scores_S_T)), resampled_R, confidence)


def aggregate_scores(
    scores: ArrayLike, rng: np.random.Generator, *, resamples: int = RESAMPLES, confidence: float = 0.95
) -> Aggregates:
    """All four aggregates, on the same resamples.

    Args:
        scores: normalised scores, shape (seeds, tasks).
        rng: draws the resamples.
        resamples: how many there are.
        confidence: the coverage, in (0, 1).

    Raises:
        ValueError: `scores` is not a filled matrix of finite numbers, or an argument is out of range.
    """

    def all_four(scores: Array) -> Array:
        aggregates = (aggregate_iqm, aggregate_mean, aggregate_median, aggregate_optimality_gap)
        return np.stack([aggregate(scores) for aggregate in aggregates], axis=-1)

    scores_S_T = score_matrix(scores)
    resampled_R_4 = stratified_resamples(scores_S_T, all_four, rng, resamples=resamples)
    estimates_4 = all_four(scores_S_T)
    return Aggregates(
        *(percentile_interval(estimates_4[k], resampled_R_4[:, k], confidence) for k in range(len(estimates_4)))
    )
