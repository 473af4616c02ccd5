"""PPO with a price on costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.vec_env import VecEnv

from ....envs.core.arguments import check_number
from .constrained import ConstrainedOnPolicy


class PPOLagrangian(ConstrainedOnPolicy, PPO):
    """PPO on the advantages (A - λ A_C) / (1 + λ), where the price λ follows how far costs are over their limit.

    After each rollout λ ← max(0, λ + η (J_C - d)), J_C the mean cost of the episodes that ended in it. Rewards'
    advantages are standardised before they are mixed, those of costs only centred: the price is per unit of cost.

    Sources: Ray, Achiam and Amodei, Benchmarking safe exploration in deep reinforcement learning (2019), with
    openai/safety-starter-agents; defaults of the price as in PKU-Alignment/omnisafe, which climbs it with Adam.

    Args:
        policy: of an actor and a critic.
        env: with a `cost` in the infos of every step.
        multiplier_learning_rate: η.
        initial_multiplier: λ at the beginning.
        **more: `cost_limit`, `cost_gamma`, and what PPO takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        policy: str | type[ActorCriticPolicy],
        env: Any,
        *,
        multiplier_learning_rate: float = 0.035,
        initial_multiplier: float = 0.001,
        _init_setup_model: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, _init_setup_model=False, **more)
        for name, value in (
            ("multiplier_learning_rate", multiplier_learning_rate),
            ("initial_multiplier", initial_multiplier),
        ):
            if check_number(name, value) < 0.0:
                raise ValueError(f"{name} must be 0 or more, got {value}")
        self.multiplier_learning_rate = multiplier_learning_rate
        self.multiplier = float(initial_multiplier)
        if _init_setup_model:
            self._setup_model()

    def collect_rollouts(
        self, env: VecEnv, callback: BaseCallback, rollout_buffer: RolloutBuffer, n_rollout_steps: int
    ) -> bool:
        """Collect a rollout, set the price by what it cost, and take it off the advantages."""
        if not super().collect_rollouts(env, callback, rollout_buffer, n_rollout_steps):
            return False
        assert self.costs is not None
        if self._ended_costs and self.episode_cost is not None:
            self.multiplier = next_multiplier(
                self.multiplier, self.episode_cost, self.cost_limit, self.multiplier_learning_rate
            )
        self.logger.record("train/multiplier", self.multiplier)
        rollout_buffer.advantages = priced_advantages(
            rollout_buffer.advantages, self.costs.advantage_T_N, self.multiplier, standardise=self.normalize_advantage
        )
        return True

    def train(self) -> None:
        """Fit the cost critic, then what PPO updates."""
        self.fit_cost_critic(self.n_epochs, self.batch_size)
        super().train()


def next_multiplier(multiplier: float, episode_cost: float, cost_limit: float, learning_rate: float) -> float:
    """max(0, λ + η (J_C - d))."""
    return max(0.0, multiplier + learning_rate * (episode_cost - cost_limit))


def priced_advantages(
    advantage_T_N: NDArray[Any], cost_advantage_T_N: NDArray[Any], multiplier: float, *, standardise: bool
) -> NDArray[np.float32]:
    """(A - λ A_C) / (1 + λ); where asked, A is standardised and A_C centred before."""
    if standardise:
        advantage_T_N = (advantage_T_N - advantage_T_N.mean()) / (advantage_T_N.std() + 1e-8)
        cost_advantage_T_N = cost_advantage_T_N - cost_advantage_T_N.mean()
    return ((advantage_T_N - multiplier * cost_advantage_T_N) / (1.0 + multiplier)).astype(np.float32)
