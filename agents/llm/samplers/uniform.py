"""A fresh task every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....envs.core import generator_state, restore_generator
from ..types import Group
from .registry import FIRST_TRAINING_SEED, register_sampler


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

    def metrics(self) -> dict[str, float]:
        """None: it remembers nothing."""
        return {}

    def get_state(self) -> dict[str, Any]:
        """A snapshot of the generator."""
        return generator_state(self._rng)

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        self._rng = restore_generator(state)
