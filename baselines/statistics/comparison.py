"""Whether one agent is better than another: probability of improvement, paired tests, correction for many tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .intervals import Interval, percentile_interval
from .resampling import Array, parts, score_matrix

EXACT_PAIRS = 16
"""Up to how many pairs all 2ⁿ choices of signs are tried: 65,536 of them."""


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A sign-flip test of a mean difference.

    Attributes:
        difference: the mean over tasks of the mean difference over their pairs.
        p_value: two-sided.
        pairs: how many pairs there were on all tasks.
        exact: whether all choices of signs were tried, rather than a sample of them.
    """

    difference: float
    p_value: float
    pairs: int
    exact: bool


def probability_of_improvement(
    first: ArrayLike, second: ArrayLike, rng: np.random.Generator, *, resamples: int = 2000, confidence: float = 0.95
) -> Interval:
    """How likely a run of the first agent scores higher than one of the second on a task drawn at random.

    The mean over tasks of P(X > Y) + P(X = Y) / 2 over all pairs of runs, which is the Mann-Whitney statistic of each
    task; with an interval from a bootstrap that draws the runs of each agent and task apart. Agarwal et al., 2021.

    Args:
        first: scores of shape (seeds, tasks); they need not be normalised, because only their order counts.
        second: scores of shape (seeds, tasks) on the same tasks; the seeds may be others, and of another number.
        rng: draws the resamples.
        resamples: how many there are.
        confidence: the coverage, in (0, 1).

    Raises:
        ValueError: a matrix is empty or not finite, the tasks are not of one number, or an argument is out of range.
    """
    first_S_T, second_Z_T = score_matrix(first, "first"), score_matrix(second, "second")
    if first_S_T.shape[1] != second_Z_T.shape[1]:
        raise ValueError(f"both must have the same tasks, got {first_S_T.shape[1]} and {second_Z_T.shape[1]}")
    wins_T_S_Z = 0.5 + 0.5 * np.sign(first_S_T.T[:, :, None] - second_Z_T.T[:, None, :])
    resampled_R = np.empty(max(0, resamples))
    for part in parts(resamples, first_S_T.size + second_Z_T.size):
        drawn_T_C_S = _weights(first_S_T.shape, part.stop - part.start, rng)
        drawn_T_C_Z = _weights(second_Z_T.shape, part.stop - part.start, rng)
        resampled_R[part] = ((drawn_T_C_S @ wins_T_S_Z) * drawn_T_C_Z).sum(axis=-1).mean(axis=0)
    return percentile_interval(float(wins_T_S_Z.mean()), resampled_R, confidence)


def _weights(shape: tuple[int, int], count: int, rng: np.random.Generator) -> Array:
    """How much each seed weighs in resamples of each task: shape (tasks, resamples, seeds)."""
    seeds, tasks = shape
    drawn_T_C_S = rng.integers(0, seeds, size=(tasks, count, seeds))
    rows = np.arange(tasks * count).reshape(tasks, count, 1) * seeds
    counts = np.bincount((drawn_T_C_S + rows).reshape(-1), minlength=tasks * count * seeds)
    return counts.reshape(tasks, count, seeds) / seeds


def paired_test(differences: Sequence[ArrayLike], rng: np.random.Generator, *, resamples: int = 100_000) -> PairedTest:
    """Whether paired scores differ by more than chance, over one task or many.

    Under the null hypothesis each difference is as likely to have the other sign. The statistic is the mean over tasks
    of the mean difference; its two-sided p-value is the share of choices of signs, independent in every pair of every
    task, whose statistic is at least as far from 0. Up to `EXACT_PAIRS` pairs all choices are tried; above, a random
    sample of M, and p = (1 + hits) / (1 + M), which keeps the test's level. Fisher, "The design of experiments", 1935;
    Phipson and Smyth, "Permutation p-values should never be zero", 2010.

    Args:
        differences: for each task, the differences of its pairs; tasks may have pairs of other numbers.
        rng: draws the choices of signs.
        resamples: how many are drawn where there are too many to try them all.

    Raises:
        ValueError: there is no task, or one without a pair, or a difference is not finite.
    """
    tasks = [np.asarray(task, dtype=np.float64).reshape(-1) for task in differences]
    if not tasks or any(task.size == 0 for task in tasks):
        raise ValueError("differences must hold at least one task, and at least one pair in each")
    # the statistic is a plain sum once every difference carries its weight
    weighted_N = np.concatenate([task / (task.size * len(tasks)) for task in tasks])
    if not np.isfinite(weighted_N).all():
        raise ValueError("differences must be finite")
    observed = float(weighted_N.sum())
    pairs = weighted_N.size
    # rounding must not tell apart sums of the same numbers in another order
    bar = abs(observed) - 1e-12 * float(np.abs(weighted_N).sum())
    exact = pairs <= EXACT_PAIRS
    count = 2**pairs if exact else resamples
    hits = 0
    for part in parts(count, pairs):
        if exact:
            bits_C_N = np.arange(part.start, part.stop)[:, None] >> np.arange(pairs) & 1
        else:
            bits_C_N = rng.integers(0, 2, size=(part.stop - part.start, pairs))
        hits += int((np.abs((2 * bits_C_N - 1) @ weighted_N) >= bar).sum())
    return PairedTest(observed, hits / count if exact else (1 + hits) / (1 + count), pairs, exact)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's correction of p-values for the number of tests, in the order in which they were given.

    With the p-values in ascending order, the k-th of m (from 0) becomes the largest of (m - j) · p_j over j ≤ k, and at
    most 1. Rejecting those below α keeps the probability of any false rejection below α. Holm, "A simple sequentially
    rejective multiple test procedure", 1979.

    Raises:
        ValueError: a value does not lie in [0, 1].
    """
    p_M = np.asarray(p_values, dtype=np.float64)
    if not ((p_M >= 0) & (p_M <= 1)).all():
        raise ValueError(f"p-values must lie in 0 … 1, got {list(p_values)}")
    order_M = np.argsort(p_M, kind="stable")
    factors_M = np.arange(len(p_M), 0, -1)
    corrected_M = np.empty_like(p_M)
    corrected_M[order_M] = np.minimum(1.0, np.maximum.accumulate(factors_M * p_M[order_M]))
    return corrected_M.tolist()
