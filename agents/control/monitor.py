"""Episode statistics for Stable-Baselines3, with snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
from stable_baselines3.common.monitor import Monitor

from ...wrappers.snapshot import get_state, set_state


@dataclass(frozen=True, slots=True)
class MonitorState:
    """A snapshot of a monitor and the environment in it.

    Attributes:
        env: the layers below, outermost first.
        rewards: of the episode so far.
        needs_reset: whether the episode is over.
        episode_returns: of the episodes before.
        episode_lengths: of the episodes before.
        episode_times: when they ended, in seconds since the start.
        total_steps: taken so far.
        cost: of the episode so far.
    """

    env: tuple[Any, ...]
    rewards: tuple[float, ...]
    needs_reset: bool
    episode_returns: tuple[float, ...]
    episode_lengths: tuple[int, ...]
    episode_times: tuple[float, ...]
    total_steps: int
    cost: float


class EpisodeMonitor(Monitor):
    """`Monitor` that passes `info["success"]` on as the `is_success` Stable-Baselines3 logs, and can be saved.

    Where an environment has a limit on costs (`metadata["cost_limit"]`), `info["episode"]["cost"]` is what an episode
    has cost.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self._cost = 0.0

    def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        self._cost = 0.0
        return super().reset(**kwargs)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Carry out an action; the last info of an episode holds `episode`, and `is_success` where it is known."""
        observation, reward, terminated, truncated, info = super().step(action)
        self._cost += info.get("cost", 0.0)
        if terminated or truncated:
            if "success" in info:
                info["is_success"] = bool(info["success"])
            if "cost_limit" in self.metadata:
                info["episode"]["cost"] = self._cost
        return observation, reward, terminated, truncated, info

    def get_state(self) -> MonitorState:
        """A snapshot of the counters and of the environment.

        Raises:
            TypeError: a layer below cannot be saved; the message names it.
        """
        return MonitorState(
            get_state(self.env),
            tuple(self.rewards),
            self.needs_reset,
            tuple(self.episode_returns),
            tuple(self.episode_lengths),
            tuple(self.episode_times),
            self.total_steps,
            self._cost,
        )

    def set_state(self, state: MonitorState) -> None:
        """Return to a snapshot of a monitor around the same wrappers and environment.

        Raises:
            TypeError: a layer below cannot be restored; the message names it.
            ValueError: the snapshot is of other wrappers.
        """
        set_state(self.env, state.env)
        self.rewards = list(state.rewards)
        self.needs_reset = state.needs_reset
        self.episode_returns = list(state.episode_returns)
        self.episode_lengths = list(state.episode_lengths)
        self.episode_times = list(state.episode_times)
        self.total_steps = state.total_steps
        self._cost = state.cost
