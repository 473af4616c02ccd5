"""Episodes that end where nothing good can come any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
from gymnasium.error import ResetNeeded

from ..base import Wrapper


class EarlyTermination(Wrapper):
    """Ends an episode, without success, as soon as the environment tells of a misfortune.

    A body that lies on the floor goes on earning small rewards in states that are of no use, and they fill the batches
    that are learned from (DeepMimic, Peng and others, 2018, section 6.2).

    Args:
        env: the environment, which tells the flag in the info of every step or in the `evaluation` there.
        flag: what it calls the misfortune.

    Raises:
        ValueError: the flag is no name.
    """

    counters = ("_over",)

    def __init__(self, env: gym.Env, *, flag: str = "fallen") -> None:
        if not isinstance(flag, str) or not flag:
            raise ValueError(f"flag must be a name in the info, got {flag!r}")
        super().__init__(env, flag=flag)
        self.flag = flag
        self._over = False

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        self._over = False
        return self.env.reset(seed=seed, options=None if options is None else dict(options))

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and end the episode where the flag is up.

        Raises:
            ResetNeeded: the episode is over.
            ValueError: the environment does not tell the flag.
        """
        if self._over:
            raise ResetNeeded("step() needs an episode that goes on: call reset() first")
        observation, reward, terminated, truncated, info = self.env.step(action)
        if not terminated and self._is_up(info):
            self._over = terminated = True
            truncated = False
            info = {**info, "success": False}
        return observation, reward, terminated, truncated, info

    def oracle(self) -> Any:
        """The expert's next action, or None where the episode is over."""
        return None if self._over else super().oracle()

    def _is_up(self, info: Mapping[str, Any]) -> bool:
        for place in (info, info.get("evaluation") or {}):
            if self.flag in place:
                return bool(place[self.flag])
        told = ", ".join(sorted({*info, *(info.get("evaluation") or {})}))
        raise ValueError(f"flag must be told in the info of every step; {self.flag!r} is not among {told}")
