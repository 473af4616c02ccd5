"""The network, and the generator that it is trained with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor, nn

from ..rlpd.encoders import PictureEncoder

CHANNELS = (16, 32, 32)
STRIDES = (2, 2, 2)
LATENT_DIM = 64
SMALLEST_PICTURE = 15
"""The fewest pixels along a side that the convolutions leave anything of."""


class PictureClassifierNet(nn.Module):
    """One logit for a picture: an encoder of three convolutions, and one hidden layer.

    Args:
        shape: height, width and channels of a picture.
        hidden: units of the hidden layer.

    Raises:
        ValueError: the pictures are too small for the convolutions.
    """

    def __init__(self, shape: tuple[int, ...], hidden: int = 64) -> None:
        super().__init__()
        height, width, channels = shape
        if min(height, width) < SMALLEST_PICTURE:
            raise ValueError(f"pictures must be {SMALLEST_PICTURE} pixels or more a side, got {height} by {width}")
        space = spaces.Box(0, 255, (channels, height, width), np.uint8)
        self.encoder = PictureEncoder(space, CHANNELS, STRIDES, LATENT_DIM)
        self.head = nn.Sequential(
            nn.Linear(LATENT_DIM, hidden), nn.LayerNorm(hidden), nn.LeakyReLU(), nn.Linear(hidden, 1)
        )

    def encode(self, picture_B_C_H_W: Tensor) -> Tensor:
        """The features of pictures of bytes, (batch, features)."""
        return self.encoder(picture_B_C_H_W.float() / 255.0)

    def classify(self, feature_B_F: Tensor) -> Tensor:
        """The logits of features, (batch,)."""
        return self.head(feature_B_F).squeeze(1)

    def probability(self, picture_B_H_W_C: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How likely each of a batch of pictures shows the task done."""
        with torch.no_grad():
            logit_B = self.classify(self.encode(channels_first(picture_B_H_W_C)))
        return torch.sigmoid(logit_B.double()).numpy()


def channels_first(picture_B_H_W_C: NDArray[np.uint8]) -> Tensor:
    """Pictures as the network takes them."""
    return torch.from_numpy(np.ascontiguousarray(picture_B_H_W_C.transpose(0, 3, 1, 2)))


@contextmanager
def torch_generator(state: Tensor) -> Iterator[None]:
    """Draw from a generator of one's own: what is drawn inside leaves that of the process alone.

    Args:
        state: of the generator; it is brought up to date in place.
    """
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(state)
        yield
        state.copy_(torch.get_rng_state())


def generator_from(seed: int) -> Tensor:
    """The state of a generator that was seeded."""
    return torch.Generator().manual_seed(seed).get_state()
