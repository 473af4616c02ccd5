"""How much compute it takes to reach a score, where some runs never do.

A run that ended below the score says that more is needed than it was given: it is censored, and counts as needing more
than any run that got there. Medians stay honest so, as long as half of the runs arrive.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .intervals import Interval
from .resampling import Array, parts
from .scaling import Curve

_TAILS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Reach:
    """When a run reached a score.

    Attributes:
        compute: what it had spent when it was first measured there, or in all where it never was.
        reached: whether it was.
    """

    compute: float
    reached: bool


def reach(curve: Curve, score: float) -> Reach | None:
    """The first point of a curve at a score or above it; None for a curve without points."""
    if not len(curve):
        return None
    order = np.argsort(curve.compute_N)
    compute_N, scores_N = curve.compute_N[order], curve.scores_N[order]
    there = np.flatnonzero(scores_N >= score)
    return Reach(float(compute_N[there[0]]), True) if len(there) else Reach(float(compute_N[-1]), False)


def median_reach(reaches: Sequence[Reach], rng: np.random.Generator, *, resamples: int = 2000) -> Interval:
    """The median compute to reach a score, with a bootstrap interval over runs.

    Args:
        reaches: one a run; those that never reached it count as infinite.
        rng: draws the resamples.
        resamples: how many there are.

    Returns:
        Bounds and estimate are infinite where half of the runs (of a resample) never reached it.

    Raises:
        ValueError: there is no run, or no resample.
    """
    needed_N = _needed(reaches)
    return _interval(float(_medians(needed_N[None])[0]), _resampled_medians(needed_N, rng, resamples))


def ratio_of_medians(
    reaches: Sequence[Reach], others: Sequence[Reach], rng: np.random.Generator, *, resamples: int = 2000
) -> Interval:
    """How many times as much compute some runs need as others, by their medians, with a bootstrap interval over runs.

    Args:
        reaches: of the runs above the line.
        others: of those below it.
        rng: draws the resamples, of both on their own.
        resamples: how many there are.

    Returns:
        Infinite or 0 where only the median of one side exists, NaN where neither does. A resample in which neither
        exists says nothing, and widens the interval to both sides.

    Raises:
        ValueError: a side has no run, or there is no resample.
    """
    above_N, below_N = _needed(reaches), _needed(others)
    with np.errstate(invalid="ignore"):
        ratio = float(_medians(above_N[None])[0] / _medians(below_N[None])[0])
        ratios_R = _resampled_medians(above_N, rng, resamples) / _resampled_medians(below_N, rng, resamples)
    return _interval(ratio, ratios_R)


def least_ratio(reaches: Sequence[Reach], others: Sequence[Reach]) -> float:
    """The ratio of medians if every run above the line that never arrived had arrived as it ended: a lower bound.

    Returns:
        0 where half of the runs below the line never arrived: then there is no such bound.

    Raises:
        ValueError: a side has no run.
    """
    spent_N = np.array([each.compute for each in reaches], dtype=np.float64)
    if not len(spent_N):
        raise ValueError("reaches must hold at least one run, got none")
    return float(np.median(spent_N) / _medians(_needed(others)[None])[0])


def _needed(reaches: Sequence[Reach]) -> Array:
    if not reaches:
        raise ValueError("reaches must hold at least one run, got none")
    return np.array([each.compute if each.reached else math.inf for each in reaches])


def _medians(needed_R_N: Array) -> Array:
    return np.median(needed_R_N, axis=1)


def _resampled_medians(needed_N: Array, rng: np.random.Generator, resamples: int) -> Array:
    medians_R = np.empty(max(0, resamples))
    for part in parts(resamples, needed_N.size):
        drawn_C_N = rng.integers(0, needed_N.size, size=(part.stop - part.start, needed_N.size))
        medians_R[part] = _medians(needed_N[drawn_C_N])
    return medians_R


def _interval(estimate: float, resampled_R: Array) -> Interval:
    """Bounds that are resamples themselves: between a number and infinity nothing can be interpolated."""
    unknown_R = np.isnan(resampled_R)
    low, _ = np.quantile(np.where(unknown_R, 0.0, resampled_R), _TAILS, method="inverted_cdf")
    _, high = np.quantile(np.where(unknown_R, math.inf, resampled_R), _TAILS, method="inverted_cdf")
    return Interval(estimate, float(low), float(high))
