"""Encoders of pictures that say where things are: one point of the picture for each channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

from .rlpd.encoders import PicturesAndNumbersEncoder, latent_layer


class KeypointEncoder(BaseFeaturesExtractor):
    """Convolutions, a spatial softmax, then a linear layer, a layer norm and tanh.

    Each channel of the last convolution becomes a point, the mean of places weighted by the softmax over all of them
    (Levine, Finn, Darrell and Abbeel, End-to-end training of deep visuomotor policies, 2016), beside the mean of what
    is positive in it. Points lie in [-1, 1], across and down, so that a place in a picture, or a way to it, is a simple
    function of them. The first convolution is 5 by 5, all others are 3 by 3; none of them crops.

    Args:
        observation_space: of pictures, channels first.
        channels: of each convolution.
        strides: of each convolution.
        latent_dim: how many features come out.

    Raises:
        ValueError: channels and strides are not as many.
    """

    place_P_2: Tensor

    def __init__(
        self,
        observation_space: spaces.Box,
        channels: Sequence[int] = (16, 32, 32, 32),
        strides: Sequence[int] = (2, 2, 1, 1),
        latent_dim: int = 64,
    ) -> None:
        super().__init__(observation_space, latent_dim)
        if len(channels) != len(strides):
            raise ValueError(f"strides must be {len(channels)}, one for each of channels, got {strides!r}")
        inputs, layers = observation_space.shape[0], list[nn.Module]()
        for index, (outputs, stride) in enumerate(zip(channels, strides, strict=True)):
            kernel = 3 if index else 5
            layers += [nn.ReLU()] if index else []
            layers += [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)]
            inputs = outputs
        self.convolutions = nn.Sequential(*layers)
        with torch.no_grad():
            height, width = self.convolutions(torch.zeros(1, *observation_space.shape)).shape[2:]
        down_H_W, across_H_W = torch.meshgrid(
            torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"
        )
        self.register_buffer("place_P_2", torch.stack([across_H_W, down_H_W], dim=-1).reshape(-1, 2), persistent=False)
        self.latent = latent_layer(3 * inputs, latent_dim)

    def forward(self, observations: Tensor) -> Tensor:
        """The features of a batch of pictures."""
        map_B_C_P = self.convolutions(observations).flatten(2)
        points_B_2C = keypoints(map_B_C_P, self.place_P_2).flatten(1)
        return self.latent(torch.cat([points_B_2C, map_B_C_P.relu().mean(dim=2)], dim=1))


class KeypointsAndNumbersEncoder(PicturesAndNumbersEncoder):
    """A `KeypointEncoder` for every picture of a dict, and a linear layer, a layer norm and tanh for the rest.

    Args:
        observation_space: a dict of pictures and boxes of numbers.
        channels: of each convolution.
        strides: of each convolution.
        latent_dim: how many features come out of each part.
    """

    picture_encoder: ClassVar[type[BaseFeaturesExtractor]] = KeypointEncoder

    def __init__(
        self,
        observation_space: spaces.Dict,
        channels: Sequence[int] = (16, 32, 32, 32),
        strides: Sequence[int] = (2, 2, 1, 1),
        latent_dim: int = 64,
    ) -> None:
        super().__init__(observation_space, channels, strides, latent_dim)


def keypoints(map_B_C_P: Tensor, place_P_2: Tensor) -> Tensor:
    """A point for each channel, (B, C, 2): the sum over places of softmax(map) times the place."""
    return torch.softmax(map_B_C_P, dim=2) @ place_P_2
