"""Samplers that choose tasks of a pool by how often they were solved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pool import PoolSampler
from .registry import register_sampler


@register_sampler("pass_rate_band")
class PassRateBand(PoolSampler):
    """Draws tasks that are neither hopeless nor mastered: low <= pass rate <= high.

    A share of every draw goes to the tasks that were tried least, unseen ones first, so that the band is filled and
    tasks return to it as the policy learns. Where the band holds too few tasks, those fill the rest too.

    Args:
        seed: of its generator, which also chooses the tasks.
        pool: how many tasks there are.
        low: the lowest running pass rate of the band.
        high: the highest.
        explore: the share of a draw, rounded up, that goes to the tasks tried least.

    Raises:
        ValueError: a setting is out of range.
    """

    def __init__(
        self, seed: int, *, pool: int = 512, low: float = 0.2, high: float = 0.8, explore: float = 0.25
    ) -> None:
        super().__init__(seed, size=pool)
        if not 0 <= low <= high <= 1:
            raise ValueError(f"low and high must fulfil 0 <= low <= high <= 1, got {low} and {high}")
        if not 0 < explore <= 1:
            raise ValueError(f"explore must lie in (0, 1], got {explore}: without it no task would enter the band")
        self._low, self._high, self._explore = low, high, explore

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks."""
        in_band_M = self._in_band()
        from_band = min(count - int(np.ceil(self._explore * count)), int(in_band_M.sum()))
        chosen = self.without_repetition(from_band, in_band_M.astype(float)) if from_band else []
        others = np.ones(len(self), dtype=bool)
        others[chosen] = False
        # least tried first; a random order decides between equals
        order = self.rng.permutation(np.flatnonzero(others))
        order = order[np.argsort(self.attempts_M[order], kind="stable")][: count - from_band]
        chosen += order.tolist()
        # a pool smaller than the draw has given everything: the rest are repetitions
        chosen += self.without_repetition(count - len(chosen), np.ones(len(self)))
        return self.seeds_M[chosen].tolist()

    def metrics(self) -> dict[str, float]:
        """Those of the pool, and the share of its tasks in the band."""
        return super().metrics() | {"sampler/in_band_fraction": float(self._in_band().mean())}

    def _in_band(self) -> NDArray[np.bool_]:
        return (self.attempts_M > 0) & (self.pass_rate_M >= self._low) & (self.pass_rate_M <= self._high)


@register_sampler("prioritized")
class Prioritized(PoolSampler):
    """Draws tasks with probability proportional to 1 - s, s the running pass rate (Kimi k1.5, 2025, section 2.3.5).

    An unseen task has s = 0. The floor keeps a mastered task in play, so that one that was forgotten is noticed.

    Args:
        seed: of its generator, which also chooses the tasks.
        pool: how many tasks there are.
        warm_up: draws that are uniform, before pass rates mean much.
        floor: the smallest weight.

    Raises:
        ValueError: a setting is out of range.
    """

    def __init__(self, seed: int, *, pool: int = 512, warm_up: int = 0, floor: float = 0.05) -> None:
        super().__init__(seed, size=pool)
        if warm_up < 0:
            raise ValueError(f"warm_up must be 0 or more, got {warm_up}")
        if not 0 < floor <= 1:
            raise ValueError(f"floor must lie in (0, 1], got {floor}")
        self._warm_up, self._floor, self._draws = warm_up, floor, 0

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks."""
        weight_M = np.maximum(1 - self.pass_rate_M, self._floor)
        if self._draws < self._warm_up:
            weight_M = np.ones(len(self))
        self._draws += 1
        return self.seeds_M[self.without_repetition(count, weight_M)].tolist()

    def get_state(self) -> dict[str, Any]:
        """That of the pool, and the number of draws."""
        return super().get_state() | {"draws": self._draws}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        super().set_state(state)
        self._draws = state["draws"]


@register_sampler("retire_solved")
class RetireSolved(PoolSampler):
    """Draws evenly among the tasks that are not yet solved nearly always; those are never drawn again.

    ScaleRL (Khatri et al. 2025) retires prompts with a pass rate of 0.9 or more. When no task is left, all come back.

    Args:
        seed: of its generator, which also chooses the tasks.
        pool: how many tasks there are.
        threshold: the running pass rate from which on a task is retired.
        min_attempts: episodes of a task before it can be.

    Raises:
        ValueError: a setting is out of range.
    """

    def __init__(self, seed: int, *, pool: int = 512, threshold: float = 0.9, min_attempts: int = 8) -> None:
        super().__init__(seed, size=pool)
        if not 0 < threshold <= 1:
            raise ValueError(f"threshold must lie in (0, 1], got {threshold}")
        if min_attempts < 1:
            raise ValueError(f"min_attempts must be 1 or more, got {min_attempts}")
        self._threshold, self._min_attempts = threshold, min_attempts
        self._retired_M = np.zeros(pool, dtype=bool)

    def note(self, task: int, outcomes: Sequence[float]) -> None:
        """Take note of one visit, and retire the task if that was enough."""
        super().note(task, outcomes)
        if self.attempts_M[task] >= self._min_attempts and self.pass_rate_M[task] >= self._threshold:
            self._retired_M[task] = True
            if self._retired_M.all():
                self._retired_M[:] = False

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks."""
        return self.seeds_M[self.without_repetition(count, (~self._retired_M).astype(float))].tolist()

    def metrics(self) -> dict[str, float]:
        """Those of the pool, and how many tasks are retired."""
        return super().metrics() | {"sampler/retired": float(self._retired_M.sum())}

    def get_state(self) -> dict[str, Any]:
        """That of the pool, and which tasks are retired."""
        return super().get_state() | {"retired": self._retired_M.tolist()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        super().set_state(state)
        self._retired_M = np.array(state["retired"], dtype=bool)
