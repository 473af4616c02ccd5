"""Implicit Q-learning."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from ....envs.core.arguments import check_number
from .implicit import ImplicitAlgorithm
from .losses import expectile_loss
from .networks import ValuePolicy


class IQL(ImplicitAlgorithm):
    """Implicit Q-learning (Kostrikov, Nair and Levine, 2022): V is an expectile of Q over the data's actions.

    Args:
        policy: `MlpPolicy`.
        env: with vectors for observations and bounded continuous actions.
        expectile: τ; 0.7 for bodies that run, 0.9 for mazes in the authors' code.
        **more: what `ImplicitAlgorithm` takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(self, policy: str | type[ValuePolicy], env: Any, *, expectile: float = 0.7, **more: Any) -> None:
        super().__init__(policy, env, **more)
        if not 0.0 < check_number("expectile", expectile) < 1.0:
            raise ValueError(f"expectile must lie between 0 and 1, got {expectile}")
        self.expectile = expectile

    def value_loss(self, difference_B_1: Tensor) -> Tensor:
        """The expectile's."""
        return expectile_loss(difference_B_1, self.expectile)
