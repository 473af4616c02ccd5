"""Implicit language Q-learning."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn

from ..advantages.token_rewards import token_rewards
from ..buffers.data_set import DataConfig
from ..config import LLMConfig
from ..policy import Policy
from ..types import Batch
from ..value_heads import ValueHead
from ..value_losses import conservative_loss, expectile_loss, next_values, of_actions, squared_errors
from .protocol import register_learner
from .value_guided import OwnStates, TokenLosses, ValueGuided


@register_learner("ilql")
class ILQL(ValueGuided):
    """Two Q heads and a V head that learn from one another, token by token (Snell et al. 2023).

    Q(s, a) nears r + gamma V(s'), V(s) the expectile of min_i Q'_i(s, a) over the actions of the data, with Q' a slow
    copy of Q; the slow copy is also what guides generation. Only the heads have one: it reads the hidden states of the
    body that is trained, as generation does. Defaults as in LMRL Gym's `train_ilql.py`, but for beta, which goes with
    the scale of the rewards.

    Args:
        policy: the policy to train.
        config: hyper-parameters.
        seed: of the heads, of the data set and of the order in which it is read.
        data: where the episodes come from.
        beta: how much values count in generation.
        gamma: discount a token.
        expectile: which expectile of Q is the value; 0.5 is the mean, towards 1 the best action in the data.
        conservative_coef: weight of the conservative loss.
        target_rate: how far the slow copy moves towards Q each step.
        advantage_weight: tokens are imitated with the weight min(exp(advantage_weight * (Q' - V)), 20), as AWAC does
            (Nair et al. 2020); 0 imitates all alike.
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
        expectile: float = 0.7,
        conservative_coef: float = 0.01,
        target_rate: float = 0.005,
        advantage_weight: float = 0.0,
    ) -> None:
        for name, value in (("expectile", expectile), ("target_rate", target_rate)):
            if not 0 < value <= 1:
                raise ValueError(f"{name} must be over 0 and at most 1, got {value}")
        super().__init__(
            policy, config, seed, data=data, heads=2, beta=beta, gamma=gamma, conservative_coef=conservative_coef
        )
        self._expectile, self._target_rate, self._advantage_weight = expectile, target_rate, advantage_weight
        self._q = copy.deepcopy(self._guide)
        self._v: nn.Module = ValueHead(self._guide.width, 1, torch.Generator().manual_seed(seed)).to(policy.device)
        self.reset("optimizer")

    def earned(self, batch: Batch, config: LLMConfig) -> torch.Tensor:
        """Each turn's reward, at its last own token."""
        return token_rewards(batch, config)

    def trained_heads(self) -> Iterator[nn.Parameter]:
        """Of both estimates of Q, and of V."""
        yield from self._q.parameters()
        yield from self._v.parameters()

    def losses(self, states: OwnStates) -> tuple[TokenLosses, torch.Tensor]:
        """All four losses; advantages are Q' - V."""
        q_H_N_V = self._q.values(states.hidden_N_W)
        value_N = self._v(states.hidden_N_W.float()).squeeze(-1)
        with torch.no_grad():
            slow_q_N = of_actions(self._guide.values(states.hidden_N_W), states.action_N).amin(0)
            target_N = states.earned_N + self._gamma * next_values(value_N, states.row_N)
            advantage_N = slow_q_N - value_N
            weight_N = (self._advantage_weight * advantage_N).exp().clamp(max=20.0)
        losses = TokenLosses(
            imitation_N=-weight_N * states.logp_N,
            q_N=squared_errors(of_actions(q_H_N_V, states.action_N), target_N),
            value_N=expectile_loss(value_N, slow_q_N, self._expectile),
            conservative_N=self._conservative_coef * conservative_loss(q_H_N_V, states.action_N),
        )
        return losses, advantage_N

    def descend(self, config: LLMConfig, learning_rate: float) -> float:
        """As every guided learner; then the slow copy moves."""
        norm = super().descend(config, learning_rate)
        with torch.no_grad():
            for slow, fast in zip(self._guide.parameters(), self._q.parameters(), strict=True):
                slow.lerp_(fast, self._target_rate)
        return norm
