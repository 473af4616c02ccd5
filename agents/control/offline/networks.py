"""Policies and values of the offline algorithms; those of TD3+BC and CQL are Stable-Baselines3's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.policies import BasePolicy, ContinuousCritic
from stable_baselines3.common.preprocessing import get_flattened_obs_dim
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, create_mlp
from stable_baselines3.common.type_aliases import Schedule
from stable_baselines3.td3.policies import Actor
from torch import Tensor, nn
from torch.distributions import Normal

LOG_STD_RANGE = (-5.0, 2.0)
"""Of the policy's standard deviation, which is the same in every state, as in IQL's code."""


class NormalisedFeatures(BaseFeaturesExtractor):
    """An observation as one vector, less a mean and over a standard deviation; at first 0 and 1."""

    mean: Tensor
    scale: Tensor

    def __init__(self, observation_space: spaces.Space[Any]) -> None:
        size = get_flattened_obs_dim(observation_space)
        super().__init__(observation_space, size)
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))

    def forward(self, observations: Tensor) -> Tensor:
        """The vectors."""
        return (observations.flatten(1) - self.mean) / self.scale


def normalise_features(policy: nn.Module, observation_N_O: NDArray[Any]) -> None:
    """Have every network of a policy see observations with mean 0 and standard deviation 1 over these."""
    vector_N_O = observation_N_O.reshape(len(observation_N_O), -1).astype(np.float64)
    for module in policy.modules():
        if isinstance(module, NormalisedFeatures):
            module.mean.copy_(torch.as_tensor(vector_N_O.mean(axis=0)))
            module.scale.copy_(torch.as_tensor(vector_N_O.std(axis=0) + 1e-3))


class ActorPolicy(BasePolicy):
    """A deterministic policy, a network that ends in tanh.

    Args:
        observation_space: of vectors.
        action_space: of vectors.
        lr_schedule: of the optimiser.
        net_arch: the sizes of the hidden layers.
        activation_fn: what is between them.
        features_extractor_class: what makes a vector of an observation.
        features_extractor_kwargs: its arguments.
        optimizer_class: of the optimisers.
        optimizer_kwargs: their other arguments.
    """

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        lr_schedule: Schedule,
        net_arch: list[int] | None = None,
        activation_fn: type[nn.Module] = nn.ReLU,
        features_extractor_class: type[BaseFeaturesExtractor] = NormalisedFeatures,
        features_extractor_kwargs: dict[str, Any] | None = None,
        optimizer_class: type[torch.optim.Optimizer] = torch.optim.Adam,
        optimizer_kwargs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            observation_space,
            action_space,
            features_extractor_class,
            features_extractor_kwargs,
            optimizer_class=optimizer_class,
            optimizer_kwargs=optimizer_kwargs,
            squash_output=True,
        )
        self.net_arch = [256, 256] if net_arch is None else net_arch
        self.activation_fn = activation_fn
        features = self.make_features_extractor()
        self.network_arguments: dict[str, Any] = {
            "observation_space": observation_space,
            "action_space": action_space,
            "net_arch": self.net_arch,
            "features_extractor": features,
            "features_dim": features.features_dim,
            "activation_fn": activation_fn,
        }
        self.actor = Actor(**self.network_arguments)
        self.actor_optimizer = self._optimizer(self.actor.parameters(), lr_schedule)

    def forward(self, observation: Tensor, deterministic: bool = False) -> Tensor:
        """The actions."""
        return self._predict(observation, deterministic)

    def _predict(self, observation: Any, deterministic: bool = False) -> Tensor:
        return self.actor(observation)

    def _optimizer(self, weights: Iterable[nn.Parameter], lr_schedule: Schedule) -> torch.optim.Optimizer:
        return self.optimizer_class(weights, lr=lr_schedule(1), **self.optimizer_kwargs)  # pyright: ignore[reportCallIssue]


class ValuePolicy(ActorPolicy):
    """A Gaussian policy whose mean is a network that ends in tanh, Q functions with slow copies, and a V function.

    Args:
        observation_space: of vectors.
        action_space: of vectors.
        lr_schedule: of the optimisers.
        net_arch: the sizes of the hidden layers of every network.
        activation_fn: what is between them.
        layer_norm: whether V normalises its layers, as XQL and f-DVL do.
        n_critics: how many Q functions.
        features_extractor_class: what makes a vector of an observation.
        features_extractor_kwargs: its arguments.
        optimizer_class: of the optimisers.
        optimizer_kwargs: their other arguments.
    """

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        lr_schedule: Schedule,
        net_arch: list[int] | None = None,
        activation_fn: type[nn.Module] = nn.ReLU,
        layer_norm: bool = False,
        n_critics: int = 2,
        features_extractor_class: type[BaseFeaturesExtractor] = NormalisedFeatures,
        features_extractor_kwargs: dict[str, Any] | None = None,
        optimizer_class: type[torch.optim.Optimizer] = torch.optim.Adam,
        optimizer_kwargs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            observation_space,
            action_space,
            lr_schedule,
            net_arch,
            activation_fn,
            features_extractor_class,
            features_extractor_kwargs,
            optimizer_class,
            optimizer_kwargs,
        )
        self.log_std_A = nn.Parameter(torch.zeros(action_space.shape))
        self.actor_optimizer = self._optimizer([*self.actor.parameters(), self.log_std_A], lr_schedule)
        critic_arguments = self.network_arguments | {"n_critics": n_critics, "share_features_extractor": False}
        self.critic = ContinuousCritic(**critic_arguments)
        self.critic_target = ContinuousCritic(**critic_arguments)
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.critic_optimizer = self._optimizer(self.critic.parameters(), lr_schedule)
        norms: list[type[nn.Module]] = [nn.LayerNorm] if layer_norm else []
        features = self.network_arguments["features_dim"]
        layers = create_mlp(features, 1, self.net_arch, activation_fn, post_linear_modules=norms)
        self.value = nn.Sequential(*layers)
        self.value_optimizer = self._optimizer(self.value.parameters(), lr_schedule)

    def distribution(self, observation_B_O: Tensor) -> Normal:
        """Of every number of the actions."""
        return Normal(self.actor(observation_B_O), self.log_std_A.clamp(*LOG_STD_RANGE).exp(), validate_args=False)

    def state_value(self, observation_B_O: Tensor) -> Tensor:
        """V, of shape (B, 1)."""
        return self.value(self.actor.features_extractor(observation_B_O))  # pyright: ignore[reportOptionalCall]

    def _predict(self, observation: Any, deterministic: bool = False) -> Tensor:
        distribution = self.distribution(observation)
        return distribution.mean if deterministic else distribution.sample().clamp(-1.0, 1.0)
