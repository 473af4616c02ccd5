"""A pool of other cars' data, and what a buffer holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from stable_baselines3.common.buffers import DictReplayBuffer
from stable_baselines3.common.vec_env import VecTransposeImage

from ....envs.core.arguments import check_integer
from ....envs.core.bodies.offline_data import FAMILIES, play_family
from ....envs.core.names import unknown_name

_INTERVENED = -1  # the place in the state's numbers that tells of the recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolConfig:
    """How the pool is played.

    Attributes:
        family: of behaviours, one of `envs.core.bodies.offline_data.FAMILIES`.
        transitions: how many steps are played; the last episode is played to its end.
        env: arguments of the environment that are different there: `variety: 1.0` for another car in every episode.

    Raises:
        ValueError: a field is out of range.
    """

    family: str = "mixed"
    transitions: int = 10_000
    env: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise unknown_name(f"pool.family {self.family!r} is unknown", self.family, FAMILIES)
        check_integer("pool.transitions", self.transitions, 1)
        if not isinstance(self.env, Mapping):
            raise ValueError(f"pool.env must be a mapping of arguments, got {self.env!r}")


def play_pool(
    env: gym.Env[Any, Any], pool: PoolConfig, seed: int, observation_space: spaces.Dict, action_space: Any, device: Any
) -> DictReplayBuffer:
    """Have the pool played. Steps of the recovery are left out, and what leads to one ends there.

    Args:
        env: where it is played.
        pool: how.
        seed: of the environment and of chance.
        observation_space: of `pixels`, channels first, and `state`.
        action_space: of the environment.
        device: where batches go.

    Raises:
        ValueError: the observations are of another size.
    """
    rows = play_family(env, pool.family, pool.transitions, seed)
    helped = [bool(row[1]["state"][_INTERVENED]) for row in rows]
    buffer = DictReplayBuffer(len(rows), observation_space, action_space, device=device)
    for index, (before, after, action, reward, terminated, truncated, *_) in enumerate(rows):
        if helped[index]:
            continue
        over = terminated or truncated
        done = terminated or (not over and index + 1 < len(rows) and helped[index + 1])
        batch = _channels_first(before), _channels_first(after), action, np.array([reward]), np.array([done])
        buffer.add(*batch, [{}])
    return buffer


def _channels_first(observation: Mapping[str, Any]) -> dict[str, Any]:
    return {**observation, "pixels": VecTransposeImage.transpose_image(observation["pixels"])}
