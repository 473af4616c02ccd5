"""What directions of pictures are worth, and how far a network is from it.

A value is the discounted share of steps that are free of collisions, from 0 to 1. Axis C is that of a picture's cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


def free_share(time_N: NDArray[np.int64], horizon: int, gamma: float) -> NDArray[np.floating[Any]]:
    """The Monte-Carlo target: Σ_{t<f} γ^t / Σ_{t<h} γ^t, where the first f of h steps were free of collisions.

    Args:
        time_N: the step of each flight's collision, from 1 on; h + 1 where there was none.
        horizon: h.
        gamma: γ, over 0 and 1 at most.
    """
    free_N = time_N - 1
    if gamma == 1.0:
        return free_N / horizon
    return (1.0 - gamma**free_N) / (1.0 - gamma**horizon)


def bootstrapped_parts(
    time_N: NDArray[np.int64], reached_N: NDArray[np.bool_], hold: int, gamma: float
) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """The two parts of a bootstrapped target, e + d max Q: what was earned, and what the value from there on counts.

    Shares are of steps without end: e = (1 - γ) Σ_{t<f} γ^t = 1 - γ^f, where f steps were free, and d = γ^f. After a
    collision nothing is earned, so d is 0; at the goal all is, so e is 1 and d is 0.

    Args:
        time_N: the step of each flight's collision, from 1 on; `hold` + 1 where there was none.
        reached_N: which flights ended at the goal.
        hold: the steps of a flight.
        gamma: γ, over 0 and under 1.
    """
    kept_N = gamma ** (time_N - 1)
    earned_N = np.where(reached_N, 1.0, 1.0 - kept_N)
    return earned_N, np.where(reached_N | (time_N <= hold), 0.0, kept_N)


def tried_cells_loss(logit_N_C: Tensor, target_N_C: Tensor) -> Tensor:
    """The cross-entropy of the cells that were tried: the mean over each picture's, then over the pictures.

    Args:
        logit_N_C: whose sigmoid is the value.
        target_N_C: from 0 to 1; NaN where a cell was not tried. Of each picture at least one was.
    """
    is_tried_N_C = ~target_N_C.isnan()
    target_N_C = target_N_C.where(is_tried_N_C, 0.0)
    loss_N_C = binary_cross_entropy_with_logits(logit_N_C, target_N_C, reduction="none")
    return ((loss_N_C * is_tried_N_C).sum(dim=1) / is_tried_N_C.sum(dim=1)).mean()
