"""ReCOIL: imitation of an expert with the help of other data."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import torch
from stable_baselines3.common.type_aliases import ReplayBufferSamples
from torch import Tensor

from ....envs.core.arguments import check_number
from ....envs.core.bodies.offline_data import OfflineDataset
from .base import descend
from .losses import least_squares_critic_loss, linear_critic_loss
from .networks import ValuePolicy
from .xql import XQL

CriticForm = Literal["least_squares", "linear"]


class ReCOIL(XQL):
    """ReCOIL (Sikchi, Zheng, Zhang and Niekum, Dual RL, 2024): no rewards, no discriminator.

    Of the data, some are an expert's. Q is to be high where the expert acts; on a mixture of the expert's transitions
    and all data it is to keep to Bellman's equation, without reward. V is the soft maximum of Q on the mixture, and the
    policy imitates the mixture with weights e^(A · temperature).

    Two forms of Q's loss are there. `linear` is the paper's, with Pearson's χ². `least_squares` is what the authors'
    code has in its place, after LS-IQ (Al-Hafez et al., 2023): rewards of ± `reward_bound` for the expert and for the
    mixture, and values that fit them. Not known for certain, and therefore arguments: how much of the mixture is the
    expert's, and what a state is worth in which an episode ends (the code takes it for a failure).

    Args:
        policy: `MlpPolicy`.
        env: with vectors for observations and bounded continuous actions.
        mixture: β, how much of the mixture is the expert's.
        critic_form: `least_squares` or `linear`.
        reward_bound: of the least squares.
        terminal_value: of the least squares, what follows the end of an episode; None for - reward_bound / (1 - γ).
        **more: what `XQL` takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        policy: str | type[ValuePolicy],
        env: Any,
        *,
        mixture: float = 0.5,
        critic_form: CriticForm = "least_squares",
        reward_bound: float = 2.0,
        terminal_value: float | None = None,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, **more)
        if not 0.0 < check_number("mixture", mixture) < 1.0:
            raise ValueError(f"mixture must lie between 0 and 1, got {mixture}")
        if critic_form not in get_args(CriticForm):
            raise ValueError(f"critic_form must be one of {', '.join(get_args(CriticForm))}, got {critic_form!r}")
        if not 0.0 < self.gamma < 1.0:
            raise ValueError(f"gamma must lie between 0 and 1, got {self.gamma}")
        self.mixture, self.critic_form = mixture, critic_form
        self.reward_bound = check_number("reward_bound", reward_bound)
        self.terminal_value = terminal_value

    def fill(self, dataset: OfflineDataset) -> None:
        """Make these the data.

        Raises:
            ValueError: as in every offline algorithm; or none of them is the expert's.
        """
        if not dataset.is_expert.any():
            raise ValueError("data must hold transitions of an expert: name one among who plays")
        super().fill(dataset)

    def update(self, batch: ReplayBufferSamples) -> dict[str, Tensor]:
        """One step."""
        B = len(batch.actions)
        expert_rows = np.random.choice(self.replay_buffer.expert_rows(), B)  # noqa: NPY002  (as Stable-Baselines3 does)
        expert = self.replay_buffer.sample_rows(expert_rows)
        mixture = _mixed(expert, batch, torch.rand(B, 1, device=self.device) < self.mixture)
        q_B_1 = self.slow_q(mixture)
        metrics = self.learn_value(mixture, q_B_1)
        actor_loss = self.learn_policy(mixture, q_B_1)
        critic_loss, expert_q = self._learn_critic(expert, batch, mixture)
        self.follow()
        return metrics | {"actor_loss": actor_loss, "critic_loss": critic_loss, "q_expert": expert_q}

    def _learn_critic(
        self, expert: ReplayBufferSamples, others: ReplayBufferSamples, mixture: ReplayBufferSamples
    ) -> tuple[Tensor, Tensor]:
        policy = self.policy
        with torch.no_grad():
            next_value_B_1 = policy.state_value(mixture.next_observations)
            policy_action_B_A = policy(others.observations)
        expert_q = policy.critic(expert.observations, expert.actions)
        mixture_q = policy.critic(mixture.observations, mixture.actions)
        if self.critic_form == "linear":
            target_B_1 = self.gamma * (1.0 - mixture.dones) * next_value_B_1
            policy_q = policy.critic(others.observations, policy_action_B_A)
            losses = [
                linear_critic_loss(*values, target_B_1, self.mixture)
                for values in zip(expert_q, policy_q, mixture_q, strict=True)
            ]
        else:
            bound = self.reward_bound / (1.0 - self.gamma)
            terminal = -bound if self.terminal_value is None else self.terminal_value
            after_B_1 = (1.0 - mixture.dones) * next_value_B_1 + mixture.dones * terminal
            target_B_1 = -self.reward_bound + self.gamma * after_B_1
            losses = [
                least_squares_critic_loss(*values, target_B_1, bound)
                for values in zip(expert_q, mixture_q, strict=True)
            ]
        loss = torch.stack(losses).sum()
        descend(policy.critic_optimizer, loss)
        return loss, expert_q[0].mean()


def _mixed(first: ReplayBufferSamples, second: ReplayBufferSamples, is_first_B_1: Tensor) -> ReplayBufferSamples:
    """Row by row the one or the other."""
    fields = ("observations", "actions", "next_observations", "dones", "rewards")
    columns = {name: torch.where(is_first_B_1, getattr(first, name), getattr(second, name)) for name in fields}
    return ReplayBufferSamples(**columns)
