"""A fixed set of tasks, and how often each was solved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....envs.core import generator_state, restore_generator
from ..types import Group
from .registry import FIRST_TRAINING_SEED

_FORGETTING = 0.5
"""How much the latest visit counts in the running pass rate: a policy that learns makes older visits misleading."""

_STREAM = 1  # of numbers apart from those that fresh tasks are drawn with


class PoolSampler(ABC):
    """Base of the samplers that play M tasks again and again, and choose among them by what is known of each.

    A subclass says what it draws (`draw`), from the arrays below and with `without_repetition`.

    Attributes:
        seeds_M: the tasks.
        attempts_M: episodes of each so far.
        pass_rate_M: the running share of episodes that solved it, 0 before the first.

    Args:
        seed: of its generator, which also chooses the tasks.
        size: how many tasks there are.

    Raises:
        ValueError: the size is below 1.
    """

    def __init__(self, seed: int, *, size: int) -> None:
        if size < 1:
            raise ValueError(f"pool must be 1 or more, got {size}")
        self.rng = np.random.default_rng([seed, _STREAM])
        self.seeds_M: NDArray[np.int64] = self.rng.integers(FIRST_TRAINING_SEED, 1 << 62, size=size)
        self.attempts_M = np.zeros(size, dtype=np.int64)
        self.pass_rate_M = np.zeros(size)
        self._find_tasks()

    def __len__(self) -> int:
        return len(self.seeds_M)

    @abstractmethod
    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks."""

    def _find_tasks(self) -> None:
        self._task_of = {seed: task for task, seed in enumerate(self.seeds_M.tolist())}

    def observe(self, groups: Sequence[Group]) -> None:
        """Take note of how often tasks of the pool were solved; groups of other tasks are passed over."""
        for group in groups:
            outcomes = [float(bool(episode.success)) for episode in group.episodes if episode.is_gradable]
            task = self._task_of.get(group.episodes[0].seed)
            if task is not None and outcomes:
                self.note(task, outcomes)

    def note(self, task: int, outcomes: Sequence[float]) -> None:
        """Take note of one visit: 1 for every episode that solved the task, 0 for every other."""
        pass_rate = float(np.mean(outcomes))
        if self.attempts_M[task]:
            pass_rate = _FORGETTING * pass_rate + (1 - _FORGETTING) * self.pass_rate_M[task]
        self.pass_rate_M[task] = pass_rate
        self.attempts_M[task] += len(outcomes)

    def without_repetition(self, count: int, weight_M: NDArray[np.float64]) -> list[int]:
        """Draw tasks with probability proportional to weights, none twice before every one with a weight came once.

        Args:
            count: how many.
            weight_M: of each task, 0 or more; where all are 0, all tasks are alike.

        Returns:
            Indices into the pool.
        """
        if not weight_M.any():
            weight_M = np.ones(len(self))
        chances_M = weight_M / weight_M.sum()
        possible = int(np.count_nonzero(chances_M))
        drawn: list[int] = []
        while len(drawn) < count:
            size = min(possible, count - len(drawn))
            drawn += self.rng.choice(len(self), size=size, replace=False, p=chances_M).tolist()
        return drawn

    def metrics(self) -> dict[str, float]:
        """Size, share of the tasks that were tried, and the mean running pass rate of those."""
        tried_M = self.attempts_M > 0
        metrics = {"sampler/pool": float(len(self)), "sampler/tried_fraction": float(tried_M.mean())}
        if tried_M.any():
            metrics["sampler/pass_rate"] = float(self.pass_rate_M[tried_M].mean())
        return metrics

    def get_state(self) -> dict[str, Any]:
        """A snapshot of the generator, the tasks, and what is known of them."""
        return {
            "generator": generator_state(self.rng),
            "seeds": self.seeds_M.tolist(),
            "attempts": self.attempts_M.tolist(),
            "pass_rates": self.pass_rate_M.tolist(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        self.rng = restore_generator(state["generator"])
        self.seeds_M = np.array(state["seeds"], dtype=np.int64)
        self.attempts_M = np.array(state["attempts"], dtype=np.int64)
        self.pass_rate_M = np.array(state["pass_rates"], dtype=np.float64)
        self._find_tasks()
