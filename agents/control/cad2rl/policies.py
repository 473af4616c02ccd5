"""A fully convolutional network over the directions of a picture, and the policy that flies by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.preprocessing import is_image_space
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor, nn

from ....envs.core.arguments import check_integer, check_number


def middles(grid: int) -> NDArray[np.float32]:
    """The middles of grid × grid cells of a picture, the upper left first: (C, 2), across and up, in [-1, 1]."""
    across_G = (2.0 * np.arange(grid) + 1.0) / grid - 1.0
    up_G_G, across_G_G = np.meshgrid(-across_G, across_G, indexing="ij")
    return np.stack([across_G_G.ravel(), up_G_G.ravel()], axis=1).astype(np.float32)


class DirectionNetwork(nn.Module):
    """From a picture to a logit for each of its cells; convolutions alone.

    Two convolutions with stride 2, averaged to one vector a cell; then convolutions that are spread ever wider, so that
    each cell hears of the whole picture.

    Args:
        channels: of a picture.
        grid: cells along each side.
        width: channels within.
    """

    def __init__(self, channels: int, grid: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width // 2, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(width // 2, width, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(grid),
        ]
        for spread in (1, 2, 4):
            layers += [nn.Conv2d(width, width, 3, padding=spread, dilation=spread), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(width, 1, 1), nn.Flatten())

    def forward(self, picture_N_P_H_W: Tensor) -> Tensor:
        """Logits, (N, C), the upper left cell first, of pictures from 0 to 1."""
        return self.layers(4.0 * picture_N_P_H_W - 2.0)


class DirectionPolicy(BasePolicy):
    """Flies towards the cell that is most likely free of collisions.

    Args:
        observation_space: of pictures.
        action_space: of two numbers in [-1, 1], a place in the picture.
        lr_schedule: of the optimiser.
        grid: cells along each side of a picture.
        width: channels within the network.
        exploration: where it is not deterministic, the share of actions that are any cell, drawn evenly.
        optimizer_class: of the optimiser.
        optimizer_kwargs: its other arguments.

    Raises:
        ValueError: an argument is out of range, or the spaces are others.
    """

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        lr_schedule: Schedule,
        grid: int = 9,
        width: int = 32,
        exploration: float = 0.1,
        optimizer_class: type[torch.optim.Optimizer] = torch.optim.Adam,
        optimizer_kwargs: dict[str, Any] | None = None,
    ) -> None:
        if not is_image_space(observation_space):
            raise ValueError(f"env must be observed by pictures alone (observation='pixels'), got {observation_space}")
        if not isinstance(action_space, spaces.Box) or action_space.shape != (2,):
            raise ValueError(f"env must take a place in the picture (control='direction'), got {action_space}")
        super().__init__(
            observation_space, action_space, optimizer_class=optimizer_class, optimizer_kwargs=optimizer_kwargs
        )
        if not 0.0 <= check_number("exploration", exploration) <= 1.0:
            raise ValueError(f"exploration must be from 0 to 1, got {exploration}")
        self.grid = check_integer("grid", grid, 2, 64)
        self.width = check_integer("width", width, 2)
        self.exploration = exploration
        self.network = self.make_network()
        self.register_buffer("middle_C_2", torch.as_tensor(middles(grid)), persistent=False)
        self.optimizer = optimizer_class(self.network.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)  # pyright: ignore[reportCallIssue]

    def make_network(self) -> DirectionNetwork:
        """One with the policy's sizes, freshly drawn."""
        shape = self.observation_space.shape
        assert shape is not None
        return DirectionNetwork(shape[0], self.grid, self.width)

    def logits(self, picture_N_P_H_W: NDArray[np.uint8]) -> Tensor:
        """The network's logits of pictures, channels first, (N, C)."""
        return self.network(self.to_floats(picture_N_P_H_W))

    def to_floats(self, picture_N_P_H_W: NDArray[np.uint8]) -> Tensor:
        """Pictures as a network takes them."""
        return torch.as_tensor(picture_N_P_H_W, device=self.device).float() / 255.0

    def _get_constructor_parameters(self) -> dict[str, Any]:
        return super()._get_constructor_parameters() | {
            "lr_schedule": lambda _: 0.0,
            "grid": self.grid,
            "width": self.width,
            "exploration": self.exploration,
            "optimizer_class": self.optimizer_class,
            "optimizer_kwargs": self.optimizer_kwargs,
        }

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> Tensor:
        assert isinstance(observation, Tensor)
        cell_N = self.network(observation.float() / 255.0).argmax(dim=1)
        if not deterministic:
            any_N = torch.randint(self.grid**2, cell_N.shape).to(cell_N.device)
            explores_N = (torch.rand(len(cell_N)) < self.exploration).to(cell_N.device)
            cell_N = torch.where(explores_N, any_N, cell_N)
        return self.middle_C_2[cell_N]  # pyright: ignore[reportIndexIssue]
