"""What IQL, XQL and f-DVL share: values of the data's own actions, and a policy that imitates the better ones."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import torch
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import ReplayBufferSamples
from stable_baselines3.common.utils import polyak_update
from torch import Tensor
from torch.nn import functional as F

from ....envs.core.arguments import check_number
from .base import OfflineAlgorithm, descend
from .losses import regression_weights
from .networks import ValuePolicy


class ImplicitAlgorithm(OfflineAlgorithm):
    """V learns from Q at the data's actions, Q from r + γ V(s'); the policy imitates with weights e^(A · temperature).

    No action is ever valued that the data do not have. A step updates V, the policy and Q in turn, from the slow copies
    of Q and the new V, as in the codes of all three.

    Args:
        policy: `MlpPolicy`.
        env: with vectors for observations and bounded continuous actions.
        temperature: the inverse temperature of the weights; 3 for bodies that run, 10 for mazes in the papers' codes.
        **more: what every offline algorithm takes (`OfflineAlgorithm`).

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MlpPolicy": ValuePolicy}
    optimizer_names = ("policy.actor_optimizer", "policy.critic_optimizer", "policy.value_optimizer")
    policy: ValuePolicy

    def __init__(self, policy: str | type[ValuePolicy], env: Any, *, temperature: float = 3.0, **more: Any) -> None:
        super().__init__(policy, env, **more)
        self.temperature = check_number("temperature", temperature)

    @abstractmethod
    def value_loss(self, difference_B_1: Tensor) -> Tensor:
        """Of Q - V, element by element."""

    def critic_loss(self, value_B_1: Tensor, target_B_1: Tensor) -> Tensor:
        """Of one Q function: the mean squared error."""
        return F.mse_loss(value_B_1, target_B_1)

    def update(self, batch: ReplayBufferSamples) -> dict[str, Tensor]:
        """One step."""
        q_B_1 = self.slow_q(batch)
        value = self.learn_value(batch, q_B_1)
        actor_loss = self.learn_policy(batch, q_B_1)
        with torch.no_grad():
            next_value_B_1 = self.policy.state_value(batch.next_observations)
            target_B_1 = batch.rewards + self.gamma * (1.0 - batch.dones) * next_value_B_1
        critics = self.policy.critic(batch.observations, batch.actions)
        critic_loss = torch.stack([self.critic_loss(value_B_1, target_B_1) for value_B_1 in critics]).sum()
        descend(self.policy.critic_optimizer, critic_loss)
        self.follow()
        return value | {"actor_loss": actor_loss, "critic_loss": critic_loss, "q_mean": critics[0].mean()}

    def learn_value(self, batch: ReplayBufferSamples, q_B_1: Tensor) -> dict[str, Tensor]:
        """Update V."""
        value_B_1 = self.policy.state_value(batch.observations)
        loss = self.value_loss(q_B_1 - value_B_1).mean()
        descend(self.policy.value_optimizer, loss)
        return {"value_loss": loss, "v_mean": value_B_1.mean()}

    def learn_policy(self, batch: ReplayBufferSamples, q_B_1: Tensor) -> Tensor:
        """Update the policy."""
        with torch.no_grad():
            advantage_B_1 = q_B_1 - self.policy.state_value(batch.observations)
        weight_B_1 = regression_weights(advantage_B_1, self.temperature)
        logp_B_1 = self.policy.distribution(batch.observations).log_prob(batch.actions).sum(dim=1, keepdim=True)
        loss = -(weight_B_1 * logp_B_1).mean()
        descend(self.policy.actor_optimizer, loss)
        return loss

    def follow(self) -> None:
        """Move the slow copies of Q."""
        polyak_update(self.policy.critic.parameters(), self.policy.critic_target.parameters(), self.tau)

    def slow_q(self, batch: ReplayBufferSamples) -> Tensor:
        """The least of the slow Q functions, of shape (B, 1)."""
        with torch.no_grad():
            q_B_E = torch.cat(self.policy.critic_target(batch.observations, batch.actions), dim=1)
        return q_B_E.amin(dim=1, keepdim=True)
