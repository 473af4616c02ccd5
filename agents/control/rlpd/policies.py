"""Policies: an actor and an ensemble of critics, whose encoder the actor looks through and does not train."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, FlattenExtractor
from stable_baselines3.common.type_aliases import Schedule
from stable_baselines3.sac.policies import Actor, SACPolicy
from torch import Tensor, nn

from .encoders import PictureEncoder, PicturesAndNumbersEncoder
from .ensemble import EnsembleCritic


class EncodedActor(Actor):
    """An actor whose loss does not reach the encoder: only the critics' loss trains it."""

    def extract_features(self, obs: Any, features_extractor: BaseFeaturesExtractor) -> Tensor:
        """The features, as constants."""
        with torch.no_grad():
            return super().extract_features(obs, features_extractor)


class MlpPolicy(SACPolicy):
    """An actor and critics over vectors.

    Args:
        observation_space: of the environment.
        action_space: of the environment.
        lr_schedule: of all networks.
        net_arch: sizes of the hidden layers; 256 and 256 by default.
        activation_fn: after each of them.
        use_sde: whether exploration depends on the state.
        log_std_init: where the logarithm of its deviation begins.
        features_extractor_class: what makes features of observations.
        features_extractor_kwargs: its arguments.
        normalize_images: whether pictures are divided by 255.
        optimizer_class: of all networks.
        optimizer_kwargs: its arguments.
        n_critics: members of the ensemble.
        layer_norm: whether each hidden layer of a critic is normalised before its activation.
    """

    critic: EnsembleCritic  # pyright: ignore[reportIncompatibleVariableOverride]
    critic_target: EnsembleCritic  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        lr_schedule: Schedule,
        net_arch: list[int] | dict[str, list[int]] | None = None,
        activation_fn: type[nn.Module] = nn.ReLU,
        use_sde: bool = False,
        log_std_init: float = -3.0,
        features_extractor_class: type[BaseFeaturesExtractor] = FlattenExtractor,
        features_extractor_kwargs: dict[str, Any] | None = None,
        normalize_images: bool = True,
        optimizer_class: type[torch.optim.Optimizer] = torch.optim.Adam,
        optimizer_kwargs: dict[str, Any] | None = None,
        n_critics: int = 10,
        layer_norm: bool = True,
    ) -> None:
        self.layer_norm = layer_norm
        super().__init__(
            observation_space,
            action_space,
            lr_schedule,
            net_arch=net_arch,
            activation_fn=activation_fn,
            use_sde=use_sde,
            log_std_init=log_std_init,
            features_extractor_class=features_extractor_class,
            features_extractor_kwargs=features_extractor_kwargs,
            normalize_images=normalize_images,
            optimizer_class=optimizer_class,
            optimizer_kwargs=optimizer_kwargs,
            n_critics=n_critics,
        )

    def _build(self, lr_schedule: Schedule) -> None:
        rate: Any = {"lr": lr_schedule(1), **self.optimizer_kwargs}
        self.critic = self.make_critic()  # pyright: ignore[reportIncompatibleVariableOverride]
        self.critic.optimizer = self.optimizer_class(self.critic.parameters(), **rate)
        self.critic_target = self.make_critic()  # pyright: ignore[reportIncompatibleVariableOverride]
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.critic_target.set_training_mode(False)
        self.actor = self.make_actor(self.critic.features_extractor)
        own = [weight for name, weight in self.actor.named_parameters() if not name.startswith("features_extractor.")]
        self.actor.optimizer = self.optimizer_class(own, **rate)

    def make_actor(self, features_extractor: BaseFeaturesExtractor | None = None) -> Actor:
        """An actor that looks through an encoder."""
        return EncodedActor(**self._update_features_extractor(self.actor_kwargs, features_extractor)).to(self.device)

    def make_critic(self, features_extractor: BaseFeaturesExtractor | None = None) -> EnsembleCritic:  # pyright: ignore[reportIncompatibleMethodOverride]
        """An ensemble with an encoder of its own, unless one is given."""
        arguments = self._update_features_extractor(self.critic_kwargs, features_extractor)
        del arguments["share_features_extractor"]
        return EnsembleCritic(**arguments, layer_norm=self.layer_norm).to(self.device)

    def _get_constructor_parameters(self) -> dict[str, Any]:
        parameters = super()._get_constructor_parameters() | {"layer_norm": self.layer_norm}
        return {k: v for k, v in parameters.items() if k not in ("use_expln", "clip_mean")}


class CnnPolicy(MlpPolicy):
    """The same over pictures; `features_extractor_kwargs` are those of `PictureEncoder`."""

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        lr_schedule: Schedule,
        features_extractor_class: type[BaseFeaturesExtractor] = PictureEncoder,
        **more: Any,
    ) -> None:
        super().__init__(
            observation_space, action_space, lr_schedule, features_extractor_class=features_extractor_class, **more
        )


class MultiInputPolicy(MlpPolicy):
    """The same over dicts; `features_extractor_kwargs` are those of `PicturesAndNumbersEncoder`."""

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Box,
        lr_schedule: Schedule,
        features_extractor_class: type[BaseFeaturesExtractor] = PicturesAndNumbersEncoder,
        **more: Any,
    ) -> None:
        super().__init__(
            observation_space, action_space, lr_schedule, features_extractor_class=features_extractor_class, **more
        )
