"""Monte-Carlo returns as token values."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from ..advantages.gae import generalized_advantages
from ..advantages.token_rewards import token_rewards
from ..buffers.data_set import DataConfig
from ..config import LLMConfig
from ..policy import Policy
from ..types import Batch
from ..value_losses import conservative_loss, of_actions, squared_errors
from .protocol import register_learner
from .value_guided import OwnStates, TokenLosses, ValueGuided


@register_learner("mc_returns")
class MCReturns(ValueGuided):
    """One Q head that learns what episodes of the data earned from each token on (LMRL Gym, Abdulhai et al. 2023).

    Its values are those of whoever wrote the data, so generation takes one step of policy improvement on them. Defaults
    as in LMRL Gym's `train_mc_returns.py`, but for beta, which goes with the scale of the rewards.

    Args:
        policy: the policy to train.
        config: hyper-parameters.
        seed: of the head, of the data set and of the order in which it is read.
        data: where the episodes come from.
        beta: how much values count in generation.
        gamma: discount a token.
        conservative_coef: weight of the conservative loss.
    """

    def __init__(
        self,
        policy: Policy,
        config: LLMConfig,
        seed: int,
        *,
        data: DataConfig,
        beta: float = 4.0,
        gamma: float = 0.99,
        conservative_coef: float = 0.01,
    ) -> None:
        super().__init__(
            policy, config, seed, data=data, heads=1, beta=beta, gamma=gamma, conservative_coef=conservative_coef
        )
        self.reset("optimizer")

    def earned(self, batch: Batch, config: LLMConfig) -> torch.Tensor:
        """The discounted return from each own token on."""
        reward_B_T = token_rewards(batch, config)
        return generalized_advantages(
            reward_B_T, torch.zeros_like(reward_B_T), batch.own_B_T, gamma=self._gamma, lam=1.0
        )

    def trained_heads(self) -> Iterator[nn.Parameter]:
        """Of the head that guides generation."""
        return self._guide.parameters()

    def losses(self, states: OwnStates) -> tuple[TokenLosses, torch.Tensor]:
        """All but V's; advantages are Q minus its mean over what the policy alone would say."""
        q_H_N_V = self._guide.values(states.hidden_N_W)
        q_H_N = of_actions(q_H_N_V, states.action_N)
        losses = TokenLosses(
            imitation_N=-states.logp_N,
            q_N=squared_errors(q_H_N, states.earned_N),
            value_N=torch.zeros_like(states.logp_N),
            conservative_N=self._conservative_coef * conservative_loss(q_H_N_V, states.action_N),
        )
        expected_N = (states.logp_N_V.exp() * q_H_N_V[0]).sum(-1)
        return losses, (q_H_N[0] - expected_N).detach()
