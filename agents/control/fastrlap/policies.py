"""A policy whose networks see a picture through an encoder that is trained before, and then no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.preprocessing import is_image_space, preprocess_obs
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, FlattenExtractor
from stable_baselines3.common.type_aliases import Schedule
from torch import Tensor

from ..rlpd.encoders import LATENT_DIM, PictureEncoder
from ..rlpd.policies import MlpPolicy

CHANNELS = (16, 32, 32)
STRIDES = (2, 2, 2)


class PictureBesideState(BaseFeaturesExtractor):
    """The features of a picture, and the state's numbers after them as they are.

    Args:
        observation_space: a dict of `pixels` and `state`.
        channels: of each convolution.
        strides: of each convolution.
        latent_dim: how many features come of the picture.

    Raises:
        ValueError: the space is another.
    """

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        channels: Sequence[int] = CHANNELS,
        strides: Sequence[int] = STRIDES,
        latent_dim: int = LATENT_DIM,
    ) -> None:
        pixels, numbers = _parts(observation_space)
        super().__init__(observation_space, latent_dim + numbers)
        self.picture = PictureEncoder(pixels, channels, strides, latent_dim)

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """The features of a batch."""
        return torch.cat([self.picture(observations["pixels"]), observations["state"]], dim=1)


class FrozenEncoderPolicy(MlpPolicy):
    """An actor and critics over encoded observations, and the encoder.

    Its `predict` takes observations as they are; its actor and its critics take them encoded, so that each need be
    encoded only once. The optimisers do not know the encoder.

    Args:
        observation_space: a dict of `pixels` and `state`.
        action_space: of the environment.
        lr_schedule: of all networks.
        features_extractor_class: the encoder.
        features_extractor_kwargs: its arguments.
        **more: those of RLPD's `MlpPolicy`.
    """

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        lr_schedule: Schedule,
        features_extractor_class: type[BaseFeaturesExtractor] = PictureBesideState,
        **more: Any,
    ) -> None:
        super().__init__(
            observation_space, action_space, lr_schedule, features_extractor_class=features_extractor_class, **more
        )

    def _build(self, lr_schedule: Schedule) -> None:
        self.encoder = self.features_extractor_class(self.observation_space, **self.features_extractor_kwargs)
        self.encoder.requires_grad_(False)
        self.encoded_space = spaces.Box(-np.inf, np.inf, (self.encoder.features_dim,), np.float32)
        self.actor_kwargs["observation_space"] = self.critic_kwargs["observation_space"] = self.encoded_space
        super()._build(lr_schedule)

    def make_features_extractor(self) -> BaseFeaturesExtractor:
        """What actor and critics see encoded observations through: nothing."""
        return FlattenExtractor(self.encoded_space)

    def preprocess(self, observations: Any) -> Any:
        """Pictures of a batch as numbers from 0 to 1, ready for the encoder."""
        return preprocess_obs(observations, self.observation_space, self.normalize_images)

    def encode(self, observations: Any) -> NDArray[np.float32]:
        """The features of a batch of observations as an environment gives them, of shape (batch, features)."""
        tensors, _ = self.obs_to_tensor(observations)
        with torch.no_grad():
            return self.encoder(self.preprocess(tensors)).cpu().numpy()

    def _predict(self, observation: Any, deterministic: bool = False) -> Tensor:
        with torch.no_grad():
            encoded = self.encoder(self.preprocess(observation))
        return self.actor(encoded, deterministic)


def _parts(space: spaces.Space[Any]) -> tuple[spaces.Box, int]:
    """The space of the pictures, and how many numbers the state has."""
    if not isinstance(space, spaces.Dict) or set(space.spaces) != {"pixels", "state"}:
        raise ValueError(f"observations must be a dict of pixels and state (observation: both), got {space}")
    pixels, state = space["pixels"], space["state"]
    if not isinstance(pixels, spaces.Box) or not is_image_space(pixels) or len(state.shape or ()) != 1:
        raise ValueError(f"observations must be a picture and a vector of numbers, got {space}")
    return pixels, (state.shape or (0,))[0]
