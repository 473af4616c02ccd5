"""The part that on-policy algorithms with a limit on costs have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.utils import obs_as_tensor, update_learning_rate
from stable_baselines3.common.vec_env import VecEnv
from torch.nn import functional as F

from ....envs.core.arguments import check_number
from .cost_critic import CostCritic, cost_advantages


@dataclass(frozen=True, slots=True)
class RolloutCosts:
    """What a rollout cost.

    Attributes:
        advantage_T_N: how much more each action cost than expected.
        return_T_N: the costs that were to come, which the critic learns.
    """

    advantage_T_N: NDArray[np.float32]
    return_T_N: NDArray[np.float32]


class ConstrainedOnPolicy(OnPolicyAlgorithm):
    """Reads `info["cost"]` of every step, learns what it will come to, and measures it against a limit.

    To stand before an algorithm of Stable-Baselines3 in the list of bases. After a rollout `costs` holds its cost
    advantages, and `episode_cost` the mean cost of the episodes that ended in it (of an earlier one where none did).

    Args:
        policy: of an actor and a critic.
        env: with a `cost` in the infos of every step.
        cost_limit: d, what an episode may cost on average.
        cost_gamma: discount of costs.
        **more: what the algorithm of Stable-Baselines3 takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        policy: Any,
        env: Any,
        *,
        cost_limit: float = 25.0,
        cost_gamma: float = 0.99,
        _init_setup_model: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, _init_setup_model=False, **more)
        if check_number("cost_limit", cost_limit) < 0.0:
            raise ValueError(f"cost_limit must be 0 or more, got {cost_limit}")
        if not 0.0 <= check_number("cost_gamma", cost_gamma) <= 1.0:
            raise ValueError(f"cost_gamma must be between 0 and 1, got {cost_gamma}")
        self.cost_limit, self.cost_gamma = float(cost_limit), float(cost_gamma)
        self.costs: RolloutCosts | None = None
        self.episode_cost: float | None = None
        self.total_cost = 0.0
        self._cost_T: list[NDArray[np.float32]] = []
        self._ended_costs: list[float] = []
        if _init_setup_model:
            self._setup_model()

    def _setup_model(self) -> None:
        super()._setup_model()
        self.cost_critic = CostCritic(self.policy, self.lr_schedule(1)).to(self.device)
        self._cost_so_far_N = np.zeros(self.n_envs)

    def _setup_learn(self, total_timesteps: int, *arguments: Any, **more: Any) -> tuple[int, BaseCallback]:
        before = self._last_obs
        prepared = super()._setup_learn(total_timesteps, *arguments, **more)
        if self._last_obs is not before:  # the environments were reset
            self._cost_so_far_N = np.zeros(self.n_envs)
        return prepared

    def _update_info_buffer(self, infos: list[dict[str, Any]], dones: NDArray[Any] | None = None) -> None:
        """Besides what it is there for, take the step's costs down: it is told of every step of a rollout."""
        super()._update_info_buffer(infos, dones)
        if any("cost" not in info for info in infos):
            raise ValueError("env must tell the cost of every step as info['cost'], and does not")
        cost_N = np.array([info["cost"] for info in infos], np.float32)
        self.total_cost += float(cost_N.sum())
        self._cost_so_far_N += cost_N
        for i in np.flatnonzero([] if dones is None else dones):
            self._ended_costs.append(float(self._cost_so_far_N[i]))
            self._cost_so_far_N[i] = 0.0
            if infos[i].get("TimeLimit.truncated", False):  # the clock is no end: more would have come
                cost_N[i] += self.cost_gamma * self._cost_values(_one_row(infos[i]["terminal_observation"]))[0]
        self._cost_T.append(cost_N)

    def collect_rollouts(
        self, env: VecEnv, callback: BaseCallback, rollout_buffer: RolloutBuffer, n_rollout_steps: int
    ) -> bool:
        """Collect a rollout, and what it cost."""
        self._cost_T, self._ended_costs, self.costs = [], [], None
        if not super().collect_rollouts(env, callback, rollout_buffer, n_rollout_steps):
            return False
        value_T_N = self._cost_values(self._rows(rollout_buffer.observations)).reshape(n_rollout_steps, env.num_envs)
        advantage_T_N = cost_advantages(
            np.stack(self._cost_T),
            value_T_N,
            self._cost_values(self._last_obs),
            rollout_buffer.episode_starts,
            np.asarray(self._last_episode_starts, np.float32),
            gamma=self.cost_gamma,
            gae_lambda=self.gae_lambda,
        )
        self.costs = RolloutCosts(advantage_T_N, advantage_T_N + value_T_N)
        if self._ended_costs:
            self.episode_cost = float(np.mean(self._ended_costs))
            self.logger.record("rollout/ep_cost_mean", self.episode_cost)
            self.logger.record("rollout/violation_rate", np.mean(np.array(self._ended_costs) > self.cost_limit))
        self.logger.record("rollout/cost_per_step", self.total_cost / self.num_timesteps)
        return True

    def fit_cost_critic(self, epochs: int, batch_size: int) -> None:
        """Regress the cost critic on the returns of the last rollout."""
        assert self.costs is not None
        update_learning_rate(self.cost_critic.optimizer, self.lr_schedule(self._current_progress_remaining))
        observations, returns = self._rows(self.rollout_buffer.observations), self.costs.return_T_N.reshape(-1)
        losses = []
        for _ in range(epochs):
            order = np.random.permutation(len(returns))  # noqa: NPY002  (as Stable-Baselines3 draws its batches)
            for rows in np.array_split(order, max(1, len(order) // batch_size)):
                value_B = self.cost_critic(obs_as_tensor(_chosen(observations, rows), self.device))
                loss = F.mse_loss(value_B, torch.as_tensor(returns[rows], device=self.device))
                self.cost_critic.optimizer.zero_grad()
                loss.backward()
                self.cost_critic.optimizer.step()
                losses.append(loss.item())
        self.logger.record("train/cost_value_loss", np.mean(losses))

    def _cost_values(self, observations: Any) -> NDArray[np.float32]:
        with torch.no_grad():
            return self.cost_critic(obs_as_tensor(observations, self.device)).cpu().numpy()

    @staticmethod
    def _rows(observations_T_N: Any) -> Any:
        """Observations of a rollout, one after the other."""
        if isinstance(observations_T_N, dict):
            return {key: ConstrainedOnPolicy._rows(part) for key, part in observations_T_N.items()}
        return observations_T_N.reshape(-1, *observations_T_N.shape[2:])

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        state_dicts, variables = super()._get_torch_save_params()
        return [*state_dicts, "cost_critic", "cost_critic.optimizer"], variables


def _one_row(observation: Any) -> Any:
    if isinstance(observation, dict):
        return {key: part[None] for key, part in observation.items()}
    return np.asarray(observation)[None]


def _chosen(observations: Any, rows: NDArray[Any]) -> Any:
    if isinstance(observations, dict):
        return {key: part[rows] for key, part in observations.items()}
    return observations[rows]
