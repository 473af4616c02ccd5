"""A replay buffer of whole episodes, which gives transitions goals in hindsight."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.type_aliases import ReplayBufferSamples

from ....envs.core.bodies.offline_data import OfflineDataset
from .goals import Cells, GoalConfig, future_rows, goal_reached, group_by_cell


class EpisodeBuffer(ReplayBuffer):
    """Transitions episode by episode in a ring; the oldest ones go first.

    What is added step by step is kept apart until its episode ends, so that episodes do not mix.

    Args:
        buffer_size: how many transitions there is room for.
        observation_space: of the environment.
        action_space: of the environment.
        device: where batches go.
        n_envs: how many episodes are added to side by side.
        optimize_memory_usage: must be False.
        goals: which goals batches are given; None for those they have.
    """

    def __init__(
        self,
        buffer_size: int,
        observation_space: Any,
        action_space: Any,
        device: torch.device | str = "auto",
        n_envs: int = 1,
        optimize_memory_usage: bool = False,
        *,
        goals: GoalConfig | None = None,
    ) -> None:
        super().__init__(buffer_size, observation_space, action_space, device, 1, optimize_memory_usage)
        self.goals = goals
        self.augmentation = 0.0
        self.cells: Cells | None = None
        self.steps_left = np.zeros(self.buffer_size, np.intp)
        self.is_expert = np.zeros(self.buffer_size, np.bool_)
        self.unfinished: list[list[tuple[Any, ...]]] = [[] for _ in range(n_envs)]

    def load(self, dataset: OfflineDataset) -> None:
        """Fill an empty buffer.

        Raises:
            ValueError: there is no room for all.
        """
        if len(dataset) > self.buffer_size:
            raise ValueError(f"buffer_size must be {len(dataset)} or more for these data, got {self.buffer_size}")
        ended = dataset.terminated | dataset.truncated
        ended[-1] = True
        for episode in np.split(np.arange(len(ended)), np.flatnonzero(ended)[:-1] + 1):
            self._append(
                dataset.observations[episode],
                dataset.next_observations[episode],
                dataset.actions[episode],
                dataset.rewards[episode],
                dataset.terminated[episode],
                dataset.is_expert[episode],
            )

    def split_into_cells(self, cells: int, augmentation: float, seed: int) -> None:
        """From now on, swap a share of the goals for goals that were reached after a nearby state.

        Temporal data augmentation (Ghugare, Geist, Berseth and Eysenbach, Closing the gap between TD learning and
        supervised learning, 2024): a goal that the episode reaches later is replaced, with a probability ε, by one that
        another episode reaches from the same cell, so that the two are stitched together. Cells are found by k-means
        over what is achieved. What is added later is not in a cell, and keeps its goals.

        Args:
            cells: how many.
            augmentation: ε.
            seed: of k-means.
        """
        assert self.goals is not None
        points = self.next_observations[: self.size(), 0][:, list(self.goals.achieved)]
        self.cells, self.augmentation = group_by_cell(points, cells, seed), augmentation

    def add(
        self,
        obs: NDArray[Any],
        next_obs: NDArray[Any],
        action: NDArray[Any],
        reward: NDArray[Any],
        done: NDArray[Any],
        infos: list[dict[str, Any]],
    ) -> None:
        """Add one step of every environment."""
        for i, info in enumerate(infos):
            terminated = bool(done[i]) and not info.get("TimeLimit.truncated", False)
            self.unfinished[i].append((obs[i].copy(), next_obs[i].copy(), action[i].copy(), reward[i], terminated))
            if done[i]:
                before, after, actions, rewards, terminated = (
                    np.array(column) for column in zip(*self.unfinished[i], strict=True)
                )
                self._append(before, after, actions, rewards, terminated, np.zeros(len(rewards), np.bool_))
                self.unfinished[i] = []

    def sample_rows(self, row_B: NDArray[np.intp]) -> ReplayBufferSamples:
        """The batch of these rows, with goals."""
        observation_B_O = self.observations[row_B, 0]
        after_B_O = self.next_observations[row_B, 0]
        reward_B, done_B = self.rewards[row_B, 0], self.dones[row_B, 0]
        if self.goals is not None:
            goal_B_G = self._goals(row_B)
            observation_B_O[:, self.goals.desired] = goal_B_G
            after_B_O[:, self.goals.desired] = goal_B_G
            reached_B = goal_reached(after_B_O[:, list(self.goals.achieved)], goal_B_G, self.goals.tolerance)
            reward_B = done_B = reached_B.astype(np.float32)
        arrays = (observation_B_O, self.actions[row_B, 0], after_B_O, done_B[:, None], reward_B[:, None])
        return ReplayBufferSamples(*map(self.to_torch, arrays))

    def expert_rows(self) -> NDArray[np.intp]:
        """The rows that the expert played."""
        return np.flatnonzero(self.is_expert[: self.size()])

    def _get_samples(self, batch_inds: NDArray[np.intp], env: Any = None) -> ReplayBufferSamples:
        return self.sample_rows(batch_inds)

    def _goals(self, row_B: NDArray[np.intp]) -> NDArray[np.floating]:
        assert self.goals is not None
        B, goals = len(row_B), self.goals
        chance_B, later_B, choice_B = np.random.random((3, B))  # noqa: NPY002  (as all of Stable-Baselines3 does)
        achieved, desired = list(goals.achieved), list(goals.desired)
        goal_row_B = future_rows(row_B, self.steps_left[row_B], later_B, self.buffer_size)
        goal_row_B = self._stitched(goal_row_B)
        is_random_B = choice_B >= 1.0 - goals.random
        goal_row_B[is_random_B] = (chance_B[is_random_B] * self.size()).astype(np.intp)
        is_own_B = (choice_B >= goals.future) & ~is_random_B
        own_B_G = self.observations[row_B, 0][:, desired]
        return np.where(is_own_B[:, None], own_B_G, self.next_observations[goal_row_B, 0][:, achieved])

    def _stitched(self, goal_row_B: NDArray[np.intp]) -> NDArray[np.intp]:
        if self.cells is None:
            return goal_row_B
        swap_B, near_B, later_B = np.random.random((3, len(goal_row_B)))  # noqa: NPY002
        swapped = np.flatnonzero((swap_B < self.augmentation) & (goal_row_B < len(self.cells.cell_N)))
        near = self.cells.neighbours(goal_row_B[swapped], near_B[swapped])
        goal_row_B[swapped] = future_rows(near, self.steps_left[near], later_B[swapped], self.buffer_size)
        return goal_row_B

    def _append(
        self,
        observations: NDArray[Any],
        next_observations: NDArray[Any],
        actions: NDArray[Any],
        rewards: NDArray[Any],
        terminated: NDArray[np.bool_],
        is_expert: NDArray[np.bool_],
    ) -> None:
        T = len(rewards)
        rows = (self.pos + np.arange(T)) % self.buffer_size
        self.observations[rows, 0], self.next_observations[rows, 0] = observations, next_observations
        self.actions[rows, 0], self.rewards[rows, 0], self.dones[rows, 0] = actions, rewards, terminated
        self.steps_left[rows], self.is_expert[rows] = np.arange(T)[::-1], is_expert
        self.full = self.full or self.pos + T >= self.buffer_size
        self.pos = (self.pos + T) % self.buffer_size
