"""Which tasks the next update trains on.

A new sampler is one class behind `@register_sampler`; the keyword-only parameters of its constructor are its settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from ...envs.core import generator_state, restore_generator
from .named import NamedFunctions
from .types import Group

FIRST_TRAINING_SEED = 1 << 31
"""Training seeds start here, so that every smaller seed is held out for evaluation."""


class Sampler(Protocol):
    """Draws tasks, and may learn from how they were played."""

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks."""
        ...

    def observe(self, groups: Sequence[Group]) -> None:
        """Take note of groups that were played."""
        ...

    def get_state(self) -> dict[str, Any]:
        """A picklable snapshot."""
        ...

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        ...


MakeSampler = Callable[[int], Sampler]
"""From a seed to a sampler."""

SAMPLERS: NamedFunctions[MakeSampler] = NamedFunctions("sampler")
register_sampler = SAMPLERS.register


@register_sampler("uniform")
class UniformSampler:
    """Draws every task anew: a fresh seed each time, and never one below `FIRST_TRAINING_SEED`.

    Args:
        seed: of its own generator.
    """

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks."""
        return self._rng.integers(FIRST_TRAINING_SEED, 1 << 62, size=count).tolist()

    def observe(self, groups: Sequence[Group]) -> None:
        """Nothing: every task is new."""

    def get_state(self) -> dict[str, Any]:
        """A snapshot of the generator."""
        return generator_state(self._rng)

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        self._rng = restore_generator(state)
