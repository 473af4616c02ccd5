"""The episodes that an offline learner reads: collected once by a mix of players, or read from a file."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import ConfigDict

from ..config import LLMConfig
from ..player import Player
from ..policy import Policy
from ..types import Episode, Group
from .episode_file import read_episodes
from .episode_state import groups_from_state, groups_state


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Where the episodes come from.

    The shares say who plays how many of them: they count relative to one another, so 1 and 1 are halves.

    Attributes:
        file: a file of episodes, as `buffers.episode_file` describes; None to have them played.
        tasks: how many tasks are played.
        per_task: episodes a task, which a preference compares with one another.
        expert: share of the environment's expert.
        noisy_expert: share of the expert with slips.
        policy: share of the policy as it is when training begins. What it plays counts towards the budget.
        noise: how often the noisy expert slips: it then says what the expert said earlier, in whatever situation.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    file: str | None = None
    tasks: int = 2000
    per_task: int = 1
    expert: float = 0.0
    noisy_expert: float = 0.0
    policy: float = 0.0
    noise: float = 0.5

    def __post_init__(self) -> None:
        for name in ("tasks", "per_task"):
            if getattr(self, name) < 1:
                raise ValueError(f"data.{name} must be 1 or more, got {getattr(self, name)}")
        for name, share in zip(("expert", "noisy_expert", "policy"), self.shares, strict=True):
            if not 0 <= share < math.inf:
                raise ValueError(f"data.{name} must be 0 or more, got {share}")
        if not 0 <= self.noise <= 1:
            raise ValueError(f"data.noise must lie in [0, 1], got {self.noise}")
        if (self.file is None) == (sum(self.shares) == 0):
            raise ValueError("data must name either a file, or who plays: expert, noisy_expert, policy")

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of the expert, the noisy expert and the policy."""
        return self.expert, self.noisy_expert, self.policy


class DataSet:
    """Episodes in groups of one task each, and the order in which they are drawn.

    It is empty until `fill` is called, since the policy that plays for it is not there yet when a learner is made.

    Attributes:
        groups: the episodes that can be trained on, task by task.

    Args:
        data: where they come from.
        seed: of the mix, of the slips and of the draws.
    """

    def __init__(self, data: DataConfig, seed: int) -> None:
        self.groups: list[Group] = []
        self._data = data
        self._seed = seed
        self._generator = torch.Generator().manual_seed(seed)

    @property
    def episodes(self) -> list[Episode]:
        """All episodes, in the order of the groups."""
        return [episode for group in self.groups for episode in group.episodes]

    @property
    def return_E(self) -> torch.Tensor:
        """Their undiscounted returns, one an episode."""
        return torch.tensor([episode.total_reward for episode in self.episodes])

    def fill(self, player: Player, policy: Policy, config: LLMConfig) -> None:
        """Read or play the episodes, unless they are there.

        Raises:
            ValueError: the file does not fit, no episode could be graded, or the environment has no expert.
        """
        if self.groups:
            return
        if self._data.file is not None:
            groups = _by_task([played.as_episode(policy) for played in read_episodes(self._data.file)])
        else:
            groups = _collect(player, config, self._data, np.random.default_rng(self._seed))
        usable = [Group([episode for episode in group.episodes if _teaches(episode)]) for group in groups]
        self.groups = [group for group in usable if group.episodes]
        if not self.groups:
            raise ValueError("the data set holds no episode with a word of its player that could be graded")

    def draw(self, count: int, weight_E: torch.Tensor) -> list[int]:
        """Indices drawn with replacement, each in proportion to its weight."""
        return torch.multinomial(weight_E, count, replacement=True, generator=self._generator).tolist()

    def get_state(self) -> dict[str, Any]:
        """The episodes themselves and the generator of the draws: a run goes on with what it began with."""
        return {"groups": groups_state(self.groups), "generator": self._generator.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        self.groups = groups_from_state(state["groups"])
        self._generator.set_state(state["generator"].cpu())


class _Slips:
    """Puts something the expert said earlier in the place of some of its actions."""

    def __init__(self, noise: float, rng: np.random.Generator) -> None:
        self._noise, self._rng = noise, rng
        self._said: dict[str, None] = {}  # a set in the order of first use, so that draws can be repeated

    def __call__(self, action: str) -> str:
        self._said[action] = None
        if self._rng.random() >= self._noise:
            return action
        return list(self._said)[self._rng.integers(len(self._said))]


def _collect(player: Player, config: LLMConfig, data: DataConfig, rng: np.random.Generator) -> list[Group]:
    """Have the mix play: exact shares, dealt to the episodes of the tasks at random."""
    seeds = np.repeat(player.draw(data.tasks), data.per_task)
    ends = np.cumsum(data.shares) / sum(data.shares) * len(seeds)
    role_E = rng.permutation(np.searchsorted(ends, np.arange(len(seeds)), side="right"))
    episodes: dict[int, Episode] = {}
    for role in range(len(data.shares)):
        places = np.flatnonzero(role_E == role).tolist()
        chosen = seeds[places].tolist()
        if role == 2:
            played = _play(player, chosen, config)
        else:
            played = player.demonstrate(chosen, alter=_Slips(data.noise, rng) if role == 1 else None)
        episodes |= zip(places, played, strict=True)
    in_order = [episodes[place] for place in range(len(seeds))]
    return [Group(in_order[start : start + data.per_task]) for start in range(0, len(seeds), data.per_task)]


def _play(player: Player, seeds: Sequence[int], config: LLMConfig) -> list[Episode]:
    """Have the policy play, as many episodes at once as in an update."""
    size = config.groups * config.group_size
    played = [
        episode
        for start in range(0, len(seeds), size)
        for episode in player.rollout(seeds[start : start + size], config)
    ]
    player.count([Group(played)])
    return played


def _teaches(episode: Episode) -> bool:
    """Whether it could be graded and holds own tokens: a prompt may fill the context."""
    return episode.is_gradable and any(segment.own_T.any() for segment in episode.last.lineage())


def _by_task(episodes: Sequence[Episode]) -> list[Group]:
    """Groups of the episodes that share a seed."""
    by_seed: dict[int, list[Episode]] = defaultdict(list)
    for episode in episodes:
        by_seed[episode.seed].append(episode)
    return [Group(members) for members in by_seed.values()]
