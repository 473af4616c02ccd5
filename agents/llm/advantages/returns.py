"""Returns as advantages: what was earned from a turn, or a token, on."""

from __future__ import annotations

from typing import Literal

import torch

from ..config import LLMConfig
from ..types import Batch
from .gae import generalized_advantages
from .registry import register_advantage
from .token_rewards import token_rewards


@register_advantage("turn_returns")
def turn_returns(
    batch: Batch,
    config: LLMConfig,
    *,
    to_go: bool = True,
    discount: float = 1.0,
    baseline: Literal["none", "batch_mean"] = "none",
) -> torch.Tensor:
    """The discounted return, from each turn on or of the whole episode (REINFORCE, Williams 1992).

    G_k = sum_{j >= k} discount^(j - k) r_j for the own tokens of turn k. What was earned before a turn is no
    consequence of it, so returns to go have the expected gradient of whole returns with less variance.

    Args:
        batch: episodes of B sequences and T tokens.
        config: not used.
        to_go: whether each turn gets its own return; every turn gets G_0 otherwise.
        discount: of a turn.
        baseline: `batch_mean` subtracts the mean over all turns of the batch, each counted once.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    return_B_K = discounted_returns(batch.rewards_B_K, discount)
    if not to_go:
        return_B_K = return_B_K[:, :1].expand_as(return_B_K)
    return_B_T = return_B_K.gather(1, batch.turns_B_T)
    counted_B_T = batch.ends_turn_B_T & batch.gradable_B[:, None]
    if baseline == "batch_mean" and counted_B_T.any():
        return_B_T = return_B_T - return_B_T[counted_B_T].mean()
    return return_B_T * batch.own_B_T * batch.gradable_B[:, None]


@register_advantage("token_returns", reads_divergence=True)
def token_returns(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """What each token and those after it earn, the cost of leaving the reference included.

    A_t = sum_{s >= t} r_s, with r as in `token_rewards`: for one turn, and with `kl_in: reward`, that is
    R - kl_coef * sum_{s >= t} (log p(s) - log q(s)), the advantage of REINFORCE++ before it is normalised over the
    batch, which `whiten_advantages` does (Hu 2025, arXiv 2501.03262).

    Args:
        batch: episodes of B sequences and T tokens; with `kl_in: reward`, with log-probabilities of the reference.
        config: `token_rewards` reads it.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    reward_B_T = token_rewards(batch, config)
    return_B_T = generalized_advantages(reward_B_T, torch.zeros_like(reward_B_T), batch.own_B_T, gamma=1.0, lam=1.0)
    return return_B_T * batch.gradable_B[:, None]


def discounted_returns(reward_B_K: torch.Tensor, discount: float) -> torch.Tensor:
    """sum_{j >= k} discount^(j - k) r_j for every turn (B, K)."""
    return_B_K = reward_B_K.clone()
    for turn in reversed(range(reward_B_K.shape[1] - 1)):
        return_B_K[:, turn] += discount * return_B_K[:, turn + 1]
    return return_B_K
