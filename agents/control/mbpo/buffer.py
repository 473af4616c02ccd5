"""A replay buffer of real transitions, with imagined ones beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.vec_env import VecNormalize
from torch import Tensor


class BranchedReplayBuffer(ReplayBuffer):
    """Samples mostly imagined transitions, once there are any.

    Args:
        buffer_size: real transitions that are kept.
        observation_space: of the environments.
        action_space: of the environments.
        device: where samples go.
        n_envs: environments.
        imagined_size: imagined transitions that are kept, the latest.
        real_ratio: the part of a sample that is real.
        **more: what `ReplayBuffer` takes.
    """

    def __init__(
        self,
        buffer_size: int,
        observation_space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        device: torch.device | str = "auto",
        n_envs: int = 1,
        *,
        imagined_size: int,
        real_ratio: float,
        **more: Any,
    ) -> None:
        super().__init__(buffer_size, observation_space, action_space, device, n_envs, **more)
        self.imagined = ReplayBuffer(imagined_size, observation_space, action_space, device)
        self.real_ratio = real_ratio

    def real(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """All real transitions: states, actions, rewards, next states, and 1.0 where the episode ended."""
        rows = self.size()
        ended = self.dones[:rows] * (1.0 - self.timeouts[:rows])
        arrays = (self.observations, self.actions, self.rewards, self.next_observations)
        flat = [array[:rows].reshape(rows * self.n_envs, -1) for array in arrays]
        states, actions, rewards, next_states = (self.to_torch(array.astype(np.float32)) for array in flat)
        return states, actions, rewards.squeeze(1), next_states, self.to_torch(ended.reshape(-1))

    def imagine(
        self,
        state_B_S: NDArray[Any],
        action_B_A: NDArray[Any],
        reward_B: NDArray[Any],
        next_state_B_S: NDArray[Any],
        ended_B: NDArray[Any],
    ) -> None:
        """Keep imagined transitions, in place of the oldest."""
        kept = self.imagined
        rows = (kept.pos + np.arange(len(state_B_S))) % kept.buffer_size
        kept.observations[rows, 0], kept.next_observations[rows, 0] = state_B_S, next_state_B_S
        kept.actions[rows, 0], kept.rewards[rows, 0], kept.dones[rows, 0] = action_B_A, reward_B, ended_B
        kept.full = kept.full or kept.pos + len(rows) >= kept.buffer_size
        kept.pos = (kept.pos + len(rows)) % kept.buffer_size

    def sample(self, batch_size: int, env: VecNormalize | None = None) -> Any:
        """A batch, the real part first."""
        real = round(self.real_ratio * batch_size) if self.imagined.size() else batch_size
        parts: list[Any] = []
        if real:
            parts.append(super().sample(real, env))
        if real < batch_size:
            parts.append(self.imagined.sample(batch_size - real, env))
        fields = ("observations", "actions", "next_observations", "dones", "rewards")
        return parts[0]._replace(**{name: torch.cat([getattr(part, name) for part in parts]) for name in fields})
