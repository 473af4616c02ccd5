"""TD3 with behaviour cloning."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import ReplayBufferSamples
from stable_baselines3.common.utils import polyak_update
from stable_baselines3.td3.policies import TD3Policy
from torch import Tensor
from torch.nn import functional as F

from ....envs.core.arguments import check_integer, check_number
from .base import OfflineAlgorithm, descend
from .losses import normalised_weight


class TD3BC(OfflineAlgorithm):
    """TD3+BC (Fujimoto and Gu, A minimalist approach to offline reinforcement learning, 2021).

    TD3 whose policy also imitates: it climbs λ Q(s, π(s)) - (π(s) - a)², with λ = α / mean |Q|. With `goals` it is
    Q-learning to reach goals in hindsight.

    Args:
        policy: `MlpPolicy`, that of TD3.
        env: with vectors for observations and bounded continuous actions.
        alpha: α.
        policy_delay: updates of the critics for each of the policy and the slow copies.
        target_noise: the standard deviation of the noise on the actions that targets are taken at.
        noise_clip: how large it is at most.
        normalize_observations: as in every offline algorithm; this one's authors do.
        **more: what every offline algorithm takes (`OfflineAlgorithm`).

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MlpPolicy": TD3Policy}
    optimizer_names = ("policy.actor.optimizer", "policy.critic.optimizer")
    policy: TD3Policy

    def __init__(
        self,
        policy: str | type[TD3Policy],
        env: Any,
        *,
        alpha: float = 2.5,
        policy_delay: int = 2,
        target_noise: float = 0.2,
        noise_clip: float = 0.5,
        normalize_observations: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, normalize_observations=normalize_observations, **more)
        self.alpha = check_number("alpha", alpha)
        self.policy_delay = check_integer("policy_delay", policy_delay, 1)
        self.target_noise = check_number("target_noise", target_noise)
        self.noise_clip = check_number("noise_clip", noise_clip)

    def update(self, batch: ReplayBufferSamples) -> dict[str, Tensor]:
        """One step of the critics, and every so often one of the policy."""
        policy = self.policy
        with torch.no_grad():
            noise_B_A = torch.randn_like(batch.actions) * self.target_noise
            next_action_B_A = policy.actor_target(batch.next_observations)
            next_action_B_A = next_action_B_A + noise_B_A.clamp(-self.noise_clip, self.noise_clip)
            next_q = policy.critic_target(batch.next_observations, next_action_B_A.clamp(-1.0, 1.0))
            next_q_B_1 = torch.cat(next_q, dim=1).amin(dim=1, keepdim=True)
            target_B_1 = batch.rewards + self.gamma * (1.0 - batch.dones) * next_q_B_1
        critics = policy.critic(batch.observations, batch.actions)
        critic_loss = torch.stack([F.mse_loss(q_B_1, target_B_1) for q_B_1 in critics]).sum()
        descend(policy.critic.optimizer, critic_loss)
        metrics = {"critic_loss": critic_loss, "q_mean": critics[0].mean()}
        if self._n_updates % self.policy_delay == 0:
            metrics["actor_loss"] = self._learn_policy(batch)
            polyak_update(policy.critic.parameters(), policy.critic_target.parameters(), self.tau)
            polyak_update(policy.actor.parameters(), policy.actor_target.parameters(), self.tau)
        return metrics

    def _learn_policy(self, batch: ReplayBufferSamples) -> Tensor:
        action_B_A = self.policy.actor(batch.observations)
        q_B_1 = self.policy.critic.q1_forward(batch.observations, action_B_A)
        loss = F.mse_loss(action_B_A, batch.actions) - normalised_weight(q_B_1, self.alpha) * q_B_1.mean()
        descend(self.policy.actor.optimizer, loss)
        return loss
