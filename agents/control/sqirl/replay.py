"""A replay buffer that also keeps the returns of random play."""

from __future__ import annotations

from typing import Any

import numpy as np
from stable_baselines3.common.buffers import ReplayBuffer

from .random_play import RandomPlay


class ReturnReplayBuffer(ReplayBuffer):
    """Transitions of random play with their returns; the oldest ones go first.

    Args:
        buffer_size: how many transitions there is room for.
        observation_space: of the environment.
        action_space: of the environment.
    """

    def __init__(self, buffer_size: int, observation_space: Any, action_space: Any) -> None:
        super().__init__(buffer_size, observation_space, action_space, device="cpu", handle_timeout_termination=False)
        self.returns = np.zeros((buffer_size, 1), np.float32)

    def remember(self, play: RandomPlay) -> None:
        """Add transitions, the first ones left out where there is no room for all."""
        N = min(len(play.action_N), self.buffer_size)
        rows = (self.pos + np.arange(N)) % self.buffer_size
        shape = (N, *self.observations.shape[2:])
        self.observations[rows, 0] = play.observation_N[-N:].reshape(shape)
        self.next_observations[rows, 0] = play.next_observation_N[-N:].reshape(shape)
        self.actions[rows, 0, 0] = play.action_N[-N:]
        self.rewards[rows, 0], self.dones[rows, 0] = play.reward_N[-N:], play.ended_N[-N:]
        self.returns[rows, 0] = play.return_N[-N:]
        self.full = self.full or self.pos + N >= self.buffer_size
        self.pos = (self.pos + N) % self.buffer_size

    def draw(self, N: int) -> RandomPlay:
        """N transitions, each drawn evenly from all; their steps are not kept, and are 0."""
        rows = np.random.randint(self.size(), size=N)  # noqa: NPY002  (as all of Stable-Baselines3 does)
        shape = (N, *(self.observation_space.shape or ()))
        return RandomPlay(
            self.observations[rows, 0].reshape(shape),
            self.actions[rows, 0, 0].astype(np.int64),
            self.rewards[rows, 0].astype(np.float64),
            self.next_observations[rows, 0].reshape(shape),
            self.dones[rows, 0] > 0,
            self.returns[rows, 0].astype(np.float64),
            np.zeros(N, np.int64),
        )
