"""Advantages that lead to a given distribution instead of to the highest return."""

from __future__ import annotations

import torch

from ..config import LLMConfig
from ..types import Batch
from .group import on_own_tokens
from .registry import register_advantage


@register_advantage("distribution_matching", group_relative=True, reads_divergence=True)
def distribution_matching(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """n w_i - 1, w_i the self-normalised importance weight of an episode from the policy to the target.

    The target of a task is p* ∝ π0 exp(R / β): the policy that is best for E[R] - β KL(π ‖ π0), π0 the reference and β
    `kl_coef` (Korbak et al. 2022, "RL with KL penalties is better viewed as Bayesian inference"). An episode y of a
    group of n has w ∝ π0(y) exp(R(y) / β) / π_old(y), and the gradient of KL(p* ‖ π) is -E[n w ∇ log π(y)]; 1 is its
    baseline (Khalifa et al. 2021, "A distributional approach to controlled text generation"; Korbak et al. 2022, "On
    reinforcement learning and distribution matching"). Since it follows the divergence from p* to π, it covers all that
    p* holds likely, where a reward with a KL penalty may settle on a part.

    Args:
        batch: episodes of B sequences and T tokens, with log-probabilities under the reference.
        config: `kl_coef` is β, and `kl_in` must be `reward`: the target holds the divergence already.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.

    Raises:
        ValueError: there is no reference, or the divergence is in the loss, too.
    """
    if batch.reference_logp_B_T is None or config.kl_in != "reward":
        raise ValueError("distribution_matching needs kl_coef over 0 (the target's temperature) and kl_in: reward")
    log_ratio_B = ((batch.reference_logp_B_T - batch.logp_B_T) * batch.own_B_T).sum(-1).double()
    log_weight_B = log_ratio_B + batch.return_B / config.kl_coef
    advantage_B = torch.zeros(len(batch))
    for group in batch.group_B.unique():
        rows = ((batch.group_B == group) & batch.gradable_B).nonzero().squeeze(-1)
        advantage_B[rows] = (len(rows) * log_weight_B[rows].softmax(0) - 1).float()
    return on_own_tokens(batch, advantage_B)
