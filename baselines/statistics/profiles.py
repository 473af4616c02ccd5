"""Performance profiles: for every threshold, how many runs, or tasks, score above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .resampling import Array, percentile_bounds, score_matrix, stratified_resamples

PROFILE_RESAMPLES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The shares above K thresholds with the bounds of their intervals, four arrays of shape (K,)."""

    thresholds_K: Array
    shares_K: Array
    low_K: Array
    high_K: Array


def run_score_profile(
    scores: ArrayLike,
    thresholds: ArrayLike,
    rng: np.random.Generator,
    *,
    resamples: int = PROFILE_RESAMPLES,
    confidence: float = 0.95,
) -> Profile:
    """The share of all runs that score above each threshold: P(score > τ) over seeds and tasks.

    Agarwal et al., 2021, section 4.2. Where the profile of one agent lies above another's everywhere, it dominates it.

    Args:
        scores: shape (seeds, tasks).
        thresholds: shape (K,), ascending.
        rng: draws the stratified resamples, which all thresholds share.
        resamples: how many there are.
        confidence: the coverage at each threshold, in (0, 1).

    Raises:
        ValueError: `scores` is not a filled matrix of finite numbers, or an argument is out of range.
    """
    return _profile(scores, thresholds, rng, resamples, confidence, lambda s: s.reshape(*s.shape[:-2], -1))


def average_score_profile(
    scores: ArrayLike,
    thresholds: ArrayLike,
    rng: np.random.Generator,
    *,
    resamples: int = PROFILE_RESAMPLES,
    confidence: float = 0.95,
) -> Profile:
    """The share of tasks on which the mean over seeds lies above each threshold.

    The older of the two profiles: it hides how seeds differ, and its intervals are wider. Arguments and errors are
    those of `run_score_profile`.
    """
    return _profile(scores, thresholds, rng, resamples, confidence, lambda s: s.mean(axis=-2))


def _profile(
    scores: ArrayLike,
    thresholds: ArrayLike,
    rng: np.random.Generator,
    resamples: int,
    confidence: float,
    values_of: Callable[[Array], Array],
) -> Profile:
    thresholds_K = np.asarray(thresholds, dtype=np.float64)
    if thresholds_K.ndim != 1 or thresholds_K.size == 0 or (np.diff(thresholds_K) < 0).any():
        raise ValueError(f"thresholds must be numbers in ascending order, got {thresholds!r}")

    def shares(scores: Array) -> Array:
        values = values_of(scores)
        # how many thresholds lie below a value says which ones it counts for, without comparing each with each
        below = np.searchsorted(thresholds_K, values, side="left")
        rows = below.reshape(-1, below.shape[-1])
        bins = rows + np.arange(len(rows))[:, None] * (thresholds_K.size + 1)
        counts = np.bincount(bins.reshape(-1), minlength=len(rows) * (thresholds_K.size + 1))
        ended_C_K = counts.reshape(len(rows), -1)[:, :-1].cumsum(axis=1)
        return (1 - ended_C_K / values.shape[-1]).reshape(*values.shape[:-1], -1)

    scores_S_T = score_matrix(scores)
    resampled_R_K = stratified_resamples(scores_S_T, shares, rng, resamples=resamples)
    low_K, high_K = percentile_bounds(resampled_R_K, confidence)
    return Profile(thresholds_K, shares(scores_S_T), low_K, high_K)
