"""Encoders of pictures, small enough to be trained by the critics alone."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import ClassVar

import torch
from gymnasium import spaces
from stable_baselines3.common.preprocessing import is_image_space
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

CHANNELS = (32, 32, 32, 32)
STRIDES = (2, 1, 1, 1)
LATENT_DIM = 50


class PictureEncoder(BaseFeaturesExtractor):
    """Convolutions of 3 by 3, then a linear layer, a layer norm and tanh (Yarats et al., 2021; RLPD's pixel agent).

    Args:
        observation_space: of pictures, channels first.
        channels: of each convolution.
        strides: of each convolution.
        latent_dim: how many features come out.

    Raises:
        ValueError: channels and strides are not as many, or the picture is too small for them.
    """

    def __init__(
        self,
        observation_space: spaces.Box,
        channels: Sequence[int] = CHANNELS,
        strides: Sequence[int] = STRIDES,
        latent_dim: int = LATENT_DIM,
    ) -> None:
        super().__init__(observation_space, latent_dim)
        if len(channels) != len(strides):
            raise ValueError(f"strides must be {len(channels)}, one for each of channels, got {strides!r}")
        inputs, size = observation_space.shape[0], min(observation_space.shape[1:])
        layers: list[nn.Module] = []
        for outputs, stride in zip(channels, strides, strict=True):
            layers += [nn.Conv2d(inputs, outputs, 3, stride), nn.ReLU()]
            inputs, size = outputs, (size - 3) // stride + 1
        if size < 1:
            raise ValueError(f"channels must be fewer for pictures of {observation_space.shape[1:]}, got {channels!r}")
        self.convolutions = nn.Sequential(*layers, nn.Flatten())
        with torch.no_grad():
            flat = self.convolutions(torch.zeros(1, *observation_space.shape)).shape[1]
        self.latent = latent_layer(flat, latent_dim)

    def forward(self, observations: Tensor) -> Tensor:
        """The features of a batch of pictures."""
        return self.latent(self.convolutions(observations))


class PicturesAndNumbersEncoder(BaseFeaturesExtractor):
    """A `PictureEncoder` for every picture of a dict, and a linear layer, a layer norm and tanh for the rest.

    Class attributes:
        picture_encoder: what encodes a picture, with the same arguments as a `PictureEncoder`.

    Args:
        observation_space: a dict of pictures and boxes of numbers.
        channels: of each convolution.
        strides: of each convolution.
        latent_dim: how many features come out of each part.
    """

    picture_encoder: ClassVar[type[BaseFeaturesExtractor]] = PictureEncoder

    def __init__(
        self,
        observation_space: spaces.Dict,
        channels: Sequence[int] = CHANNELS,
        strides: Sequence[int] = STRIDES,
        latent_dim: int = LATENT_DIM,
    ) -> None:
        super().__init__(observation_space, latent_dim * len(observation_space.spaces))
        self.latent_dim = latent_dim
        self.parts = nn.ModuleDict()
        for key, space in observation_space.spaces.items():
            if isinstance(space, spaces.Box) and is_image_space(space):
                self.parts[key] = self.picture_encoder(space, channels, strides, latent_dim)  # pyright: ignore[reportCallIssue]
            else:
                self.parts[key] = nn.Sequential(nn.Flatten(), *latent_layer(math.prod(space.shape or (1,)), latent_dim))

    def columns(self, keys: Collection[str]) -> list[int]:
        """The indices of the features that some parts have."""
        return [
            column
            for index, key in enumerate(self.parts)
            if key in keys
            for column in range(index * self.latent_dim, (index + 1) * self.latent_dim)
        ]

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """The features of a batch, part after part."""
        return torch.cat([part(observations[key]) for key, part in self.parts.items()], dim=1)


def latent_layer(inputs: int, latent_dim: int) -> nn.Sequential:
    """A linear layer, a layer norm and tanh."""
    return nn.Sequential(nn.Linear(inputs, latent_dim), nn.LayerNorm(latent_dim), nn.Tanh())
