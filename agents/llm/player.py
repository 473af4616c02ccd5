"""Plays episodes for an agent that learns: tasks from the sampler, replies from the engine, everything counted."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import torch

from ...wrappers.snapshot import get_state, set_state
from ..environments import MakeEnv
from .config import LLMConfig
from .demonstrations import demonstrate
from .generation.engines import ENGINES
from .generation.protocol import Sampling
from .metrics import rollout_metrics
from .named import name_of
from .policy import Policy
from .rollout.multi_turn import rollout
from .samplers import SAMPLERS, UniformSampler
from .types import Episode, Group


class Player:
    """Plays tasks, and counts what the budget is made of.

    Attributes:
        num_timesteps: turns so far.
        num_episodes: episodes so far.
        engine: generates the replies.

    Args:
        make_env: makes a text environment.
        policy: whose replies they are.
        config: names the sampler and the engine.
        seed: of the sampler and of the replies.
    """

    def __init__(self, make_env: MakeEnv, policy: Policy, config: LLMConfig, seed: int) -> None:
        self.num_timesteps = 0
        self.num_episodes = 0
        self._make_env = make_env
        self._policy = policy
        self._sampler = SAMPLERS.bind(config.sampler)(seed)
        # where the sampler's own tasks are fresh, one stream serves both
        self._fresh = self._sampler if name_of(config.sampler) == "uniform" else UniformSampler(seed)
        self._generator = torch.Generator(policy.device).manual_seed(seed)
        self._envs: list[gym.Env[str, str]] = []
        self._expert_env: gym.Env[str, str] | None = None
        self._played: list[Episode] = []
        self._seconds = 0.0
        self.engine = ENGINES.bind(config.engine)(policy)
        self._pushed = policy.version

    def sync(self) -> None:
        """Have the engine begin afresh with the policy's present weights, which are pushed only if they have changed.

        Keys and values are forgotten in any case: what was generated before, in an evaluation for instance, must not
        decide how the next replies are computed.
        """
        version = self._policy.version
        if version == self._pushed:
            self.engine.forget()
        else:
            self.engine.sync(self._policy)
            self._pushed = version

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks, from the sampler."""
        return self._sampler.draw(count)

    def draw_fresh(self, count: int) -> list[int]:
        """Seeds of `count` tasks that nobody has seen, whatever the sampler plays: for what comes before training."""
        return self._fresh.draw(count)

    def play(self, seeds: Sequence[int], config: LLMConfig) -> list[Group]:
        """Play tasks for training: `group_size` episodes each, of which the expert plays `demonstrations`.

        The turns count towards the budget, and the sampler hears how it went.

        Args:
            seeds: of the tasks.
            config: how replies are drawn.

        Raises:
            ValueError: demonstrations are asked for, and the environment has no expert.
        """
        own = config.group_size - config.demonstrations
        began = time.perf_counter()
        episodes = self.rollout([seed for seed in seeds for _ in range(own)], config)
        self._seconds += time.perf_counter() - began
        self._played += episodes
        groups = [Group(episodes[start : start + own]) for start in range(0, len(episodes), own)]
        self._sampler.observe(groups)
        if config.demonstrations:
            for group, demonstration in zip(groups, self.demonstrate(seeds), strict=True):
                group.episodes += [demonstration] * config.demonstrations
        self.count(groups)
        return groups

    def rollout(self, seeds: Sequence[int], config: LLMConfig) -> list[Episode]:
        """Play one episode a seed, without counting it."""
        count = min(len(seeds), config.concurrent_episodes or len(seeds))
        while len(self._envs) < count:
            self._envs.append(self._make_env())
        self.sync()
        sampling = Sampling(config.max_new_tokens, config.temperature)
        return rollout(self._policy, self.engine, self._envs[:count], seeds, sampling, self._generator)

    def demonstrate(self, seeds: Sequence[int], *, alter: Callable[[str], str] | None = None) -> list[Episode]:
        """Have the environment's expert play one episode a seed, without counting it.

        Args:
            seeds: of the tasks.
            alter: as in `demonstrations.demonstrate`.

        Raises:
            ValueError: the environment has no expert.
        """
        if self._expert_env is None:
            self._expert_env = self._make_env()
        return [played.as_episode(self._policy) for played in demonstrate([self._expert_env], seeds, alter=alter)]

    def count(self, groups: Sequence[Group]) -> None:
        """Count the turns and episodes of groups towards the budget, played or read from a data set."""
        episodes = [episode for group in groups for episode in group.episodes]
        self.num_timesteps += sum(len(episode.rewards_K) for episode in episodes)
        self.num_episodes += len(episodes)

    def take_metrics(self) -> dict[str, float]:
        """Metrics of what was played since the last call, and of the sampler."""
        played, seconds = self._played, self._seconds
        self._played, self._seconds = [], 0.0
        return (rollout_metrics(played, seconds=seconds) if played else {}) | self._sampler.metrics()

    def get_state(self) -> dict[str, Any]:
        """Everything that later episodes depend on."""
        return {
            "sampler": self._sampler.get_state(),
            "generator": self._generator.get_state(),
            "num_timesteps": self.num_timesteps,
            "num_episodes": self.num_episodes,
            "environments": pickle.dumps([_environment_state(env) for env in self._envs]),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        self._sampler.set_state(state["sampler"])
        self._generator.set_state(state["generator"].cpu())
        self.num_timesteps, self.num_episodes = state["num_timesteps"], state["num_episodes"]
        self._played, self._seconds = [], 0.0
        environments = pickle.loads(state["environments"])
        while len(self._envs) < len(environments):
            self._envs.append(self._make_env())
        for env, saved in zip(self._envs, environments, strict=False):
            if saved is not None:
                set_state(env, saved)


def _environment_state(env: gym.Env[str, str]) -> Any:
    """A snapshot for the wrappers' sake (every rollout resets the environment itself), None where there is none."""
    try:
        return get_state(env)
    except TypeError:
        return None
