"""A replay buffer of encoded observations, which knows where the car was and gives transitions goals in hindsight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.type_aliases import ReplayBufferSamples

from ....envs.drive.goals import SEEN_GOAL, locate_goal, see_goal
from .goals import PracticeGoals, distance, mixed_goals, practice_rewards

_MOVED = 0.1
"""Metres by which a checkpoint is another one; less is rounding."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a car saw, and from where.

    Attributes:
        observation_O: encoded; the state's numbers are the last ones.
        position_2: x and y, metres.
        heading: radians.
        goal_2: x and y of its goal, metres.
    """

    observation_O: NDArray[np.float32]
    position_2: NDArray[np.float64]
    heading: float
    goal_2: NDArray[np.float64]


class PracticeBuffer(ReplayBuffer):
    """What one car lives through, step by step, in a ring.

    Steps in which the recovery drove are left out: the agent did not choose their actions. The step before them ends
    what could be gained, as a crash does. Steps that follow each other are a stretch; goals from the future are taken
    from the same one.

    Args:
        buffer_size: how many transitions there is room for.
        observation_space: of pictures and `state`, of which only the size of the state matters.
        action_space: of the environment.
        device: where batches go.
        n_envs: 1.
        optimize_memory_usage: must be False.
        latent_dim: how many features are before the state's numbers.
        goals: how transitions are relabelled and rewarded.
    """

    def __init__(
        self,
        buffer_size: int,
        observation_space: spaces.Dict,
        action_space: spaces.Space[Any],
        device: torch.device | str = "auto",
        n_envs: int = 1,
        optimize_memory_usage: bool = False,
        *,
        latent_dim: int,
        goals: PracticeGoals,
    ) -> None:
        numbers = (observation_space["state"].shape or (0,))[0]
        encoded_space = spaces.Box(-np.inf, np.inf, (latent_dim + numbers,), np.float32)
        super().__init__(buffer_size, encoded_space, action_space, device, n_envs, optimize_memory_usage)
        self.goals = goals
        self.seen_goal = slice(latent_dim + SEEN_GOAL.start, latent_dim + SEEN_GOAL.stop)
        self.position_N_2 = np.zeros((self.buffer_size, 2))
        self.next_position_N_2 = np.zeros((self.buffer_size, 2))
        self.heading_N = np.zeros(self.buffer_size)
        self.next_heading_N = np.zeros(self.buffer_size)
        self.goal_N_2 = np.zeros((self.buffer_size, 2))
        self.next_goal_N_2 = np.zeros((self.buffer_size, 2))
        self.steps_left_N = np.zeros(self.buffer_size, np.intp)
        self.stretch = 0
        self.before: Sight | None = None

    def begin(self) -> None:
        """An episode begins: where the car stands is not known before its first step."""
        self.before, self.stretch = None, 0

    def follow(
        self, observation_O: NDArray[np.float32], action_A: NDArray[np.float32], info: Mapping[str, Any], is_over: bool
    ) -> None:
        """Take in a step.

        Args:
            observation_O: encoded, after it.
            action_A: what the agent did, in [-1, 1].
            info: of the step, with `intervention`, and `x`, `y` and `heading` in `evaluation`.
            is_over: whether the episode ended with it.
        """
        after = self._sight(observation_O, info["evaluation"])
        if info["intervention"]:
            if self.stretch:
                self.dones[self.pos - 1, 0] = 1.0
            self.stretch = 0
        elif self.before is not None:
            self._append(self.before, action_A, after)
        if is_over:
            self.begin()
        else:
            self.before = after

    def _sight(self, observation_O: NDArray[np.float32], evaluation: Mapping[str, Any]) -> Sight:
        position_2, heading = np.array([evaluation["x"], evaluation["y"]]), evaluation["heading"]
        goal_2 = locate_goal(position_2, heading, observation_O[self.seen_goal].astype(np.float64))
        return Sight(observation_O, position_2, heading, goal_2)

    def _append(self, before: Sight, action_A: NDArray[np.float32], after: Sight) -> None:
        row = self.pos
        self.observations[row, 0], self.next_observations[row, 0] = before.observation_O, after.observation_O
        self.position_N_2[row], self.next_position_N_2[row] = before.position_2, after.position_2
        self.heading_N[row], self.next_heading_N[row] = before.heading, after.heading
        self.goal_N_2[row], self.next_goal_N_2[row] = before.goal_2, after.goal_2
        self.actions[row, 0], self.dones[row, 0] = action_A, 0.0
        self.stretch = min(self.stretch + 1, self.buffer_size)
        back = np.arange(self.stretch)
        self.steps_left_N[(row - back) % self.buffer_size] = back
        self.pos = (row + 1) % self.buffer_size
        self.full = self.full or self.pos == 0

    def _get_samples(self, batch_inds: NDArray[np.intp], env: Any = None) -> ReplayBufferSamples:
        rows, goals = batch_inds, self.goals
        position_B_2, next_position_B_2 = self.position_N_2[rows], self.next_position_N_2[rows]
        goal_B_2, next_goal_B_2 = self.goal_N_2[rows], self.next_goal_N_2[rows]
        reached_B = distance(goal_B_2, next_goal_B_2) > _MOVED
        if goals.relabel:
            goal_B_2, is_own_B = self._relabelled(rows)
            reached_B = np.where(is_own_B, reached_B, distance(next_position_B_2, goal_B_2) < goals.radius)
            # a goal that is reached is followed by the checkpoint that the car had to drive to next
            next_goal_B_2 = np.where((is_own_B | reached_B)[:, None], next_goal_B_2, goal_B_2)
        observation_B_O, after_B_O = self.observations[rows, 0], self.next_observations[rows, 0]
        observation_B_O[:, self.seen_goal] = see_goal(position_B_2, self.heading_N[rows], goal_B_2)
        after_B_O[:, self.seen_goal] = see_goal(next_position_B_2, self.next_heading_N[rows], next_goal_B_2)
        done_B = self.dones[rows, 0]
        reward_B = practice_rewards(position_B_2, next_position_B_2, goal_B_2, reached_B, done_B > 0, goals)
        arrays = (observation_B_O, self.actions[rows, 0], after_B_O, done_B[:, None], reward_B[:, None])
        return ReplayBufferSamples(*(self.to_torch(array.astype(np.float32, copy=False)) for array in arrays))

    def _relabelled(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Goals, and which of them are those that the car had."""
        B = len(rows)
        chance_B = np.random.random(B)  # noqa: NPY002  (as all of Stable-Baselines3 does)
        steps_B = np.random.exponential(self.goals.future, B).astype(np.intp)  # noqa: NPY002
        away_B_2 = np.random.normal(0.0, self.goals.near, (B, 2))  # noqa: NPY002
        later = (rows + np.minimum(steps_B, self.steps_left_N[rows])) % self.buffer_size
        near_B_2 = self.position_N_2[rows] + away_B_2
        return mixed_goals(self.goal_N_2[rows], self.next_position_N_2[later], near_B_2, chance_B)
