"""Extreme Q-learning."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from ....envs.core.arguments import check_number
from .implicit import ImplicitAlgorithm
from .losses import gumbel_loss
from .networks import ValuePolicy

HUBER_DELTA = 20.0
"""Where the error of Q counts linearly, in the codes of XQL and f-DVL."""


class XQL(ImplicitAlgorithm):
    """Extreme Q-learning (Garg, Hejna, Geist and Ermon, 2023): V is the soft maximum β log E e^(Q / β).

    Args:
        policy: `MlpPolicy`.
        env: with vectors for observations and bounded continuous actions.
        beta: β; 1 for bodies that run, 0.6 to 0.8 for mazes in the authors' scripts.
        clip: the largest exponent; None clips nothing. 7 in the authors' code, 5 in most of their scripts.
        **more: what `ImplicitAlgorithm` takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        policy: str | type[ValuePolicy],
        env: Any,
        *,
        beta: float = 1.0,
        clip: float | None = 7.0,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, **more)
        if check_number("beta", beta) <= 0:
            raise ValueError(f"beta must be over 0, got {beta}")
        self.beta = beta
        self.clip = None if clip is None else check_number("clip", clip)

    def value_loss(self, difference_B_1: Tensor) -> Tensor:
        """Gumbel regression."""
        return gumbel_loss(difference_B_1, self.beta, self.clip)

    def critic_loss(self, value_B_1: Tensor, target_B_1: Tensor) -> Tensor:
        """Huber's."""
        return F.huber_loss(value_B_1, target_B_1, delta=HUBER_DELTA)
