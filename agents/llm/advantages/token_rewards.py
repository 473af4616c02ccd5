"""What each own token earns: the rewards of the turns, and what a divergence from the reference costs."""

from __future__ import annotations

import torch

from ..config import LLMConfig
from ..divergences import k1
from ..types import Batch


def token_rewards(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """The reward of each turn at its last own token; with `kl_in: reward`, less the divergence of every own token.

    r_t = reward of the turn at its last token - kl_coef * (log p(t) - log q(t)), p the policy that sampled and q the
    reference (Ziegler et al. 2019, "Fine-tuning language models from human preferences"; Ouyang et al. 2022, eq. 2).
    The reward of a turn without own tokens is nobody's.

    Args:
        batch: episodes of B sequences and T tokens.
        config: `kl_in` and `kl_coef`.

    Returns:
        Rewards of shape (B, T), 0 where a token is not own.
    """
    reward_B_T = batch.rewards_B_K.gather(1, batch.turns_B_T) * batch.ends_turn_B_T
    if config.kl_in == "reward" and config.kl_coef > 0 and batch.reference_logp_B_T is not None:
        reward_B_T = reward_B_T - config.kl_coef * k1(batch.logp_B_T, batch.reference_logp_B_T) * batch.own_B_T
    return reward_B_T
