"""Many episodes of a decision process at once, over arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from ..core import ResetOptions, generator_state, restore_generator
from ..core.arguments import check_integer
from ..core.vectors import check_reset_mask, seeds_of_vector
from .chance import uniform
from .observations import ObservationKind
from .pictures import draw
from .solved import SolvedProcess, solved_process
from .tabular_env import TabularEnv
from .task import TabularTask, check_start, sample_task

VectorStep = tuple[NDArray[Any], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TabularVectorState:
    """A snapshot of a vector of episodes.

    Attributes:
        generators: the state of each generator, None where it was never used.
        rows_B: the present states, as rows of the tables.
        steps_B: taken so far.
        chance_B: the numbers of the episodes' chances.
        returned_B: the sums of the rewards so far.
        over_B: which episodes have ended.
        is_begun: whether there was a reset.
    """

    generators: tuple[dict[str, Any] | None, ...]
    rows_B: NDArray[np.int64]
    steps_B: NDArray[np.uint64]
    chance_B: NDArray[np.uint64]
    returned_B: NDArray[np.float64]
    over_B: NDArray[np.bool_]
    is_begun: bool


class TabularVectorEnv(gym.vector.VectorEnv[Any, Any, Any]):
    """B episodes of a process, stepped together; each is, bit for bit, what `TabularEnv` makes of the same actions.

    Seeds, options, infos and autoreset are those of `gymnasium.vector.SyncVectorEnv`.

    Args:
        num_envs: how many episodes, B.
        process: the name of the rules; this and the rest as in `TabularEnv`.
        level: the difficulty.
        sticky: the probability that the last action is carried out again.
        observation: `index`, `one_hot` or `features`.
        render_mode: `ansi`, `rgb_array` or None.
        autoreset_mode: when an episode that has ended begins anew.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        num_envs: int,
        process: str,
        *,
        level: int = 0,
        sticky: float = 0.25,
        observation: ObservationKind = "index",
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        self.num_envs = check_integer("num_envs", num_envs, 1)
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self._single = TabularEnv(process, level=level, sticky=sticky, observation=observation, render_mode=render_mode)
        self.metadata = {**self._single.metadata, "autoreset_mode": self.autoreset_mode}
        self.render_mode = render_mode
        self.single_observation_space = self._single.observation_space
        self.single_action_space = self._single.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._stack_levels()
        self._generators: list[np.random.Generator | None] = [None] * num_envs
        self._rows_B = np.zeros(num_envs, np.int64)
        self._steps_B = np.zeros(num_envs, np.uint64)
        self._chance_B = np.zeros(num_envs, np.uint64)
        self._returned_B = np.zeros(num_envs)
        self._over_B = np.ones(num_envs, np.bool_)
        self._is_begun = False

    def _stack_levels(self) -> None:
        """The tables of all levels on top of each other: episodes side by side may be of different levels."""
        env = self._single
        levels = [solved_process(env.process, level, env.sticky) for level in range(len(env.levels))]
        K = max(each.cumulative_S_A_K.shape[-1] for each in levels)

        def stacked(arrays: Sequence[NDArray[Any]], fill: float) -> NDArray[Any]:
            widths = [((0, 0), (0, 0), (0, K - array.shape[-1])) for array in arrays]
            return np.concatenate(
                [np.pad(array, width, constant_values=fill) for array, width in zip(arrays, widths, strict=True)]
            )

        sizes = [each.mdp.n_states for each in levels]
        self._first_row = np.cumsum([0, *sizes[:-1]])
        self._cumulative_N_A_K = stacked([each.cumulative_S_A_K for each in levels], 1.0)
        self._reward_N_A_K = stacked([each.mdp.reward_S_A_K for each in levels], 0.0)
        successors = [each.mdp.successor_S_A_K + at for each, at in zip(levels, self._first_row, strict=True)]
        self._successor_N_A_K = stacked(successors, 0)
        self._terminal_N = np.concatenate([each.mdp.terminal_S for each in levels])
        self._horizon_N = np.repeat([each.mdp.horizon for each in levels], sizes)
        self._halfway_N = np.repeat([each.halfway for each in levels], sizes)
        self._observation_N = np.concatenate(env._observations_of_level)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin every episode, or those of a mask.

        Args:
            seed: of the first one, the others follow on; or one for each.
            options: as in `TabularEnv`, for all; with `reset_mask`, an array of bool, only where it is true.

        Raises:
            ValueError: an option or a seed is unknown or out of range.
        """
        options = dict(options or {})
        mask_B = check_reset_mask(options.pop("reset_mask", None), self.num_envs)
        seeds = seeds_of_vector(seed, self.num_envs)
        infos: dict[str, Any] = {}
        for index in np.flatnonzero(mask_B).tolist():
            if seeds[index] is not None:
                self._generators[index] = seeding.np_random(seeds[index])[0]
            infos = self._add_info(infos, {"task": self._begin(index, options)}, index)
        self._is_begun = True
        return self._observe(), infos

    def step(self, actions: Any) -> VectorStep:
        """Choose an action in every episode; where one begins anew instead, its action does not count.

        Raises:
            ResetNeeded: there was no reset yet; or an episode is over, and nothing begins it anew.
            ValueError: an action is none.
        """
        if not self._is_begun:
            raise ResetNeeded("step() needs episodes that go on: call reset() first")
        action_B = self._checked(actions)
        pending_B = self._over_B.copy()
        if pending_B.any() and self.autoreset_mode is AutoresetMode.DISABLED:
            raise ResetNeeded(f"episodes {np.flatnonzero(pending_B).tolist()} are over: reset them by `reset_mask`")
        reward_B, terminated_B, truncated_B = self._advance(action_B, pending_B)
        infos: dict[str, Any] = {}
        for index in np.flatnonzero(pending_B).tolist():
            infos = self._add_info(infos, {"task": self._begin(index, {})}, index)
        self._over_B = terminated_B | truncated_B
        if self._over_B.any():
            infos = self._report_ends(infos)
        return self._observe(), reward_B, terminated_B, truncated_B, infos

    def oracle(self) -> NDArray[np.int64]:
        """The best action of every episode; 0 where it is over."""
        best_B = np.zeros(self.num_envs, np.int64)
        for index in np.flatnonzero(~self._over_B).tolist():
            solved, state = self._solved_and_state(index)
            best_B[index] = solved.best_action_T_S[int(self._steps_B[index]), state]
        return best_B

    def render(self) -> tuple[Any, ...] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A drawing of every episode; None without a render mode."""
        if self.render_mode is None:
            return None
        drawings = []
        for index in range(self.num_envs):
            solved, state = self._solved_and_state(index)
            drawings.append(draw(solved.counted, state, int(self._steps_B[index]), self.render_mode))
        return tuple(drawings)

    def get_state(self) -> TabularVectorState:
        """A snapshot of every generator and episode."""
        generators = tuple(None if each is None else generator_state(each) for each in self._generators)
        return TabularVectorState(
            generators,
            self._rows_B.copy(),
            self._steps_B.copy(),
            self._chance_B.copy(),
            self._returned_B.copy(),
            self._over_B.copy(),
            self._is_begun,
        )

    def set_state(self, state: TabularVectorState) -> None:
        """Return to a snapshot of a vector with the same constructor arguments."""
        self._generators = [None if each is None else restore_generator(each) for each in state.generators]
        self._rows_B, self._steps_B, self._chance_B = state.rows_B.copy(), state.steps_B.copy(), state.chance_B.copy()
        self._returned_B, self._over_B = state.returned_B.copy(), state.over_B.copy()
        self._is_begun = state.is_begun

    def _checked(self, actions: Any) -> NDArray[np.int64]:
        action_B, n_actions = np.asarray(actions), len(self._single.action_names)
        if action_B.shape != (self.num_envs,) or action_B.dtype.kind not in "iu":
            raise ValueError(
                f"actions must be {self.num_envs} integers, got shape {action_B.shape} of {action_B.dtype}"
            )
        if action_B.min() < 0 or action_B.max() >= n_actions:
            raise ValueError(f"actions must be from 0 to {n_actions - 1}, got {action_B}")
        return action_B.astype(np.int64)

    def _begin(self, index: int, options: Mapping[str, Any]) -> TabularTask:
        """Begin one episode, and say which."""
        env = self._single
        parsed = ResetOptions.parse(options, default_level=env.level, levels=len(env.levels), task_type=env.task_type)
        task = parsed.task
        if task is None:
            generator = self._generators[index]
            if generator is None:
                generator = self._generators[index] = seeding.np_random()[0]
            task = sample_task(generator, solved_process(env.process, parsed.level, env.sticky).mdp, parsed.level)
        else:
            check_start(task, solved_process(env.process, task.level, env.sticky).mdp)
        self._rows_B[index] = self._first_row[task.level] + task.start
        self._steps_B[index], self._chance_B[index] = 0, task.chance
        self._returned_B[index], self._over_B[index] = 0.0, False
        return task

    def _advance(
        self, action_B: NDArray[np.int64], pending_B: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """One step of every episode but those that begin anew; rewards and how they end."""
        drawn_B = uniform(self._chance_B, self._steps_B)
        outcome_B = (drawn_B[:, None] >= self._cumulative_N_A_K[self._rows_B, action_B]).sum(axis=-1)
        drawn = (self._rows_B, action_B, outcome_B)
        reward_B = np.where(pending_B, 0.0, self._reward_N_A_K[drawn])
        self._rows_B = np.where(pending_B, self._rows_B, self._successor_N_A_K[drawn])
        self._steps_B += ~pending_B
        self._returned_B += reward_B
        terminated_B = self._terminal_N[self._rows_B] & ~pending_B
        ran_out_B = self._steps_B >= self._horizon_N[self._rows_B]
        return reward_B, terminated_B, ran_out_B & ~terminated_B & ~pending_B

    def _report_ends(self, infos: dict[str, Any]) -> dict[str, Any]:
        """Add how episodes ended; where the next one begins in the same step, begin it."""
        success_B = self._returned_B >= self._halfway_N[self._rows_B]
        last_B = self._observe() if self.autoreset_mode is AutoresetMode.SAME_STEP else None
        for index in np.flatnonzero(self._over_B).tolist():
            info = {"success": bool(success_B[index])}
            if last_B is not None:
                infos = self._add_info(infos, {"final_obs": last_B[index], "final_info": info}, index)
                info = {"task": self._begin(index, {})}
            infos = self._add_info(infos, info, index)
        return infos

    def _observe(self) -> NDArray[Any]:
        return self._observation_N[self._rows_B]

    def _solved_and_state(self, index: int) -> tuple[SolvedProcess, int]:
        """The process of an episode, at its level, and the number of its state there."""
        level = int(np.searchsorted(self._first_row, self._rows_B[index], side="right")) - 1
        solved = solved_process(self._single.process, level, self._single.sticky)
        return solved, int(self._rows_B[index] - self._first_row[level])
