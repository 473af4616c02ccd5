"""Environments whose observations and actions are text."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded

from .spaces import PRINTABLE, Text
from .state import EnvState, generator_state, restore_generator
from .task import ResetOptions, Task, check_level
from .verdict import Verdict

TaskT = TypeVar("TaskT", bound=Task)
EpisodeT = TypeVar("EpisodeT")

Step = tuple[str, float, bool, bool, dict[str, Any]]
"""What `step` returns: observation, reward, terminated, truncated, info."""

MAX_ACTION_LENGTH = 1 << 21
"""The longest action inside the action space, in characters; a longer one is still legal and gets a message."""


class TextEnv(gym.Env[str, str], Generic[TaskT, EpisodeT]):
    """Base of every text environment: options, levels, snapshots, the transcript and the order of calls.

    A subclass says what a task is (`sample`), what changes during an episode (`start`: one dataclass that holds all
    of it, so that a snapshot is complete), what an action does (`respond`) and what an expert would do (`expert`).

    Class attributes:
        levels: one typed difficulty config per level.
        task_type: the class of its tasks.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        render_mode: `ansi` to have `render()` return the transcript so far; None to keep none.
        max_observation_length: the longest observation, in characters.
        charset: the characters a random action is made of.
        sample_length: the longest random action, in characters.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 1}  # noqa: RUF012  (declared so by Gymnasium)
    levels: ClassVar[Sequence[Any]]
    task_type: ClassVar[type[Task]] = Task

    def __init__(
        self,
        *,
        level: int = 0,
        render_mode: str | None = None,
        max_observation_length: int = 4096,
        charset: str = PRINTABLE,
        sample_length: int = 32,
    ) -> None:
        if render_mode not in (None, "ansi"):
            raise ValueError(f"render_mode must be 'ansi' or None, got {render_mode!r}")
        self.level = check_level(level, len(self.levels))
        self.render_mode = render_mode
        self.max_observation_length = max_observation_length
        self.observation_space = Text(max_observation_length)
        self.action_space = Text(MAX_ACTION_LENGTH, charset=charset, sample_length=sample_length)
        self._over = True
        self._episode: EpisodeT | None = None
        self._transcript: list[str] = []

    # What a subclass defines.

    @abstractmethod
    def sample(self, rng: np.random.Generator, level: int) -> TaskT:
        """Draw a task of a level; pure: the same generator state and level give the same task."""

    @abstractmethod
    def start(self, task: TaskT) -> EpisodeT:
        """The state of an episode of `task` at its beginning."""

    @abstractmethod
    def respond(self, episode: EpisodeT, action: str) -> Step:
        """Carry out an action: change `episode`, return what `step` returns. Never raises, whatever the action."""

    @abstractmethod
    def expert(self, episode: EpisodeT) -> str | None:
        """An expert's next action in an episode that goes on, or None where no one knows one."""

    # What Gymnasium calls.

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: reseeds the generator, where given.
            options: `{"level": k}` draws the task at that level, `{"task": t}` poses this very problem.

        Returns:
            The task's prompt, and an info whose `task` reproduces the episode.

        Raises:
            ValueError: an option is unknown or out of range.
        """
        super().reset(seed=seed)
        task: TaskT | None = None
        level = self.level
        if options:
            parsed = ResetOptions.parse(options, default_level=level, levels=len(self.levels), task_type=self.task_type)
            level, task = parsed.level, parsed.task
            if task is not None and not self.observation_space.contains(task.prompt):
                raise ValueError(
                    f"options['task'] must have a prompt of at most {self.max_observation_length} characters of text"
                )
        if task is None:
            task = self.sample(self.np_random, level)
        self._episode = self.start(task)
        self._over = False
        if self.render_mode is not None:
            self._transcript = [task.prompt]
        return task.prompt, {"task": task}

    def step(self, action: str) -> Step:
        """Carry out an action.

        Args:
            action: any string; nonsense costs a turn and is answered with what was expected.

        Returns:
            Observation, reward, terminated, truncated and info; the last info holds `success` and, where an answer
            was graded, `verdict`.

        Raises:
            ResetNeeded: there is no episode that goes on.
            TypeError: the action is not a string.
        """
        if self._over:
            raise ResetNeeded("step() needs an episode that goes on: call reset() first")
        if not isinstance(action, str):
            raise TypeError(f"action must be a str, got {type(action).__name__}")
        result = self.respond(self._episode, action)  # pyright: ignore[reportArgumentType]  (not over: it has begun)
        self._over = result[2] or result[3]
        if self.render_mode is not None:
            self._transcript += (f"> {action}", result[0])
        return result

    def render(self) -> str | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The transcript so far, actions behind `> `; None without a render mode."""
        return "\n".join(self._transcript) if self.render_mode == "ansi" else None

    def oracle(self) -> str | None:
        """An expert's next action, or None where no one knows one or the episode is over."""
        return None if self._over else self.expert(self._episode)  # pyright: ignore[reportArgumentType]

    def get_state(self) -> EnvState:
        """A snapshot of the generator and the episode."""
        generator = None if self._np_random is None else generator_state(self._np_random)
        return EnvState(generator, self._over, deepcopy((self._episode, self._transcript)))

    def set_state(self, state: EnvState) -> None:
        """Return to a snapshot of an environment with the same constructor arguments."""
        self._np_random = None if state.generator is None else restore_generator(state.generator)
        self._over = state.over
        self._episode, self._transcript = deepcopy(state.episode)


@dataclass(slots=True)
class SingleTurnEpisode(Generic[TaskT]):
    """The episode of a task that one answer ends."""

    task: TaskT


class SingleTurnEnv(TextEnv[TaskT, SingleTurnEpisode[TaskT]]):
    """A task that is answered once and graded.

    A subclass defines `sample(rng, level) -> Task`, `grade(task, response) -> Verdict` and
    `solution(task) -> str`, all pure; generator and verifier stand in the same file. The reward is the verdict's
    score, so it lies in [0, 1].
    """

    @abstractmethod
    def grade(self, task: TaskT, response: str) -> Verdict:
        """Grade a response; pure. What a policy wrote is data; an exception here becomes a `grader_error` verdict."""

    @abstractmethod
    def solution(self, task: TaskT) -> str | None:
        """A response that `grade` finds correct, or None where no one knows one."""

    def start(self, task: TaskT) -> SingleTurnEpisode[TaskT]:
        """An episode that waits for its one answer."""
        return SingleTurnEpisode(task)

    def respond(self, episode: SingleTurnEpisode[TaskT], action: str) -> Step:
        """Grade the answer and end the episode."""
        try:
            verdict = self.grade(episode.task, action)
        except Exception as error:  # a grader that breaks must not be mistaken for a wrong answer, nor stop a run
            verdict = Verdict.grader_error(f"{type(error).__name__}: {str(error)[:200]}")
        observation = f"{verdict.status}: {verdict.detail}" if verdict.detail else str(verdict.status)
        return observation, verdict.score, True, False, {"success": verdict.is_correct, "verdict": verdict}

    def expert(self, episode: SingleTurnEpisode[TaskT]) -> str | None:
        """The solution of the task."""
        return self.solution(episode.task)
