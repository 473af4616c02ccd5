"""What an agent solves when it may try more than once: pass@k, and whose solved problems contain whose."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .intervals import Interval, wilson_interval
from .resampling import Array


def pass_at_k(correct: ArrayLike, samples: ArrayLike, k: int) -> Array:
    """How likely one of k attempts at a problem is right, estimated without bias from n ≥ k attempts.

    With c of n attempts right it is 1 - C(n - c, k) / C(n, k): one less the probability that k attempts drawn without
    replacement are all wrong. The plain 1 - (1 - c/n)^k is biased. Chen et al., "Evaluating large language models
    trained on code", 2021.

    Args:
        correct: how many attempts were right, shape (problems,).
        samples: how many attempts there were: one number, or one for each problem.
        k: how many attempts count.

    Returns:
        One probability for each problem; their mean is the agent's pass@k.

    Raises:
        ValueError: k is not positive or exceeds the attempts, or more of them are right than there are.
    """
    correct_P, samples_P = np.broadcast_arrays(np.asarray(correct, dtype=np.int64), np.asarray(samples, dtype=np.int64))
    if k < 1:
        raise ValueError(f"k must be 1 or more, got {k}")
    if (samples_P < k).any():
        raise ValueError(f"pass@{k} needs {k} attempts at every problem, got {samples_P.min()} at one")
    if (correct_P < 0).any() or (correct_P > samples_P).any():
        raise ValueError("correct must lie between 0 and the number of attempts for every problem")
    if samples_P.size == 0:
        return np.zeros(samples_P.shape)
    # C(n - c, k) / C(n, k) is the product of (1 - k/i) over i from n - c + 1 to n: a difference of sums of logarithms
    factors_M = np.arange(k + 1, samples_P.max() + 1)
    log_sums_M = np.concatenate([[0.0], np.cumsum(np.log1p(-k / factors_M))])
    wrong_P = samples_P - correct_P
    log_ratio_P = log_sums_M[samples_P - k] - log_sums_M[np.maximum(wrong_P - k, 0)]
    return np.where(wrong_P < k, 1.0, 0.0 - np.expm1(log_ratio_P))  # 0 - 0 is 0, and -0 would be printed as such


def coverage_inclusion(solved: ArrayLike, solved_by_other: ArrayLike) -> Interval:
    """The share of an agent's solved problems that another one solves too, with its Wilson interval.

    Near 1 the agent solves nothing new: it only finds sooner what the other, say the model it was trained from, finds
    in many attempts. Yue et al., "Does reinforcement learning really incentivize reasoning capacity in LLMs beyond the
    base model?", 2025.

    Args:
        solved: whether the agent solved each problem, shape (problems,).
        solved_by_other: whether the other did, of the same problems.

    Raises:
        ValueError: the numbers of problems differ, or the agent solved none.
    """
    solved_P, other_P = np.asarray(solved, dtype=bool), np.asarray(solved_by_other, dtype=bool)
    if solved_P.ndim != 1 or solved_P.shape != other_P.shape:
        raise ValueError(f"both must say so of the same problems, got shapes {solved_P.shape} and {other_P.shape}")
    if not solved_P.any():
        raise ValueError("solved must hold at least one solved problem, got none")
    return wilson_interval(int((solved_P & other_P).sum()), int(solved_P.sum()))
