"""Agents to compare with: random, constant and expert. They have the `predict` of every agent and learn nothing."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces


class RandomAgent:
    """Draws every action from the action space.

    Args:
        action_space: the action space of one environment.
        seed: of the draws.
    """

    def __init__(self, action_space: spaces.Space[Any], seed: int = 0) -> None:
        self.action_space = copy.deepcopy(action_space)  # the environment's own keeps its generator
        self.action_space.seed(seed)

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> tuple[Any, Any]:
        """Actions for a batch of observations: a list for text, an array (n, …) otherwise."""
        return _batch(observation, [self.action_space.sample() for _ in range(batch_size_of(observation))]), state


class ConstantAgent:
    """Answers everything with the same action.

    Args:
        action: the action of one environment.
    """

    def __init__(self, action: Any) -> None:
        self.action = action

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> tuple[Any, Any]:
        """The action, once for each observation: a list for text, an array (n, …) otherwise."""
        return _batch(observation, [self.action] * batch_size_of(observation)), state


class OracleAgent:
    """Asks each environment's own expert.

    Args:
        envs: the very environments that are stepped, in the order of the batch.

    Raises:
        ValueError: an environment has no `oracle`.
    """

    def __init__(self, envs: Sequence[gym.Env[Any, Any]]) -> None:
        self.envs = tuple(envs)
        for env in self.envs:
            if not env.has_wrapper_attr("oracle"):
                raise ValueError(f"envs must have an oracle(), got {env}")

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> tuple[Any, Any]:
        """The experts' actions; the observations only say how many environments are asked.

        Raises:
            ValueError: there are not as many observations as environments, or no one knows an expert's action.
        """
        n = batch_size_of(observation)
        if n != len(self.envs):
            raise ValueError(f"observation must be a batch of {len(self.envs)}, one for each environment, got {n}")
        actions = [env.get_wrapper_attr("oracle")() for env in self.envs]
        if any(action is None for action in actions):
            env = self.envs[next(i for i, action in enumerate(actions) if action is None)]
            raise ValueError(f"{env} knows no expert's action here: its episode is over, or no one knows one")
        return _batch(observation, actions), state


def batch_size_of(observation: Any) -> int:
    """How many observations a batch holds: of an array (n, …), a dict of arrays, a list of strings, or one string."""
    if isinstance(observation, str):
        return 1
    if isinstance(observation, Mapping):
        return batch_size_of(next(iter(observation.values())))
    return len(observation)


def _batch(observation: Any, actions: list[Any]) -> Any:
    if isinstance(observation, str):
        return actions[0]
    return actions if isinstance(actions[0], str) else np.stack(actions)
