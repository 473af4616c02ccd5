"""Advantages that compare the episodes of a group with one another."""

from __future__ import annotations

import torch

from ..config import LLMConfig
from ..types import Batch
from .registry import register_advantage


@register_advantage("grpo", group_relative=True)
def grpo(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """Return minus the group's mean, over the group's standard deviation; the same for every own token.

    A_i = (R_i - mean(R)) / (std(R) + 1e-6), with the unbiased standard deviation (Shao et al. 2024, DeepSeekMath,
    eq. for outcome supervision). A group whose returns are all equal gives 0. Episodes that could not be graded count
    neither in the mean nor in the deviation and get 0.

    Args:
        batch: episodes of B sequences and T tokens.
        config: not used.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own.
    """
    deviation_B, std_B = group_statistics(batch)
    return on_own_tokens(batch, deviation_B / (std_B + 1e-6))


@register_advantage("grpo_mean", group_relative=True)
def grpo_mean(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """Return minus the group's mean, without division (Liu et al. 2025, "Understanding R1-Zero-like training").

    Args:
        batch: episodes of B sequences and T tokens.
        config: not used.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own.
    """
    deviation_B, _ = group_statistics(batch)
    return on_own_tokens(batch, deviation_B)


def group_statistics(batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """How the return of each episode compares with those of its group.

    Returns:
        Its distance from the group's mean (B,), 0 where not gradable; and the group's unbiased deviation (B,).
    """
    groups = int(batch.group_B.max()) + 1
    return_B, weight_B = batch.return_B.double(), batch.gradable_B.double()

    def group_sum(value_B: torch.Tensor) -> torch.Tensor:
        return torch.zeros(groups, dtype=torch.float64).index_add_(0, batch.group_B, value_B * weight_B)

    count_G = group_sum(torch.ones_like(return_B))
    mean_G = group_sum(return_B) / count_G.clamp(min=1)
    deviation_B = (return_B - mean_G[batch.group_B]) * weight_B
    variance_G = group_sum(deviation_B.square()) / (count_G - 1).clamp(min=1)
    return deviation_B.float(), variance_G.sqrt()[batch.group_B].float()


def on_own_tokens(batch: Batch, advantage_B: torch.Tensor) -> torch.Tensor:
    """One advantage an episode, given to every own token of it (B, T)."""
    return advantage_B[:, None] * batch.own_B_T
