"""Learning without anybody who puts things back: a second task undoes the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, runtime_checkable

import gymnasium as gym

from ...envs.core.arguments import check_integer
from ..base import Wrapper

Direction = Literal["forward", "backward"]


@runtime_checkable
class GoesOn(Protocol):
    """An environment that can pose a task from where its body is now; its tasks have a `start` and a `goal`."""

    def onward_task(self, goal: tuple[float, ...]) -> Any:
        """The task of coming from the present place to a goal, with all else as it stands."""
        ...


class ForwardBackward(Wrapper):
    """Episodes in pairs: one goes to the goal, the next one back to where the first began, and so on to and fro.

    The body stays where an episode leaves it: the next one begins there, at rest; one without success is followed by
    another try in the same direction. Only where that leads nowhere does somebody have to put things back, with a new
    task of the environment: after `patience` episodes in a row without success, or when the body is stuck or an episode
    ended in failure. So does a reset with a seed or with options.
    (Forward and backward controllers as in SERL: Luo et al., SERL: A software suite for sample-efficient robotic
    reinforcement learning, 2024. There each direction has a policy of its own; here the goal tells them apart.)

    The info of every reset and step has `direction` (`forward` or `backward`) and `manual_resets`, how often somebody
    had to, the first time included; that of a reset has `intervention`, whether it was such a one.

    Args:
        env: an environment with `onward_task`, such as `robot/PointMaze-v0` and `robot/SafePoint-v0`.
        patience: how many episodes in a row may fail before somebody puts things back.

    Raises:
        ValueError: the environment cannot go on from where it is, or `patience` is no positive integer.
    """

    counters = ("direction", "manual_resets", "_goals", "_failures", "_has_arrived", "_needs_help")

    def __init__(self, env: gym.Env, *, patience: int = 2) -> None:
        if not isinstance(env.unwrapped, GoesOn):
            raise ValueError(f"env must have the method onward_task, {env.unwrapped} has none")
        super().__init__(env, patience=check_integer("patience", patience, 1))
        self.patience = patience
        self.direction: Direction = "forward"
        self.manual_resets = 0
        self._goals: dict[Direction, tuple[float, ...]] = {}
        self._failures = 0
        self._has_arrived = False
        self._needs_help = True

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin the next episode where the last one ended, unless somebody has to put things back."""
        is_manual = self._needs_help or seed is not None or bool(options)
        if is_manual:
            observation, info = self.env.reset(seed=seed, options=None if options is None else dict(options))
            task = info["task"]
            self._goals = {"forward": task.goal, "backward": task.start[: len(task.goal)]}
            self.direction, self._failures, self._needs_help = "forward", 0, False
            self.manual_resets += 1
        else:
            if self._has_arrived:
                self.direction = "backward" if self.direction == "forward" else "forward"
            onward: Any = self.env.unwrapped
            task = onward.onward_task(self._goals[self.direction])
            observation, info = self.env.reset(options={"task": task})
        self._has_arrived = False
        return observation, self._told(info) | {"intervention": is_manual}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and judge at an episode's end whether the next one can begin there."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if terminated or truncated:
            success = bool(info.get("success", False))
            self._has_arrived = success
            self._failures = 0 if success else self._failures + 1
            has_failed = terminated and not success
            self._needs_help = has_failed or bool(info.get("is_stuck", False)) or self._failures >= self.patience
        return observation, reward, terminated, truncated, self._told(info)

    def _told(self, info: dict[str, Any]) -> dict[str, Any]:
        return {**info, "direction": self.direction, "manual_resets": self.manual_resets}
