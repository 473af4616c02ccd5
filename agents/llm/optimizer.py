"""AdamW with full-precision weights behind a model in low precision."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import increment_version

from ..errors import TrainingDiverged


class MasterAdamW:
    """AdamW over float32 copies of the parameters.

    A bfloat16 weight has 8 bits of mantissa: most updates of reinforcement learning are smaller than its last bit and
    would be lost. So gradients are gathered and weights kept in float32, and the model gets a rounded copy after each
    step. Parameters in float32 are trained in place.

    Args:
        parameters: of the model.
        learning_rate: step size.
        weight_decay: decoupled weight decay.
        setting: what users know the learning rate by, for the message about a gradient that exploded.
    """

    def __init__(
        self,
        parameters: Sequence[nn.Parameter],
        *,
        learning_rate: float,
        weight_decay: float = 0.0,
        setting: str = "learning_rate",
    ) -> None:
        self._setting = setting
        self._parameters = list(parameters)
        self._masters = [
            parameter if parameter.dtype == torch.float32 else parameter.detach().float().requires_grad_()
            for parameter in self._parameters
        ]
        # the larger second beta of supervised training reacts too slowly to the changing scale of policy gradients
        self._adam = torch.optim.AdamW(
            self._masters, lr=learning_rate, betas=(0.9, 0.95), weight_decay=weight_decay, fused=True
        )

    def gather(self) -> None:
        """Add the model's gradients to the masters' and clear them; call it after every backward pass."""
        for parameter, master in zip(self._parameters, self._masters, strict=True):
            if master is parameter or parameter.grad is None:
                continue
            gradient = parameter.grad.float()
            master.grad = gradient if master.grad is None else master.grad.add_(gradient)
            parameter.grad = None

    def step(self, *, learning_rate: float, max_norm: float, refuse_norm: float = float("inf")) -> float:
        """Clip the gathered gradients, update the weights and clear the gradients.

        Args:
            learning_rate: of this step.
            max_norm: the Euclidean norm gradients are scaled down to.
            refuse_norm: the largest norm to go on from.

        Returns:
            The norm before clipping.

        Raises:
            TrainingDiverged: the norm is not finite or over `refuse_norm`; the weights stay as they were.
        """
        norm = float(nn.utils.clip_grad_norm_(self._masters, max_norm))
        if not (math.isfinite(norm) and norm <= refuse_norm):
            self.clear()
            raise TrainingDiverged(
                f"the norm of the gradient is {norm:.3g}, where divergence_grad_norm={refuse_norm:.3g} is the most: "
                f"the last good weights are kept; lower {self._setting}"
            )
        for group in self._adam.param_groups:
            group["lr"] = learning_rate
        self._adam.step()
        increment_version(self._masters)  # torch does not count what a fused step writes
        self._publish()
        self.clear()
        return norm

    def clear(self) -> None:
        """Drop the gathered gradients."""
        self._adam.zero_grad(set_to_none=True)

    def state_dict(self) -> dict[str, Any]:
        """Everything a resumed run needs, the full-precision weights included."""
        return {"masters": [master.detach() for master in self._masters], "adam": self._adam.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a state, and write its weights into the model."""
        with torch.no_grad():
            for master, saved in zip(self._masters, state["masters"], strict=True):
                master.copy_(saved)
        self._adam.load_state_dict(state["adam"])
        self._publish()

    @torch.no_grad()
    def _publish(self) -> None:
        for parameter, master in zip(self._parameters, self._masters, strict=True):
            if master is not parameter:
                parameter.copy_(master)
