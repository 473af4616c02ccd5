"""A curriculum over the levels of an environment."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import gymnasium as gym

from ...envs.core import Status, Verdict
from ...envs.core.arguments import check_integer, check_number
from ..base import Wrapper


class LevelCurriculum(Wrapper):
    """Raises the level once a share of the latest episodes succeeded.

    Episodes are drawn at `level`, beginning with `first`. After `window` episodes at a level, as soon as at least
    `threshold` of the latest `window` succeeded, the level rises by one and counting begins anew; it never falls. A
    reset whose options name a level or a task is passed on as it is, and its episode is not counted. Nor is an episode
    whose grader broke: nothing is known of its answer.

    `info["level"]` of every reset says which level the curriculum has come to.

    Args:
        env: an environment with levels, which tells `success` in its last info.
        window: how many episodes the share is taken over.
        threshold: the share of successes that raises the level, in (0, 1].
        first: the level to begin with.
        last: the highest level, or None for the environment's highest.

    Raises:
        ValueError: an argument is out of range, or the environment has no levels; the message names it.
    """

    counters = ("level", "_successes", "_counts")

    def __init__(
        self, env: gym.Env, *, window: int = 50, threshold: float = 0.8, first: int = 0, last: int | None = None
    ) -> None:
        levels = getattr(env.unwrapped, "levels", None)
        if not levels:
            raise ValueError(f"env must have levels, {env.unwrapped} has none")
        check_integer("window", window, 1)
        if not 0 < check_number("threshold", threshold) <= 1:
            raise ValueError(f"threshold must lie in (0, 1], got {threshold!r}")
        highest = len(levels) - 1
        check_integer("first", first, 0, highest)
        if last is not None:
            highest = check_integer("last", last, first, highest)
        super().__init__(env, window=window, threshold=threshold, first=first, last=last)
        self.window = window
        self.threshold = threshold
        self.last = highest
        self.level = first
        self._successes: deque[bool] = deque(maxlen=window)
        self._counts = False

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode at the curriculum's level, unless the options name a level or a task."""
        options = dict(options or {})
        self._counts = "level" not in options and options.get("task") is None
        if self._counts:
            options["level"] = self.level
        observation, info = self.env.reset(seed=seed, options=options)
        return observation, {**info, "level": self.level}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and count the episode where it ends."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if (terminated or truncated) and self._counts:
            self._counts = False
            verdict = info.get("verdict")
            if not (isinstance(verdict, Verdict) and verdict.status is Status.GRADER_ERROR):
                self._count(bool(info.get("success", False)))
        return observation, reward, terminated, truncated, info

    def _count(self, success: bool) -> None:
        self._successes.append(success)
        enough = len(self._successes) == self.window and sum(self._successes) >= self.threshold * self.window
        if enough and self.level < self.last:
            self.level += 1
            self._successes.clear()
