"""Bootstrap resamples of scores, drawn in parts so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

DRAWN_AT_ONCE = 1 << 18
"""How many values a bootstrap draws at a time: 4 MB, however many values and resamples there are."""

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]
"""Maps scores of shape (resamples, seeds, tasks) to one number, or one array, for each resample."""


def parts(resamples: int, values: int) -> Iterator[slice]:
    """The resamples in parts of about `DRAWN_AT_ONCE` values.

    Args:
        resamples: how many there are.
        values: how many values one of them draws.

    Raises:
        ValueError: there is no resample.
    """
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more, got {resamples}")
    rows = max(1, DRAWN_AT_ONCE // max(1, values))
    for start in range(0, resamples, rows):
        yield slice(start, min(start + rows, resamples))


def score_matrix(scores: ArrayLike, name: str = "scores") -> Array:
    """Scores as a matrix (seeds, tasks) of finite numbers.

    Raises:
        ValueError: they are something else; the message calls them `name`.
    """
    scores_S_T = np.asarray(scores, dtype=np.float64)
    if scores_S_T.ndim != 2 or scores_S_T.size == 0:
        raise ValueError(f"{name} must be a matrix (seeds, tasks) with values, got shape {scores_S_T.shape}")
    if not np.isfinite(scores_S_T).all():
        raise ValueError(f"{name} must be finite, got {scores_S_T[~np.isfinite(scores_S_T)][0]}")
    return scores_S_T


def stratified_resamples(
    scores: ArrayLike, statistic: Statistic, rng: np.random.Generator, *, resamples: int
) -> NDArray[np.float64]:
    """A statistic of stratified bootstrap resamples.

    Each resample draws, task by task, as many seeds as there are, with replacement: tasks are given, runs are drawn.
    Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", 2021.

    Args:
        scores: shape (seeds, tasks); one column per task.
        statistic: what is computed of each resample.
        rng: draws the resamples; how they are cut into parts changes nothing.
        resamples: how many there are.

    Returns:
        What the statistic gave, along a first axis of `resamples`.

    Raises:
        ValueError: `scores` is not a filled matrix of finite numbers, or there is no resample.
    """
    scores_S_T = score_matrix(scores)
    seeds, tasks = scores_S_T.shape
    flat_N = scores_S_T.reshape(-1)
    found = []
    for part in parts(resamples, scores_S_T.size):
        drawn_C_S_T = rng.integers(0, seeds, size=(part.stop - part.start, seeds, tasks))
        # row s, column t of the matrix is the value s · tasks + t of the flat array, which is quicker to take from
        found.append(statistic(flat_N.take(drawn_C_S_T * tasks + np.arange(tasks))))
    return np.concatenate(found)


def percentile_bounds(resampled: ArrayLike, confidence: float) -> tuple[Array, Array]:
    """The lower and the upper bound of percentile bootstrap intervals, over the first axis.

    Args:
        resampled: a statistic of every resample, shape (resamples, …).
        confidence: the coverage, in (0, 1).

    Returns:
        Two arrays without the first axis.

    Raises:
        ValueError: the confidence is out of range.
    """
    tail = (1 - check_confidence(confidence)) / 2
    low, high = np.quantile(np.asarray(resampled), [tail, 1 - tail], axis=0)
    return low, high


def check_confidence(confidence: float) -> float:
    """The confidence itself, where it is one.

    Raises:
        ValueError: it does not lie between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    return confidence
