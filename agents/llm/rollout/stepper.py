"""Steps environments one after another, or at the same time where they keep one waiting."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import gymnasium as gym

Step = tuple[str, float, bool, bool, dict[str, Any]]
"""What `Env.step` returns."""

SLOW_SECONDS = 1e-3
"""From this mean time of a step on, threads cost less than they save."""

_THREADS = 32  # slow steps mostly wait: for a sandbox, a tool, a server


class Stepper:
    """Steps many environments; what comes out does not depend on how.

    Steps are taken one by one and timed, until they are found slow (a grader in a process of its own, a tool that asks
    a server): the rest is taken in threads. The very first step does not count, since it may load something.
    """

    _ENOUGH = 4  # steps to judge by

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._first_is_over = False
        self._steps, self._seconds = 0, 0.0  # those that count

    @property
    def is_slow(self) -> bool:
        """Whether a step takes over `SLOW_SECONDS` on average, as far as is known."""
        return self._steps >= self._ENOUGH and self._seconds > SLOW_SECONDS * self._steps

    def step(self, envs: Sequence[gym.Env[str, str]], actions: Sequence[str]) -> list[Step]:
        """One step in each environment, in their order.

        Args:
            envs: no two of them the same.
            actions: one each.
        """
        steps: list[Step] = []
        while len(steps) < len(envs) and not self.is_slow:
            began = time.perf_counter()
            steps.append(_step(envs[len(steps)], actions[len(steps)]))
            if self._first_is_over:
                self._seconds += time.perf_counter() - began
                self._steps += 1
            self._first_is_over = True
        if len(steps) < len(envs):
            self._pool = self._pool or ThreadPoolExecutor(_THREADS)
            steps += self._pool.map(_step, envs[len(steps) :], actions[len(steps) :])
        return steps

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown()


def _step(env: gym.Env[str, str], action: str) -> Step:
    observation, reward, terminated, truncated, info = env.step(action)
    return observation, float(reward), terminated, truncated, info
