"""Layers of several networks at once: the weights of all members are stacked, and multiplied together."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class StackedLinear(nn.Module):
    """A linear layer of every member.

    Args:
        members: how many there are.
        inputs: numbers that go in.
        outputs: numbers that come out.
    """

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight_E_I_O = nn.Parameter(torch.empty(members, inputs, outputs))
        self.bias_E_1_O = nn.Parameter(torch.zeros(members, 1, outputs))
        for weight_I_O in self.weight_E_I_O.data:
            nn.init.xavier_uniform_(weight_I_O)

    def forward(self, input_M_B_I: Tensor, members: Tensor | None) -> Tensor:
        """What the members (None: all of them) make of their inputs."""
        weight_M_I_O, bias_M_1_O = self.weight_E_I_O, self.bias_E_1_O
        if members is not None:
            weight_M_I_O, bias_M_1_O = weight_M_I_O[members], bias_M_1_O[members]
        return torch.baddbmm(bias_M_1_O, input_M_B_I, weight_M_I_O)


class StackedLayerNorm(nn.Module):
    """A layer norm of every member.

    Args:
        members: how many there are.
        size: of the layer.
    """

    def __init__(self, members: int, size: int) -> None:
        super().__init__()
        self.weight_E_1_O = nn.Parameter(torch.ones(members, 1, size))
        self.bias_E_1_O = nn.Parameter(torch.zeros(members, 1, size))

    def forward(self, input_M_B_O: Tensor, members: Tensor | None) -> Tensor:
        """The inputs of the members (None: all of them), normalised, scaled and shifted."""
        weight_M_1_O, bias_M_1_O = self.weight_E_1_O, self.bias_E_1_O
        if members is not None:
            weight_M_1_O, bias_M_1_O = weight_M_1_O[members], bias_M_1_O[members]
        return torch.addcmul(bias_M_1_O, F.layer_norm(input_M_B_O, input_M_B_O.shape[-1:]), weight_M_1_O)
