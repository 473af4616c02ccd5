"""Which tasks the next update trains on."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...envs.core import generator_state, restore_generator

FIRST_TRAINING_SEED = 1 << 31
"""Training seeds start here, so that every smaller seed is held out for evaluation."""


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

    def get_state(self) -> dict[str, Any]:
        """A snapshot of the generator."""
        return generator_state(self._rng)

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        self._rng = restore_generator(state)
