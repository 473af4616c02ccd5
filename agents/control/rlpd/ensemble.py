"""An ensemble of critics that is one network: the weights of all members are stacked, and multiplied at once."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.policies import BaseModel
from stable_baselines3.common.preprocessing import get_action_dim
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

from ..stacked_layers import StackedLayerNorm, StackedLinear


class EnsembleCritic(BaseModel):
    """Q(s, a) of every member, from features that they share.

    Args:
        observation_space: of the environment.
        action_space: of the environment.
        net_arch: sizes of the hidden layers.
        features_extractor: makes features of observations.
        features_dim: how many.
        activation_fn: after each hidden layer.
        normalize_images: whether pictures are divided by 255.
        n_critics: members.
        layer_norm: whether each hidden layer is normalised before its activation.
    """

    features_extractor: BaseFeaturesExtractor

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        net_arch: list[int],
        features_extractor: BaseFeaturesExtractor,
        features_dim: int,
        activation_fn: type[nn.Module] = nn.ReLU,
        normalize_images: bool = True,
        n_critics: int = 10,
        layer_norm: bool = True,
    ) -> None:
        super().__init__(
            observation_space, action_space, features_extractor=features_extractor, normalize_images=normalize_images
        )
        sizes = [features_dim + get_action_dim(action_space), *net_arch]
        self.n_critics = n_critics
        self.hidden = nn.ModuleList(StackedLinear(n_critics, *pair) for pair in zip(sizes, net_arch, strict=False))
        self.norms = nn.ModuleList(StackedLayerNorm(n_critics, size) for size in net_arch if layer_norm)
        self.activation = activation_fn()
        self.value = StackedLinear(n_critics, sizes[-1], 1)

    def forward(self, obs: Any, actions: Tensor, members: Tensor | None = None) -> Tensor:
        """The values of actions, (members, batch, 1).

        Args:
            obs: a batch of observations.
            actions: as many actions.
            members: the indices of those that are asked; None for all.
        """
        x_B_I = torch.cat([self.extract_features(obs, self.features_extractor), actions], dim=1)
        x = x_B_I.expand(self.n_critics if members is None else len(members), *x_B_I.shape)
        for index, layer in enumerate(self.hidden):
            x = layer(x, members)
            if self.norms:
                x = self.norms[index](x, members)
            x = self.activation(x)
        return self.value(x, members)
