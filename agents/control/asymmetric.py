"""PPO whose critic is told more than its actor sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.policies import BasePolicy, MultiInputActorCriticPolicy
from stable_baselines3.common.torch_layers import create_mlp
from stable_baselines3.common.type_aliases import Schedule
from torch import Tensor, nn

from .rlpd.encoders import PicturesAndNumbersEncoder


class _Halves(nn.Module):
    """Hidden layers of an actor over some of the features, and of a critic over all of them.

    Args:
        features_dim: how many features there are.
        seen: the indices of those that the actor sees.
        actor_arch: sizes of the actor's hidden layers.
        critic_arch: sizes of the critic's.
        activation_fn: after each of them.
    """

    seen: Tensor

    def __init__(
        self,
        features_dim: int,
        seen: Sequence[int],
        actor_arch: Sequence[int],
        critic_arch: Sequence[int],
        activation_fn: type[nn.Module],
    ) -> None:
        super().__init__()
        self.register_buffer("seen", torch.tensor(list(seen)), persistent=False)
        self.policy_net = nn.Sequential(*create_mlp(len(seen), -1, list(actor_arch), activation_fn))
        self.value_net = nn.Sequential(*create_mlp(features_dim, -1, list(critic_arch), activation_fn))
        self.latent_dim_pi = [len(seen), *actor_arch][-1]
        self.latent_dim_vf = [features_dim, *critic_arch][-1]

    def forward(self, features_B_F: Tensor) -> tuple[Tensor, Tensor]:
        """The last hidden layers of both."""
        return self.forward_actor(features_B_F), self.forward_critic(features_B_F)

    def forward_actor(self, features_B_F: Tensor) -> Tensor:
        """The actor's last hidden layer."""
        return self.policy_net(features_B_F[:, self.seen])

    def forward_critic(self, features_B_F: Tensor) -> Tensor:
        """The critic's last hidden layer."""
        return self.value_net(features_B_F)


class AsymmetricPolicy(MultiInputActorCriticPolicy):
    """An actor that sees some parts of an observation, and a critic that sees all of it.

    What the critic is told matters for learning alone: an action depends on the actor's parts and nothing else, so a
    trained agent can be taken to where there is no more.

    Args:
        observation_space: a dict.
        action_space: of the environment.
        lr_schedule: of all networks.
        actor_sees: the parts of an observation that the actor sees.
        features_extractor_class: makes features of each part; actor and critic share it.
        **more: what the policies of PPO take.

    Raises:
        ValueError: the observation has no part of such a name, or the extractor keeps parts not apart.
    """

    def __init__(
        self,
        observation_space: spaces.Dict,
        action_space: spaces.Space[Any],
        lr_schedule: Schedule,
        actor_sees: Sequence[str] = ("pixels",),
        features_extractor_class: type[PicturesAndNumbersEncoder] = PicturesAndNumbersEncoder,
        **more: Any,
    ) -> None:
        names = list(observation_space.spaces)
        if not actor_sees or not set(actor_sees) <= set(names):
            raise ValueError(f"actor_sees must name parts of the observation ({', '.join(names)}), got {actor_sees!r}")
        if not issubclass(features_extractor_class, PicturesAndNumbersEncoder):
            raise ValueError(
                f"features_extractor_class must be a PicturesAndNumbersEncoder, whose parts are kept apart, got "
                f"{features_extractor_class.__name__}"
            )
        self.actor_sees = tuple(actor_sees)
        super().__init__(
            observation_space, action_space, lr_schedule, features_extractor_class=features_extractor_class, **more
        )

    def _build_mlp_extractor(self) -> None:
        assert isinstance(self.features_extractor, PicturesAndNumbersEncoder)
        arch: Any = self.net_arch if isinstance(self.net_arch, dict) else {"pi": self.net_arch, "vf": self.net_arch}
        seen = self.features_extractor.columns(self.actor_sees)
        halves = _Halves(self.features_dim, seen, arch.get("pi", []), arch.get("vf", []), self.activation_fn)
        self.mlp_extractor = halves.to(self.device)  # pyright: ignore[reportAttributeAccessIssue]

    def _get_constructor_parameters(self) -> dict[str, Any]:
        return super()._get_constructor_parameters() | {"actor_sees": self.actor_sees}


class AsymmetricPPO(PPO):
    """PPO by an asymmetric actor-critic (Pinto, Andrychowicz, Welinder, Zaremba and Abbeel, RSS 2018).

    The critic, which only training needs, is told the state; the actor sees pictures. It takes what PPO takes, with
    `MultiInputPolicy`, whose `policy_kwargs` hold `actor_sees`. Other than in the paper, whose learner is off-policy,
    actor and critic share the encoder of pictures.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MultiInputPolicy": AsymmetricPolicy}
