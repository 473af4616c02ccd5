"""A decision process as an environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from ..core import EnvState, ResetOptions, generator_state, restore_generator
from ..core.arguments import check_number
from ..core.names import unknown_name
from ..core.task import check_level
from .chance import uniform
from .observations import OBSERVATION_KINDS, ObservationKind, observations_of, space_of
from .pictures import draw
from .process import Process, count_states
from .solved import SolvedProcess, solved_process
from .table import PROCESSES
from .task import TabularTask, check_start, sample_task


@dataclass(frozen=True, slots=True)
class TabularEpisode:
    """What the future of an episode depends on.

    Attributes:
        task: the episode's.
        state: the number of the present state.
        steps: taken so far.
        returned: the sum of the rewards so far.
    """

    task: TabularTask
    state: int
    steps: int
    returned: float


class TabularEnv(gym.Env[Any, Any]):
    """A small stochastic decision process, of which everything can be worked out exactly.

    ## Task
    Earn as much as can be expected. `process` names the rules: `bandit_tree`, `blackjack`, `chain`, `cliff_walk`,
    `combination_lock`, `frozen_grid`, `gambler`, `inventory`, `key_door`, `queue`, `racetrack`, `replacement`,
    `river_swim`, `signals` or `taxi`. Each class in `envs/tabular/processes` describes its own. In every step but the
    first, the action of the step before is carried out again with probability `sticky`.

    An episode is a success where it returned at least half way from what random play returns on average to what the
    best policy does. Chance may make the best policy fail, and a bad one succeed.

    ## Observation
    The state, the last action included where actions stick, so that the process is Markov but for the time. With
    `observation="index"` its number (`Discrete`); with `one_hot` a vector with a 1 there; with `features` a few
    numbers from 0 to 1, like row and column, that say what the state is. All three are the same size on every level.

    ## Action
    The number of an action (`Discrete`); `action_names` says what each one is called. Anything else is refused.

    ## Reward
    That of the process: 1 for reaching a goal in most, and costs below 1 in some.

    ## Episode end
    Terminated in a terminal state; truncated after the process's horizon.

    ## Levels
    Three of each process: more states, more steps, or choices that have to be thought of farther ahead.

    ## Source
    The processes are named after well-known ones, and where a number is not theirs it is this project's own: chain
    (Strens 2000), river swim (Strehl and Littman 2008), cliff walk, gambler, blackjack and racetrack (Sutton and Barto
    2018, examples 6.6, 4.3, 5.1 and exercise 5.12), taxi (Dietterich 2000), combination lock (Whitehead 1991), frozen
    grid (Gymnasium's FrozenLake), inventory, replacement and queue (Puterman 1994, chapter 3). Sticky actions after
    Machado et al. (2018), with the probability of Laidlaw et al. (2024).

    Class attributes:
        task_type: the class of its tasks.

    Args:
        process: the name of the rules.
        level: the difficulty of episodes drawn by `reset`, unless its options say otherwise.
        sticky: the probability that the last action is carried out again.
        observation: `index`, `one_hot` or `features`.
        render_mode: `ansi` for a drawing in text, `rgb_array` for a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}  # noqa: RUF012
    task_type: ClassVar[type[TabularTask]] = TabularTask

    def __init__(
        self,
        process: str,
        *,
        level: int = 0,
        sticky: float = 0.25,
        observation: ObservationKind = "index",
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, "ansi", "rgb_array"):
            raise ValueError(f"render_mode must be 'ansi', 'rgb_array' or None, got {render_mode!r}")
        self.process = check_process(process, sticky, observation)
        self.levels: tuple[Process[Any], ...] = PROCESSES[process]
        self.level = check_level(level, len(self.levels))
        self.sticky = float(sticky)
        self.observation_kind: ObservationKind = observation
        self.render_mode = render_mode
        counted = tuple(count_states(rules, self.sticky) for rules in self.levels)
        self.observation_space = space_of(observation, counted)
        n_states = max(each.mdp.n_states for each in counted)
        self._observations_of_level = [observations_of(observation, each, n_states) for each in counted]
        self.action_names = self.levels[0].actions
        self.action_space = spaces.Discrete(len(self.action_names))
        self._over = True
        self._episode: TabularEpisode | None = None

    @property
    def episode(self) -> TabularEpisode:
        """The present episode.

        Raises:
            ResetNeeded: there was no reset yet.
        """
        if self._episode is None:
            raise ResetNeeded("there is no episode yet: call reset() first")
        return self._episode

    @property
    def solved(self) -> SolvedProcess:
        """The process of the present episode, with its solution; of the environment's own level before the first."""
        return self._solved_at(self.level if self._episode is None else self._episode.task.level)

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: reseeds the generator, where given.
            options: `{"level": k}` draws the episode at that level, `{"task": t}` plays this very one, the chances
                included.

        Returns:
            The first observation, and an info whose `task` reproduces the episode.

        Raises:
            ValueError: an option is unknown or out of range.
        """
        super().reset(seed=seed)
        parsed = ResetOptions.parse(
            options, default_level=self.level, levels=len(self.levels), task_type=self.task_type
        )
        task = parsed.task
        if task is None:
            task = sample_task(self.np_random, self._solved_at(parsed.level).mdp, parsed.level)
        else:
            check_start(task, self._solved_at(task.level).mdp)
        self._episode = TabularEpisode(task, task.start, 0, 0.0)
        self._over = False
        return self._observe(), {"task": task}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Choose an action.

        Returns:
            Observation, reward, terminated, truncated, and an info that has `success` on the last step.

        Raises:
            ResetNeeded: there is no episode that goes on.
            ValueError: there is no such action.
        """
        if self._over:
            raise ResetNeeded("step() needs an episode that goes on: call reset() first")
        chosen = self._checked(action)
        now, solved = self.episode, self.solved
        mdp = solved.mdp
        drawn = uniform(now.task.chance, now.steps)
        outcome = int((drawn >= solved.cumulative_S_A_K[now.state, chosen]).sum())
        reward = float(mdp.reward_S_A_K[now.state, chosen, outcome])
        state = int(mdp.successor_S_A_K[now.state, chosen, outcome])
        self._episode = TabularEpisode(now.task, state, now.steps + 1, now.returned + reward)
        terminated = bool(mdp.terminal_S[state])
        truncated = not terminated and now.steps + 1 >= mdp.horizon
        self._over = terminated or truncated
        info = {"success": self._episode.returned >= solved.halfway} if self._over else {}
        return self._observe(), reward, terminated, truncated, info

    def oracle(self) -> np.int64 | None:
        """The best action for the steps that are left; None where the episode is over."""
        if self._over:
            return None
        return self.solved.best_action_T_S[self.episode.steps, self.episode.state]

    def render(self) -> str | NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A drawing of the state: text, or a picture of shape (240, 240, 3); None without a render mode."""
        if self.render_mode is None:
            return None
        return draw(self.solved.counted, self.episode.state, self.episode.steps, self.render_mode)

    def get_state(self) -> EnvState:
        """A snapshot of the generator and the episode."""
        generator = None if self._np_random is None else generator_state(self._np_random)
        return EnvState(generator, self._over, self._episode)

    def set_state(self, state: EnvState) -> None:
        """Return to a snapshot of an environment with the same constructor arguments."""
        self._np_random = None if state.generator is None else restore_generator(state.generator)
        self._over = state.over
        self._episode = state.episode

    def _solved_at(self, level: int) -> SolvedProcess:
        return solved_process(self.process, level, self.sticky)

    def _observe(self) -> Any:
        seen = self._observations_of_level[self.episode.task.level][self.episode.state]
        return seen if self.observation_kind == "index" else seen.copy()

    def _checked(self, action: Any) -> int:
        number, n_actions = np.asarray(action), len(self.action_names)
        if number.shape != () or number.dtype.kind not in "iu" or not 0 <= number < n_actions:
            raise ValueError(f"action must be an integer from 0 to {n_actions - 1}, got {action!r}")
        return int(number)


def check_process(process: str, sticky: float, observation: str) -> str:
    """The name of a process, where it is known and the other arguments are in range.

    Raises:
        ValueError: one is not; the message names it.
    """
    if process not in PROCESSES:
        raise unknown_name(f"process {process!r} is unknown", str(process).lower(), PROCESSES)
    if not 0.0 <= check_number("sticky", sticky) < 1.0:
        raise ValueError(f"sticky must be from 0 to below 1, got {sticky}")
    if observation not in OBSERVATION_KINDS:
        raise ValueError(f"observation must be one of {', '.join(OBSERVATION_KINDS)}, got {observation!r}")
    return process
