"""Several text environments as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from ..core import Task, TextEnv, find_entry
from ..core.arguments import check_number, read_fields
from ..core.task import check_level
from ..core.text_env import Step


@dataclass(frozen=True, slots=True)
class MixtureLevel:
    """One difficulty.

    Attributes:
        level: the level of every part, or its highest where it has fewer.
    """

    level: int


@dataclass(frozen=True, slots=True)
class MixturePart:
    """One of the environments.

    Attributes:
        id: its id.
        kwargs: its constructor arguments; a `level` among them is its level whatever that of the mixture.
        weight: how often it is drawn, relative to the others.
    """

    id: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureTask(Task):
    """A task of one of the parts; its prompt and answer are that task's.

    Attributes:
        part: the index of the part.
        task: the part's own task.
    """

    part: int  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    task: Any


@dataclass(slots=True)
class MixtureEpisode:
    """An episode of one of the parts."""

    part: int
    episode: Any


class MixtureEnv(TextEnv[MixtureTask, MixtureEpisode]):
    """Several text environments as one: every episode is one of a part that is drawn by weight.

    ## Task
    That of the part. Which part it is can only be seen from its prompt.

    ## Observation
    Text, as the part writes it.

    ## Action
    Text, as the part reads it.

    ## Reward
    The part's. A mixture is fair where the returns of its parts have the same range, as 0 to 1 for those below.

    ## Episode end
    As in the part.

    ## Levels
    | level | each part is at its level |
    |-------|---------------------------|
    | 0     | 0                         |
    | 1     | 1                         |
    | 2     | 2                         |
    | 3     | 3                         |

    A part with fewer levels stays at its highest, and one whose `kwargs` name a level stays at that.

    ## Arguments
    - `level`: the difficulty.
    - `parts`: what it is made of, each `{id: …, kwargs: {…}, weight: …}`, the latter two optional; arithmetic, numbers
      to guess and countdown alike where nothing is said.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Training on several verifiable tasks at once: Liu et al., ProRL, 2025.

    Raises:
        ValueError: an argument is out of range, or a part is no text environment; the message names it.
    """

    levels: ClassVar[Sequence[MixtureLevel]] = tuple(MixtureLevel(level) for level in range(4))
    task_type = MixtureTask

    def __init__(
        self, *, level: int = 0, parts: Sequence[Mapping[str, Any]] | None = None, render_mode: str | None = None
    ) -> None:
        level = check_level(level, len(self.levels))
        if parts is None:
            parts = [{"id": id} for id in ("math/Arithmetic-v0", "text/GuessNumber-v0", "math/Countdown-v0")]
        if isinstance(parts, str | Mapping) or not isinstance(parts, Sequence) or not parts:
            raise ValueError(f"parts must be a list of one or more mappings with id, kwargs and weight, got {parts!r}")
        read = [read_fields(MixturePart, part, name=f"parts[{index}]") for index, part in enumerate(parts)]
        self._envs = [_make(part, f"parts[{index}]") for index, part in enumerate(read)]
        self._fixed_levels = [part.kwargs.get("level") for part in read]
        self._bounds = list(accumulate(part.weight for part in read))
        spaces: list[Any] = [env.action_space for env in self._envs]
        super().__init__(
            level=level,
            render_mode=render_mode,
            max_observation_length=max(env.max_observation_length for env in self._envs),
            charset="".join(sorted(set().union(*(space.characters for space in spaces)))),
            sample_length=max(space.sample_length for space in spaces),
        )

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Begin an episode, as in every text environment.

        Raises:
            ValueError: an option is unknown or out of range.
        """
        if options and options.get("task") is not None:
            options = {**options, "task": self._read_task(options["task"])}
        return super().reset(seed=seed, options=options)

    def sample(self, rng: np.random.Generator, level: int) -> MixtureTask:
        """Draw a part, and a task of it."""
        at = rng.random() * self._bounds[-1]
        part = next(index for index, bound in enumerate(self._bounds) if at < bound)
        env, fixed_level = self._envs[part], self._fixed_levels[part]
        of_part = min(self.levels[level].level, len(env.levels) - 1) if fixed_level is None else fixed_level
        task = env.sample(rng, of_part)
        return MixtureTask(prompt=task.prompt, answer=task.answer, level=level, part=part, task=task)

    def start(self, task: MixtureTask) -> MixtureEpisode:
        """An episode of the part."""
        return MixtureEpisode(task.part, self._envs[task.part].start(task.task))

    def respond(self, episode: MixtureEpisode, action: str) -> Step:
        """Do what the part does."""
        return self._envs[episode.part].respond(episode.episode, action)

    def expert(self, episode: MixtureEpisode) -> str | None:
        """What the part's expert would do."""
        return self._envs[episode.part].expert(episode.episode)

    def _read_task(self, value: Any) -> MixtureTask:
        task = MixtureTask.parse(value)
        check_level(task.part, len(self._envs), name="options['task'].part")
        inner = self._envs[task.part].task_type.parse(task.task)
        return replace(task, prompt=inner.prompt, answer=inner.answer, task=inner)


def _make(part: MixturePart, name: str) -> TextEnv[Any, Any]:
    """The environment of a part.

    Raises:
        ValueError: it is none of text, or an argument does not fit; the message names the part.
    """
    if not check_number(f"{name}.weight", part.weight) > 0:
        raise ValueError(f"{name}.weight must be over 0, got {part.weight}")
    if not isinstance(part.kwargs, Mapping):
        raise ValueError(f"{name}.kwargs must be a mapping, got {part.kwargs!r}")
    try:
        find_entry(part.id)
        env = gym.make(part.id, disable_env_checker=True, **part.kwargs).unwrapped
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error
    if not isinstance(env, TextEnv):
        raise ValueError(f"{name}.id must be a text environment, got {part.id!r}")
    return env
