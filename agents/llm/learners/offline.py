"""Policy gradients on a data set: behaviour cloning and everything that only weighs it otherwise."""

from __future__ import annotations

import math
from typing import Any

import torch

from ..buffers.data_set import DataConfig, DataSet
from ..config import LLMConfig
from ..player import Player
from ..policy import Policy
from ..types import Group
from .policy_gradient import PolicyGradient
from .protocol import register_learner


@register_learner("offline")
class Offline(PolicyGradient):
    """Reads `groups * group_size` episodes of a data set an update, and trains on them as `PolicyGradient` does.

    Nothing is played, so the budget counts the turns that are read.

    Args:
        policy: the policy to train.
        config: hyper-parameters.
        seed: of the data set, and of the order in which it is read.
        data: where the episodes come from.
        best_share: the share of the episodes, those of the highest returns, that is read (filtered behaviour cloning).
        successes_only: read only episodes that succeeded.
        in_proportion: draw episodes in proportion to their returns (reward-weighted behaviour cloning), not evenly.
    """

    def __init__(
        self,
        policy: Policy,
        config: LLMConfig,
        seed: int,
        *,
        data: DataConfig,
        best_share: float = 1.0,
        successes_only: bool = False,
        in_proportion: bool = False,
    ) -> None:
        if not 0 < best_share <= 1:
            raise ValueError(f"best_share must be over 0 and at most 1, got {best_share}")
        super().__init__(policy, config, seed)
        self._best_share, self._successes_only, self._in_proportion = best_share, successes_only, in_proportion
        self._data = DataSet(data, seed)
        self._weight_E: torch.Tensor | None = None
        self._drawn: list[int] = []

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Draw episodes; the first call collects them.

        Raises:
            ValueError: the data set cannot be had, or no episode of it is worth training on.
        """
        if self._weight_E is None:
            self._data.fill(player, self._policy, config)
            self._weight_E = self._weigh(player, config)
            if not self._weight_E.any():
                raise ValueError("no episode of the data set is worth training on; collect more, or better ones")
        self._drawn = self._data.draw(config.groups * config.group_size, self._weight_E)
        episodes = self._data.episodes
        groups = [Group([episodes[index] for index in self._drawn])]
        player.count(groups)
        return groups

    def get_state(self) -> dict[str, Any]:
        """As for every policy gradient, and the data set."""
        return super().get_state() | {"data": self._data.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        super().set_state(state)
        self._data.set_state(state["data"])
        self._weight_E = None

    def _weigh(self, player: Player, config: LLMConfig) -> torch.Tensor:
        """How often each episode is read, relative to the others (E,)."""
        weight_E = best_of(self._data.return_E, self._best_share)
        if self._successes_only:
            weight_E *= torch.tensor([bool(episode.success) for episode in self._data.episodes])
        if self._in_proportion:
            weight_E *= self._data.return_E.clamp(min=0)
        return weight_E


def best_of(return_E: torch.Tensor, share: float) -> torch.Tensor:
    """1 for the share of episodes with the highest returns, rounded up, else 0; of equal ones, the first."""
    best_E = return_E.argsort(descending=True, stable=True)[: math.ceil(share * len(return_E))]
    return torch.zeros(len(return_E)).index_fill(0, best_E, 1.0)
