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


@register_advantage("grpo_batch_std", group_relative=True)
def grpo_batch_std(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """Return minus the group's mean, over the standard deviation of all returns of the batch.

    A_i = (R_i - mean_group(R)) / (std_batch(R) + 1e-6), with the unbiased standard deviation (Lite PPO, Liu et al.
    2025, "Tricks or traps?"; ScaleRL, Khatri et al. 2025). A group that agrees but for one episode gives that one no
    more weight than the rest of the batch warrants, as the group's own small deviation would.

    Args:
        batch: episodes of B sequences and T tokens.
        config: not used.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own.
    """
    deviation_B, _ = group_statistics(batch)
    gradable_return_B = batch.return_B[batch.gradable_B]
    std = gradable_return_B.std() if len(gradable_return_B) > 1 else torch.tensor(0.0)
    return on_own_tokens(batch, deviation_B / (std + 1e-6))


@register_advantage("rloo", group_relative=True)
def rloo(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """Return minus the mean return of the group's other episodes (Ahmadian et al. 2024, "Back to basics").

    A_i = R_i - mean_{j != i}(R_j) = n / (n - 1) (R_i - mean(R)): the baseline does not depend on the episode itself, so
    the policy gradient stays unbiased.

    Args:
        batch: episodes of B sequences and T tokens.
        config: not used.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own.
    """
    deviation_B, _ = group_statistics(batch)
    size_B = _gradable_group_sizes(batch)
    return on_own_tokens(batch, deviation_B * (size_B / (size_B - 1).clamp(min=1)).float())


def group_statistics(batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """How the return of each episode compares with those of its group.

    Returns:
        Its distance from the group's mean (B,), 0 where not gradable; and the group's unbiased deviation (B,).
    """
    return_B, size_B = batch.return_B.double(), _gradable_group_sizes(batch)
    mean_B = _sum_over_group(batch, return_B) / size_B.clamp(min=1)
    deviation_B = (return_B - mean_B) * batch.gradable_B
    variance_B = _sum_over_group(batch, deviation_B.square()) / (size_B - 1).clamp(min=1)
    return deviation_B.float(), variance_B.sqrt().float()


def on_own_tokens(batch: Batch, advantage_B: torch.Tensor) -> torch.Tensor:
    """One advantage an episode, given to every own token of it (B, T)."""
    return advantage_B[:, None] * batch.own_B_T


def _gradable_group_sizes(batch: Batch) -> torch.Tensor:
    """How many gradable episodes each episode's group has (B,)."""
    return _sum_over_group(batch, torch.ones(len(batch), dtype=torch.float64))


def _sum_over_group(batch: Batch, value_B: torch.Tensor) -> torch.Tensor:
    """The sum over the gradable episodes of each episode's group (B,)."""
    sum_G = torch.zeros(int(batch.group_B.max()) + 1, dtype=value_B.dtype)
    return sum_G.index_add_(0, batch.group_B, value_B * batch.gradable_B)[batch.group_B]
