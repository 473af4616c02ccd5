"""Samplers that repeat a few tasks to fill every update (Wang et al. 2025, "RL for reasoning with one example")."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np

from ..types import Group
from .pool import PoolSampler
from .registry import FIRST_TRAINING_SEED, register_sampler


@register_sampler("single_task")
class SingleTask:
    """Draws one task, whatever the count; every draw is a group of its own.

    Args:
        seed: not used.
        task: the seed of the task.

    Raises:
        ValueError: that seed is held out for evaluation.
    """

    def __init__(self, seed: int, *, task: int = FIRST_TRAINING_SEED) -> None:
        if task < FIRST_TRAINING_SEED:
            raise ValueError(
                f"task must be {FIRST_TRAINING_SEED} or more: smaller seeds are for evaluation; got {task}"
            )
        self._task = task

    def draw(self, count: int) -> list[int]:
        """The seed of the task, `count` times."""
        return [self._task] * count

    def observe(self, groups: Sequence[Group]) -> None:
        """Nothing: there is no choice."""

    def metrics(self) -> dict[str, float]:
        """None."""
        return {}

    def get_state(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Nothing."""


@register_sampler("variance_ranked")
class VarianceRanked(PoolSampler):
    """Draws evenly from a pool in a pilot phase, then repeats the tasks whose accuracy varied most during it.

    The variance is over the accuracies of a task's visits, after a selection by historical variance as Wang et al.
    (2025) make it. Their pilot is a run of its own: a schedule that returns to the start policy once it is over
    (`reset: [policy]`) makes it one here.

    Args:
        seed: of its generator, which also chooses the tasks.
        pool: how many tasks the pilot has.
        pilot: draws that belong to the pilot.
        keep: how many tasks are repeated after it.

    Raises:
        ValueError: a setting is out of range.
    """

    def __init__(self, seed: int, *, pool: int = 32, pilot: int = 20, keep: int = 1) -> None:
        super().__init__(seed, size=pool)
        if pilot < 1:
            raise ValueError(f"pilot must be 1 or more, got {pilot}")
        if not 1 <= keep <= pool:
            raise ValueError(f"keep must be 1 to pool = {pool}, got {keep}")
        self._pilot, self._keep, self._draws = pilot, keep, 0
        self._accuracies: list[list[float]] = [[] for _ in range(pool)]

    def note(self, task: int, outcomes: Sequence[float]) -> None:
        """Take note of one visit; those of the pilot are kept one by one."""
        super().note(task, outcomes)
        if self._draws <= self._pilot:
            self._accuracies[task].append(float(np.mean(outcomes)))

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks: of the pilot, then of those it chose."""
        self._draws += 1
        if self._draws <= self._pilot:
            return self.seeds_M[self.without_repetition(count, np.ones(len(self)))].tolist()
        return list(islice(cycle(self.seeds_M[self.ranked()[: self._keep]].tolist()), count))

    def ranked(self) -> list[int]:
        """Indices of the tasks, the largest variance of accuracy first."""
        variances = [float(np.var(accuracies)) if accuracies else 0.0 for accuracies in self._accuracies]
        return sorted(range(len(self)), key=lambda task: -variances[task])

    def metrics(self) -> dict[str, float]:
        """Those of the pool, and whether the pilot is over."""
        return super().metrics() | {"sampler/pilot_over": float(self._draws > self._pilot)}

    def get_state(self) -> dict[str, Any]:
        """That of the pool, the number of draws, and the accuracies of the pilot."""
        return super().get_state() | {
            "draws": self._draws,
            "accuracies": [list(accuracies) for accuracies in self._accuracies],
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        super().set_state(state)
        self._draws = state["draws"]
        self._accuracies = [list(accuracies) for accuracies in state["accuracies"]]
