"""Reinforcement learning on what the start policy could not do, rehearsal of what it could."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from ..buffers.episode_state import groups_from_state, groups_state
from ..config import LLMConfig
from ..player import Player
from ..policy import Policy
from ..types import Episode, Group, Segment, Source
from .policy_gradient import PolicyGradient
from .protocol import register_learner


@register_learner("rehearsal")
class Rehearsal(PolicyGradient):
    """Plays a pool of tasks once with the start policy, and splits it into what is mastered and what is hard.

    Of every mastered task one successful episode is kept with its log-probabilities; a few of these join every update,
    marked as rehearsed, for the objective `rehearsal`. Everything else is played anew and reinforced. The tasks of the
    pool are the sampler's; after that, tasks are drawn evenly from the hard ones.

    DPH-RL (Li et al. 2025, arXiv 2509.07430; seamoke/DPH-RL).

    Args:
        policy: the policy to train.
        config: hyper-parameters, with the objective `rehearsal`.
        seed: of every order.
        pool: tasks that are played once.
        attempts: episodes of each.
        mastered: the share of them that must succeed for a task to be mastered.
        rehearsed: episodes that join an update.

    Raises:
        ValueError: a setting is out of range, or does not go together with another.
    """

    def __init__(
        self,
        policy: Policy,
        config: LLMConfig,
        seed: int,
        *,
        pool: int = 512,
        attempts: int = 8,
        mastered: float = 1.0,
        rehearsed: int = 64,
    ) -> None:
        for name, value in (("pool", pool), ("attempts", attempts), ("rehearsed", rehearsed)):
            if value < 1:
                raise ValueError(f"{name} must be 1 or more, got {value}")
        if not 0 < mastered <= 1:
            raise ValueError(f"mastered must lie in (0, 1], got {mastered}")
        if config.importance_cap is not None:
            raise ValueError(
                "importance_cap must be None: what is rehearsed keeps the log-probabilities it was stored with"
            )
        super().__init__(policy, config, seed)
        self._pool, self._attempts, self._mastered, self._count = pool, attempts, mastered, rehearsed
        self._hard: list[int] = []
        self._rehearsed: list[Episode] = []

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Play hard tasks, and add episodes to rehearse; the first call plays the pool."""
        if not self._hard:
            self._split(player, config)
        groups = super().gather(player, config)
        if self._rehearsed:
            chosen = torch.randperm(len(self._rehearsed), generator=self._shuffle)[: self._count]
            groups.append(Group([self._rehearsed[index] for index in chosen.tolist()]))
        return groups

    def get_state(self) -> dict[str, Any]:
        """As for every policy gradient, and both halves of the pool."""
        rehearsed = groups_state([Group(self._rehearsed)]) if self._rehearsed else None
        return super().get_state() | {"hard": list(self._hard), "rehearsed": rehearsed}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        super().set_state(state)
        self._hard = list(state["hard"])
        self._rehearsed = groups_from_state(state["rehearsed"])[0].episodes if state["rehearsed"] else []

    def _draw(self, player: Player, count: int) -> list[int]:
        """Hard tasks, none twice before all came once."""
        drawn: list[int] = []
        while len(drawn) < count:
            order = torch.randperm(len(self._hard), generator=self._shuffle)[: count - len(drawn)]
            drawn += [self._hard[index] for index in order.tolist()]
        return drawn

    def _split(self, player: Player, config: LLMConfig) -> None:
        """Play the pool once.

        Raises:
            ValueError: the start policy has mastered all of it.
        """
        attempts = replace(config, group_size=self._attempts, demonstrations=0)
        seeds = player.draw(self._pool)
        for start in range(0, len(seeds), config.groups):
            for group in player.play(seeds[start : start + config.groups], attempts):
                successful = [episode for episode in group.episodes if episode.success]
                if len(successful) >= self._mastered * len(group.episodes):
                    self._rehearsed.append(as_rehearsal(successful[0]))
                else:
                    self._hard.append(group.episodes[0].seed)
        if not self._hard:
            raise ValueError(f"all {self._pool} tasks of the pool are mastered already: there is nothing to learn")


def as_rehearsal(episode: Episode) -> Episode:
    """The same episode, its own tokens marked as rehearsed."""
    last: Segment | None = None
    for segment in episode.last.lineage():
        last = replace(segment, source=Source.REHEARSAL, parent=last)
    assert last is not None
    return replace(episode, last=last)
