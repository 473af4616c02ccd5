"""Features of observations whose numbers are of very different sizes."""

from __future__ import annotations

import math

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor


class WideRangeFeatures(BaseFeaturesExtractor):
    """asinh(x / resolution) of every number: even about 0, logarithmic far from it, and no statistics to be kept.

    An arm that feels newtons and sees millimetres has both in one observation; to a network as it begins, what is small
    is not there.

    Args:
        observation_space: a box of numbers.
        resolution: below it differences count in full, above it relative to the size.

    Raises:
        ValueError: the resolution is not positive.
    """

    def __init__(self, observation_space: spaces.Box, resolution: float = 0.01) -> None:
        super().__init__(observation_space, math.prod(observation_space.shape))
        if not resolution > 0:
            raise ValueError(f"resolution must be positive, got {resolution!r}")
        self.resolution = resolution

    def forward(self, observations: Tensor) -> Tensor:
        """The features of a batch."""
        return torch.asinh(observations.flatten(1) / self.resolution)
