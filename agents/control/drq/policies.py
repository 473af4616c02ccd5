"""Policies: an encoder of pictures that only the critics train, two critics, and an actor that names one action."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, FlattenExtractor, create_mlp
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor, nn

from ..rlpd.encoders import PictureEncoder, PicturesAndNumbersEncoder
from ..rlpd.ensemble import EnsembleCritic


class MlpPolicy(BasePolicy):
    """An actor and two critics, who see through one encoder.

    Where it is not deterministic, an action is the actor's with noise about it, whose deviation is `noise`: a number
    that the algorithm lowers as learning goes on, and which is saved with the weights.

    Class attributes:
        default_encoder: the encoder where no other is named.

    Args:
        observation_space: of the environment.
        action_space: of the environment.
        lr_schedule: of all networks.
        net_arch: sizes of the hidden layers of the actor and of each critic.
        activation_fn: after each of them.
        features_extractor_class: the encoder; None for that of the class.
        features_extractor_kwargs: its arguments.
        normalize_images: whether pictures are divided by 255.
        optimizer_class: of all networks.
        optimizer_kwargs: its other arguments.
        n_critics: whose least value counts.
        layer_norm: whether each hidden layer of a critic is normalised before its activation.
    """

    default_encoder: ClassVar[type[BaseFeaturesExtractor]] = FlattenExtractor
    noise: Tensor

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        lr_schedule: Schedule,
        net_arch: list[int] | None = None,
        activation_fn: type[nn.Module] = nn.ReLU,
        features_extractor_class: type[BaseFeaturesExtractor] | None = None,
        features_extractor_kwargs: dict[str, Any] | None = None,
        normalize_images: bool = True,
        optimizer_class: type[torch.optim.Optimizer] = torch.optim.Adam,
        optimizer_kwargs: dict[str, Any] | None = None,
        n_critics: int = 2,
        layer_norm: bool = False,
    ) -> None:
        super().__init__(
            observation_space,
            action_space,
            features_extractor_class or self.default_encoder,
            features_extractor_kwargs,
            normalize_images=normalize_images,
            optimizer_class=optimizer_class,
            optimizer_kwargs=optimizer_kwargs,
            squash_output=True,
        )
        self.net_arch = [256, 256] if net_arch is None else net_arch
        self.activation_fn, self.n_critics, self.layer_norm = activation_fn, n_critics, layer_norm
        self.encoder = self.make_features_extractor()
        features, numbers = self.encoder.features_dim, math.prod(action_space.shape)
        self.actor = nn.Sequential(*create_mlp(features, numbers, self.net_arch, activation_fn, squash_output=True))
        self.critic, self.critic_target = self.make_critic(), self.make_critic()
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.critic_target.requires_grad_(requires_grad=False)
        self.register_buffer("noise", torch.tensor(1.0))
        rate: Any = {"lr": lr_schedule(1), **self.optimizer_kwargs}
        self.actor_optimizer = optimizer_class(self.actor.parameters(), **rate)
        self.critic_optimizer = optimizer_class([*self.encoder.parameters(), *self.critic.parameters()], **rate)

    def make_critic(self) -> EnsembleCritic:
        """Critics of features, freshly drawn."""
        assert isinstance(self.action_space, spaces.Box)
        space = spaces.Box(-np.inf, np.inf, (self.encoder.features_dim,), np.float32)
        return EnsembleCritic(
            space,
            self.action_space,
            self.net_arch,
            FlattenExtractor(space),
            self.encoder.features_dim,
            self.activation_fn,
            n_critics=self.n_critics,
            layer_norm=self.layer_norm,
        )

    def encode(self, observations: PyTorchObs) -> Tensor:
        """The features of a batch, (B, F)."""
        return self.extract_features(observations, self.encoder)

    def act(self, feature_B_F: Tensor, noise_clip: float | None = None) -> Tensor:
        """Actions with noise about them, (B, A), in [-1, 1]; gradients pass by what is cut off.

        Args:
            feature_B_F: from `encode`.
            noise_clip: how far noise goes at most; None for as far as it comes.
        """
        action_B_A = self.actor(feature_B_F)
        noise_B_A = self.noise * torch.randn_like(action_B_A)
        if noise_clip is not None:
            noise_B_A = noise_B_A.clamp(-noise_clip, noise_clip)
        noisy_B_A = action_B_A + noise_B_A
        return noisy_B_A + (noisy_B_A.clamp(-1.0, 1.0) - noisy_B_A).detach()

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> Tensor:
        feature_B_F = self.encode(observation)
        return self.actor(feature_B_F) if deterministic else self.act(feature_B_F)

    def _get_constructor_parameters(self) -> dict[str, Any]:
        return super()._get_constructor_parameters() | {
            "lr_schedule": lambda _: 0.0,
            "net_arch": self.net_arch,
            "activation_fn": self.activation_fn,
            "features_extractor_class": self.features_extractor_class,
            "features_extractor_kwargs": self.features_extractor_kwargs,
            "optimizer_class": self.optimizer_class,
            "optimizer_kwargs": self.optimizer_kwargs,
            "n_critics": self.n_critics,
            "layer_norm": self.layer_norm,
        }


class CnnPolicy(MlpPolicy):
    """The same over pictures; `features_extractor_kwargs` are those of `PictureEncoder`."""

    default_encoder: ClassVar[type[BaseFeaturesExtractor]] = PictureEncoder


class MultiInputPolicy(MlpPolicy):
    """The same over dicts; `features_extractor_kwargs` are those of `PicturesAndNumbersEncoder`."""

    default_encoder: ClassVar[type[BaseFeaturesExtractor]] = PicturesAndNumbersEncoder
