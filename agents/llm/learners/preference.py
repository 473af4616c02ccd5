"""Preference optimisation: of two episodes of one task, make the better one likelier."""

from __future__ import annotations

from typing import Any

import torch

from ..buffers.data_set import DataConfig, DataSet
from ..config import LLMConfig
from ..objectives.preference import preferences
from ..player import Player
from ..policy import Policy
from ..trainer import score
from ..types import Batch, Group
from .policy_gradient import PolicyGradient
from .protocol import register_learner


@register_learner("preference")
class Preference(PolicyGradient):
    """Trains on groups in which some episodes earned more than others, with an objective such as `dpo`.

    Args:
        policy: the policy to train.
        config: hyper-parameters; `groups` groups are read an update.
        seed: of the data set, and of the order in which it is read.
        data: where the groups come from, `per_task` episodes each; None plays fresh ones (online DPO).
    """

    def __init__(self, policy: Policy, config: LLMConfig, seed: int, *, data: DataConfig | None = None) -> None:
        super().__init__(policy, config, seed)
        self._data = None if data is None else DataSet(data, seed)

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Draw groups that hold a preference; the first call collects them.

        Raises:
            ValueError: the data set cannot be had, or no task of it has a better and a worse episode.
        """
        if self._data is None:
            return super().gather(player, config)
        self._data.fill(player, self._policy, config)
        weight_G = torch.tensor([float(_has_preference(group)) for group in self._data.groups])
        if not weight_G.any():
            raise ValueError("no task of the data set has a better and a worse episode; raise data.per_task")
        groups = [self._data.groups[index] for index in self._data.draw(config.groups, weight_G)]
        player.count(groups)
        return groups

    def get_state(self) -> dict[str, Any]:
        """As for every policy gradient, and the data set."""
        return super().get_state() | {"data": None if self._data is None else self._data.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        super().set_state(state)
        if self._data is not None:
            self._data.set_state(state["data"])

    def _score(self, batch: Batch, config: LLMConfig) -> tuple[torch.Tensor | None, dict[str, float]]:
        """As for every policy gradient; also how often the implicit reward agrees before the update."""
        importance_B_T, metrics = super()._score(batch, config)
        accuracy = implicit_reward_accuracy(batch, score(self._policy, batch, torch.arange(len(batch)), config))
        return importance_B_T, metrics if accuracy is None else {**metrics, "train/implicit_reward_accuracy": accuracy}


def implicit_reward_accuracy(batch: Batch, logp_B_T: torch.Tensor) -> float | None:
    """The share of preferences on which log p - log q, summed over an episode, agrees; None where there is none.

    Args:
        batch: episodes in groups, with their log-probabilities under the reference.
        logp_B_T: their log-probabilities under the policy as it is, whoever played them.
    """
    assert batch.reference_logp_B_T is not None
    reward_B = ((logp_B_T - batch.reference_logp_B_T) * batch.own_B_T).sum(-1)
    preferred_B_B = preferences(batch.return_B, batch.group_B)
    if not preferred_B_B.any():
        return None
    return float((reward_B[:, None] > reward_B)[preferred_B_B].float().mean())


def _has_preference(group: Group) -> bool:
    return len({episode.total_reward for episode in group.episodes}) > 1
