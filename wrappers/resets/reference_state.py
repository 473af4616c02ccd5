"""Episodes that begin anywhere along a motion to be imitated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import gymnasium as gym
import numpy as np

from ...envs.core.task import check_level
from ..base import Wrapper


@runtime_checkable
class HasReferenceStates(Protocol):
    """An environment that can begin an episode anywhere along a reference.

    Attributes:
        levels: one difficulty config a level.
        level: that of its tasks, unless a reset says otherwise.
    """

    levels: Sequence[Any]
    level: int

    def sample_reference_state(self, rng: np.random.Generator, level: int) -> Any:
        """A task of a level that begins at a state drawn from along the reference; pure."""
        ...


class ReferenceStateInit(Wrapper):
    """Begins every episode at a state drawn from along the reference, instead of at its first.

    A learner then meets the states that are hard to come to, high in the air say, from the first episode on, and learns
    what they are worth before it can reach them (reference-state initialisation; DeepMimic, Peng and others, 2018,
    section 6.1).

    A reset whose options name a task is passed on as it is. `info["task"]` of the others gives the episode back.

    Args:
        env: an environment with `sample_reference_state`, such as `robot/Mimic-v0`.

    Raises:
        ValueError: the environment has no reference states.
    """

    counters = ("_rng",)

    def __init__(self, env: gym.Env) -> None:
        if not isinstance(env.unwrapped, HasReferenceStates):
            raise ValueError(f"env must have the method sample_reference_state, {env.unwrapped} has none")
        super().__init__(env)
        self._rng: np.random.Generator | None = None

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode at a reference state, unless the options name a task.

        Args:
            seed: reseeds the draws, where given.
            options: those of the environment; `level` chooses the difficulty that is drawn at.
        """
        if seed is not None or self._rng is None:
            self._rng = np.random.default_rng(seed)
        options = dict(options or {})
        if options.get("task") is None:
            reference: Any = self.unwrapped
            level = options.pop("level", reference.level)
            check_level(level, len(reference.levels), name="options['level']")
            options["task"] = reference.sample_reference_state(self._rng, level)
        return self.env.reset(seed=seed, options=options)
