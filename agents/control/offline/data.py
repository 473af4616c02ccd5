"""The data set: played once, by a family of behaviours or a mix of players, or read from where it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv

from ....envs.core.arguments import check_integer, check_number
from ....envs.core.bodies.minari_data import read_minari
from ....envs.core.bodies.offline_data import FAMILIES, OfflineDataset, collect
from ....envs.core.names import unknown_name

PLAYERS = ("expert", "noisy_expert", "random")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """Where the transitions come from.

    The shares say who plays how many of the steps, whole episodes each: they count relative to one another, so 1 and 1
    are halves.

    Attributes:
        file: what `OfflineDataset.save` has written; None to have the data played.
        minari: the name of a data set in Minari's folder, as `D4RL/pointmaze/umaze-v2`.
        family: one of `envs.core.bodies.offline_data.FAMILIES`: narrow, play, mixed or random.
        transitions: how many steps are played; the last episode is played to its end.
        expert: share of the environment's expert. Only what it plays counts as an expert's, where the shares are given.
        noisy_expert: share of the expert with slips.
        random: share of a player that acts at random.
        noise: how often the noisy expert slips: it then acts at random.
        env: arguments of the environment that are different where the data are played, as `{split: train}`.

    Raises:
        ValueError: a field is out of range, or it says none or several of: what file, what data set of Minari's, what
            family, who plays.
    """

    file: str | None = None
    minari: str | None = None
    family: str | None = None
    transitions: int = 20_000
    expert: float = 0.0
    noisy_expert: float = 0.0
    random: float = 0.0
    noise: float = 0.3
    env: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_integer("data.transitions", self.transitions, 1)
        for name in PLAYERS:
            if check_number(f"data.{name}", getattr(self, name)) < 0:
                raise ValueError(f"data.{name} must be 0 or more, got {getattr(self, name)}")
        if not 0.0 <= check_number("data.noise", self.noise) <= 1.0:
            raise ValueError(f"data.noise must lie in [0, 1], got {self.noise}")
        named = [name for name in ("file", "minari", "family") if getattr(self, name) is not None]
        if len(named) + (sum(self.shares.values()) > 0) != 1:
            raise ValueError(
                f"data must name one of: a file, a data set of minari, a family, or who plays ({', '.join(PLAYERS)})"
            )
        if self.family is not None and self.family not in FAMILIES:
            raise unknown_name(f"data.family {self.family!r} is unknown", self.family, FAMILIES)
        if not isinstance(self.env, Mapping):
            raise ValueError(f"data.env must be a mapping of arguments, got {self.env!r}")

    @property
    def shares(self) -> dict[str, float]:
        """Of every player."""
        return {name: getattr(self, name) for name in PLAYERS}


def find_data(data: DataConfig, env: VecEnv, seed: int | None) -> OfflineDataset:
    """Read the data, or have them played in an environment of their own.

    That one is the agent's own, but for the arguments in `data.env`, and without the wrappers around it.

    Args:
        data: where they come from.
        env: the agent's.
        seed: the agent's; for equal seeds all agents get the same data.

    Raises:
        ValueError: there is no such file or data set, or the environment cannot be made or has no expert.
    """
    if (dataset := read_data(data)) is not None:
        return dataset
    own = make_again(env, data.env)
    try:
        return play_data(own, data, data_seed(seed))
    finally:
        own.close()


def make_again(env: VecEnv, changes: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """An environment like the agent's, without the wrappers around it.

    Args:
        env: the agent's.
        changes: arguments that are different.

    Raises:
        ValueError: the agent's is not registered.
    """
    spec = env.get_attr("unwrapped")[0].spec
    if spec is None:
        raise ValueError(
            "env must be registered with Gymnasium, for it is made again to play data in; or name data that are there"
        )
    return gym.make(spec, disable_env_checker=True, **changes)


def data_seed(seed: int | None) -> int:
    """Of the data of an agent with a seed: another one than that of its training, so that the episodes are others."""
    entropy = np.random.SeedSequence(None if seed is None else (seed, len("data")))
    return int(entropy.generate_state(1)[0])


def play_data(env: gym.Env[Any, Any], data: DataConfig, seed: int) -> OfflineDataset:
    """Play whole episodes until there are enough steps.

    Of a mix, whoever lags furthest behind its share plays the next episode.

    Args:
        env: a body with a vector for an observation; and an `oracle()`, if the expert has a share.
        data: who plays.
        seed: of the environment and of chance.

    Raises:
        ValueError: the environment has no expert.
    """
    try:
        if data.family is not None:
            return collect(env, data.family, data.transitions, seed)
        return _play_mix(env, data, seed)
    except AttributeError as error:
        if "oracle" not in str(error):
            raise
        raise ValueError(f"data.expert needs an environment with an oracle(), and {env} has none") from error


def read_data(data: DataConfig) -> OfflineDataset | None:
    """Read the data that are there already; None where they are to be played.

    Raises:
        ValueError: there is no such file, or no such data set.
    """
    if data.minari is not None:
        return read_minari(data.minari)
    if data.file is None:
        return None
    try:
        return OfflineDataset.load(data.file)
    except (OSError, ValueError, EOFError) as error:
        raise ValueError(f"data.file must be an .npz file of transitions: {error}") from error


def check_data(data: OfflineDataset, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]) -> None:
    """Check that data are of these spaces.

    Raises:
        ValueError: they are not, or actions are not bounded by -1 and 1.
    """
    if not isinstance(action_space, spaces.Box) or (action_space.low != -1).any() or (action_space.high != 1).any():
        raise ValueError(f"actions must lie in [-1, 1], as those of the data do; got {action_space}")
    observation_shape, action_shape = observation_space.shape or (), action_space.shape or ()
    wanted = {"observations": observation_shape, "next_observations": observation_shape, "actions": action_shape}
    for name, shape in wanted.items():
        found = getattr(data, name).shape[1:]
        if found != shape:
            raise ValueError(f"data: {name} must be of shape {shape} as the environment's are, got {found}")


def _play_mix(env: gym.Env[Any, Any], data: DataConfig, seed: int) -> OfflineDataset:
    rng = np.random.default_rng(seed)
    oracle = env.get_wrapper_attr("oracle") if data.expert + data.noisy_expert > 0 else None
    slips = {"expert": 0.0, "noisy_expert": data.noise, "random": 1.0}
    played = {name: 0 for name, share in data.shares.items() if share > 0}
    rows: list[tuple[Any, ...]] = []
    env_seed: int | None = int(rng.integers(2**31))
    while len(rows) < data.transitions:
        player = min(played, key=lambda name: played[name] / data.shares[name])
        observation, _ = env.reset(seed=env_seed)
        env_seed, begun, is_over = None, len(rows), False
        while not is_over:
            wanted = oracle() if oracle is not None and rng.random() >= slips[player] else None
            action = rng.uniform(-1.0, 1.0, env.action_space.shape) if wanted is None else np.clip(wanted, -1.0, 1.0)
            after, reward, terminated, truncated, info = env.step(action.astype(np.float32))
            solved, cost = bool(info.get("success", False)), float(info.get("cost", 0.0))
            marks = (bool(terminated), bool(truncated), player == "expert", solved, cost)
            rows.append((observation, after, action.astype(np.float32), float(reward), *marks))
            observation, is_over = after, terminated or truncated
        played[player] += len(rows) - begun
    return OfflineDataset(*(np.array(column) for column in zip(*rows, strict=True)))
