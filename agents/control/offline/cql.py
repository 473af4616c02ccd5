"""Conservative Q-learning."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import torch
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import ReplayBufferSamples, Schedule
from stable_baselines3.common.utils import polyak_update
from stable_baselines3.sac.policies import SACPolicy
from torch import Tensor, nn
from torch.nn import functional as F

from ....envs.core.arguments import check_integer, check_number
from .base import OfflineAlgorithm, descend
from .losses import conservative_gap


class CQLPolicy(SACPolicy):
    """The policy of soft actor-critic, and its temperature."""

    def _build(self, lr_schedule: Schedule) -> None:
        super()._build(lr_schedule)
        self.log_alpha = nn.Parameter(torch.zeros(()))
        self.alpha_optimizer = self.optimizer_class([self.log_alpha], lr=lr_schedule(1), **self.optimizer_kwargs)  # pyright: ignore[reportCallIssue]


class CQL(OfflineAlgorithm):
    """CQL(H) (Kumar, Zhou, Tucker and Levine, Conservative Q-learning, 2020).

    Soft actor-critic whose critics also press down what they say of actions that the data do not have: their loss adds
    `conservatism` times log Σ e^Q over drawn actions, less Q of the data's. Actions are drawn evenly, and from the
    policy here and one step later. Targets are without entropy, and defaults those of a public implementation that
    reproduces the paper (young-geng/CQL, SimpleSAC/conservative_sac.py).

    Args:
        policy: `MlpPolicy`, that of soft actor-critic.
        env: with vectors for observations and bounded continuous actions.
        conservatism: how much the gap counts.
        n_actions: actions drawn of each of the three kinds.
        **more: what every offline algorithm takes (`OfflineAlgorithm`).

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MlpPolicy": CQLPolicy}
    optimizer_names = ("policy.actor.optimizer", "policy.critic.optimizer", "policy.alpha_optimizer")
    policy: CQLPolicy

    def __init__(
        self,
        policy: str | type[CQLPolicy],
        env: Any,
        *,
        conservatism: float = 5.0,
        n_actions: int = 10,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, **more)
        self.conservatism = check_number("conservatism", conservatism)
        self.n_actions = check_integer("n_actions", n_actions, 1)

    def update(self, batch: ReplayBufferSamples) -> dict[str, Tensor]:
        """One step of critics, policy and temperature."""
        policy = self.policy
        with torch.no_grad():
            next_action_B_A, _ = policy.actor.action_log_prob(batch.next_observations)
            next_q_B_1 = _least(policy.critic_target(batch.next_observations, next_action_B_A))
            target_B_1 = batch.rewards + self.gamma * (1.0 - batch.dones) * next_q_B_1
        critics = policy.critic(batch.observations, batch.actions)
        critic_loss = torch.stack([F.mse_loss(q_B_1, target_B_1) for q_B_1 in critics]).sum()
        gap = self._gap(batch, critics)
        descend(policy.critic.optimizer, critic_loss + self.conservatism * gap)
        actor_loss, alpha = self._learn_policy(batch)
        polyak_update(policy.critic.parameters(), policy.critic_target.parameters(), self.tau)
        return {
            "critic_loss": critic_loss,
            "conservative_gap": gap,
            "actor_loss": actor_loss,
            "alpha": alpha,
            "q_mean": critics[0].mean(),
        }

    def _gap(self, batch: ReplayBufferSamples, critics: tuple[Tensor, ...]) -> Tensor:
        B, A = batch.actions.shape
        N = self.n_actions
        with torch.no_grad():
            random_BN_A = torch.rand(B * N, A, device=self.device) * 2.0 - 1.0
            here_BN_A, here_logp_BN = self._drawn(batch.observations)
            later_BN_A, later_logp_BN = self._drawn(batch.next_observations)
        even_logp_BN = torch.full_like(here_logp_BN, -A * math.log(2.0))
        action_B_M_A = torch.cat([each.reshape(B, N, A) for each in (random_BN_A, here_BN_A, later_BN_A)], dim=1)
        logp_B_M = torch.cat([each.reshape(B, N) for each in (even_logp_BN, here_logp_BN, later_logp_BN)], dim=1)
        observation_BM_O = batch.observations.repeat_interleave(3 * N, dim=0)
        drawn = self.policy.critic(observation_BM_O, action_B_M_A.reshape(-1, A))
        gaps = [
            conservative_gap(q_BM_1.reshape(B, 3 * N), logp_B_M, q_B_1).mean()
            for q_BM_1, q_B_1 in zip(drawn, critics, strict=True)
        ]
        return torch.stack(gaps).sum()

    def _drawn(self, observation_B_O: Tensor) -> tuple[Tensor, Tensor]:
        return self.policy.actor.action_log_prob(observation_B_O.repeat_interleave(self.n_actions, dim=0))

    def _learn_policy(self, batch: ReplayBufferSamples) -> tuple[Tensor, Tensor]:
        policy = self.policy
        action_B_A, logp_B = policy.actor.action_log_prob(batch.observations)
        alpha = policy.log_alpha.detach().exp()
        q_B_1 = _least(policy.critic(batch.observations, action_B_A))
        actor_loss = (alpha * logp_B[:, None] - q_B_1).mean()
        descend(policy.actor.optimizer, actor_loss)
        target_entropy = -float(batch.actions.shape[1])
        descend(policy.alpha_optimizer, -policy.log_alpha * (logp_B.detach().mean() + target_entropy))
        return actor_loss, alpha


def _least(critics: tuple[Tensor, ...]) -> Tensor:
    return torch.cat(critics, dim=1).amin(dim=1, keepdim=True)
