"""f-DVL: dual value learning with an f-divergence."""

from __future__ import annotations

from typing import Any, Literal, get_args

from torch import Tensor
from torch.nn import functional as F

from ....envs.core.arguments import check_number
from .implicit import ImplicitAlgorithm
from .losses import chi_square_loss, total_variation_loss
from .networks import ValuePolicy
from .xql import HUBER_DELTA

Divergence = Literal["chi_square", "total_variation"]
_LOSSES = {"chi_square": chi_square_loss, "total_variation": total_variation_loss}


class FDVL(ImplicitAlgorithm):
    """Dual value learning (Sikchi, Zheng, Zhang and Niekum, Dual RL, 2024); with the reverse KL it would be XQL.

    Args:
        policy: `MlpPolicy`.
        env: with vectors for observations and bounded continuous actions.
        divergence: `chi_square` or `total_variation`.
        weight: λ of (1 - λ) E[V] + λ E[f*(Q - V)]; the higher, the nearer V comes to the largest Q. The authors' script
            for mazes has 0.8 with the total variation. At 1, which is their code's default, nothing holds V down.
        **more: what `ImplicitAlgorithm` takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        policy: str | type[ValuePolicy],
        env: Any,
        *,
        divergence: Divergence = "chi_square",
        weight: float = 0.8,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, **more)
        if divergence not in _LOSSES:
            raise ValueError(f"divergence must be one of {', '.join(get_args(Divergence))}, got {divergence!r}")
        if not 0.0 < check_number("weight", weight) <= 1.0:
            raise ValueError(f"weight must be over 0, and 1 at most, got {weight}")
        self.divergence, self.weight = divergence, weight

    def value_loss(self, difference_B_1: Tensor) -> Tensor:
        """The divergence's."""
        return _LOSSES[self.divergence](difference_B_1, self.weight)

    def critic_loss(self, value_B_1: Tensor, target_B_1: Tensor) -> Tensor:
        """Huber's."""
        return F.huber_loss(value_B_1, target_B_1, delta=HUBER_DELTA)
