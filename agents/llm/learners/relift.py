"""Reinforcement learning, and imitation of the expert where it finds nothing to reinforce."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..config import LLMConfig
from ..player import Player
from ..policy import Policy
from ..types import Episode, Group
from .policy_gradient import PolicyGradient
from .protocol import Update, register_learner


@register_learner("relift")
class ReLIFT(PolicyGradient):
    """Keeps the tasks that no episode of their group solved; whenever there are enough, imitates the expert on them.

    ReLIFT (Ma et al. 2025, "Learning what reinforcement learning can't", arXiv 2506.07527; TheRoadQaQ/ReLIFT,
    relift/trainer.py): after an update of reinforcement learning, one pass of maximum likelihood over the `buffer`
    oldest tasks kept. The expert's turns count towards the budget.

    Args:
        policy: the policy to train.
        config: hyper-parameters, without a critic, and without filters: those drop the very groups this looks for.
        seed: of the order in which episodes are trained on.
        buffer: how many tasks are enough; 128 there, where an update has 128 tasks.
        rate: the learning rate of imitation, as a multiple of the present one.
        entropy_coef: the weight of the entropy bonus in imitation.

    Raises:
        ValueError: a setting is out of range, or there are filters or a critic.
    """

    def __init__(
        self,
        policy: Policy,
        config: LLMConfig,
        seed: int,
        *,
        buffer: int = 32,
        rate: float = 1.0,
        entropy_coef: float = 0.001,
    ) -> None:
        if buffer < 1:
            raise ValueError(f"buffer must be 1 or more, got {buffer}")
        if not rate > 0:
            raise ValueError(f"rate must be over 0, got {rate}")
        if config.filters:
            raise ValueError(
                "relift takes no filters: they would drop the tasks that nobody solves before it sees them"
            )
        if config.critic is not None:
            raise ValueError("relift takes no critic: it would learn the expert's returns, too")
        super().__init__(policy, config, seed)
        self._buffer, self._rate, self._entropy_coef = buffer, rate, entropy_coef
        self._unsolved: list[int] = []
        self._demonstrations: list[Episode] = []
        self._imitated = 0

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Play, as every policy gradient; with enough unsolved tasks, have the expert play those.

        Raises:
            ValueError: the environment has no expert.
        """
        groups = super().gather(player, config)
        self._unsolved += [group.episodes[0].seed for group in groups if not any(e.success for e in group.episodes)]
        self._demonstrations = []
        if len(self._unsolved) >= self._buffer:
            seeds, self._unsolved = self._unsolved[: self._buffer], self._unsolved[self._buffer :]
            self._demonstrations = player.demonstrate(seeds)
            player.count([Group(self._demonstrations)])
        return groups

    def update(self, groups: list[Group], config: LLMConfig, *, learning_rate: float) -> Update:
        """One update of reinforcement learning, then one pass over the demonstrations, if there are any."""
        update = super().update(groups, config, learning_rate=learning_rate)
        if self._demonstrations:
            imitation = replace(
                config,
                advantage="constant",
                whiten_advantages=False,
                objective="reinforce",
                aggregation="token_mean",
                entropy_coef=self._entropy_coef,
                kl_coef=0.0,
                epochs=1,
                minibatches=1,
            )
            imitated = super().update(
                [Group(self._demonstrations)], imitation, learning_rate=self._rate * learning_rate
            )
            self._imitated += len(self._demonstrations)
            update.metrics["train/imitation_loss"] = imitated.metrics["train/loss"]
        update.metrics["train/demonstrations"] = float(self._imitated)
        update.metrics["train/unsolved"] = float(len(self._unsolved))
        return update

    def get_state(self) -> dict[str, Any]:
        """As for every policy gradient, and the tasks that wait to be demonstrated."""
        return super().get_state() | {"unsolved": list(self._unsolved), "imitated": self._imitated}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        super().set_state(state)
        self._unsolved, self._imitated = list(state["unsolved"]), state["imitated"]
