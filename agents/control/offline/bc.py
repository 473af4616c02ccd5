"""Behaviour cloning."""

from __future__ import annotations

from typing import ClassVar

from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import ReplayBufferSamples
from torch import Tensor
from torch.nn import functional as F

from .base import OfflineAlgorithm, descend
from .networks import ActorPolicy


class BC(OfflineAlgorithm):
    """Behaviour cloning: the squared error of the actions of the data, whoever played them.

    Its arguments are those of every offline algorithm (`OfflineAlgorithm`); it cannot go on by acting.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MlpPolicy": ActorPolicy}
    optimizer_names = ("policy.actor_optimizer",)
    fine_tunes = False
    policy: ActorPolicy

    def update(self, batch: ReplayBufferSamples) -> dict[str, Tensor]:
        """One step."""
        loss = F.mse_loss(self.policy.actor(batch.observations), batch.actions)
        descend(self.policy.actor_optimizer, loss)
        return {"actor_loss": loss}
