"""Data sets of bodies that experts and chance steer: from demonstrations to random play, made anew from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ..arguments import check_integer
from ..names import unknown_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the data of a family are played.

    An episode is a sequence of stretches; in each, either the expert acts or one random action is held.

    Attributes:
        skills: shares of stretches that are the expert's; each episode draws one of them.
        noise: standard deviation of what is added to each number of the expert's actions.
        stretch: how many steps a stretch takes on average (a geometric distribution).
        one_task: whether all episodes pose the first one's task.
    """

    skills: tuple[float, ...]
    noise: float
    stretch: float
    one_task: bool = False


FAMILIES: Mapping[str, Behaviour] = {
    "expert": Behaviour(skills=(1.0,), noise=0.0, stretch=10),
    "narrow": Behaviour(skills=(1.0,), noise=0.1, stretch=10, one_task=True),
    "play": Behaviour(skills=(0.7,), noise=0.3, stretch=8),
    "mixed": Behaviour(skills=(0.0, 0.5, 1.0), noise=0.2, stretch=8),
    "random": Behaviour(skills=(0.0,), noise=0.0, stretch=5),
}
"""The families of data, by name: demonstrations; noisy demonstrations of one task; undirected play over all tasks;
episodes of beginners, middling players and experts; chance. After the families of Rafailov et al., D5RL: Diverse
Datasets for Data-Driven Deep Reinforcement Learning (2024)."""


@dataclass(frozen=True, slots=True)
class OfflineDataset:
    """N transitions in the order in which they were played; episodes are whole.

    Attributes:
        observations: before the action.
        next_observations: after it, the last one of an episode included.
        actions: what was done, in [-1, 1].
        rewards: of each.
        terminated: whether the episode ended with it.
        truncated: whether it was cut off there.
        is_expert: whether the expert acted, noise aside.
        success: whether the task was solved with it.
        cost: how much harm it did.
    """

    observations: NDArray[np.float32]
    next_observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    is_expert: NDArray[np.bool_]
    success: NDArray[np.bool_]
    cost: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rewards)

    @property
    def episode_ends(self) -> NDArray[np.intp]:
        """The place of each episode's last transition."""
        return np.flatnonzero(self.terminated | self.truncated)

    def save(self, path: str | Path) -> None:
        """Write an .npz file with one array for each attribute."""
        with Path(path).open("wb") as file:  # given a name, NumPy would add to it
            np.savez_compressed(file, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: str | Path) -> OfflineDataset:
        """Read what `save` has written.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no such file, or an array is missing or of another length.
        """
        names = [field.name for field in fields(cls)]
        with np.load(path, allow_pickle=False) as arrays:
            missing = [name for name in names if name not in arrays]
            if missing:
                raise ValueError(f"{path} must hold the arrays {', '.join(names)}; missing: {', '.join(missing)}")
            dataset = cls(*(arrays[name] for name in names))
        if len({len(getattr(dataset, name)) for name in names}) != 1:
            raise ValueError(f"the arrays of {path} must be of one length")
        return dataset


def collect(env: gym.Env[Any, Any], family: str, transitions: int, seed: int) -> OfflineDataset:
    """Play a data set; the same arguments give the same arrays.

    Args:
        env: a body with an `oracle()`, and an array for an observation. `gym.make("robot/PointMaze-v0",
            split="train")`, say, plays only pairs of start and goal that are for training.
        family, transitions, seed: see `play_family`.

    Raises:
        ValueError: there is no such family, or `transitions` is no positive integer.
    """
    columns = zip(*play_family(env, family, transitions, seed), strict=True)
    return OfflineDataset(*(np.array(column) for column in columns))


def play_family(env: gym.Env[Any, Any], family: str, transitions: int, seed: int) -> list[tuple[Any, ...]]:
    """Play what a data set is made of; the same arguments give the same.

    Args:
        env: a body with an `oracle()`.
        family: one of `FAMILIES`.
        transitions: how many there are at least: the last episode is played to its end.
        seed: of the environment's tasks, of noise and of chance.

    Returns:
        The transitions in the order in which they were played, each with its values in the order of `OfflineDataset`'s
        attributes; observations are as the environment gives them.

    Raises:
        ValueError: there is no such family, or `transitions` is no positive integer.
    """
    if family not in FAMILIES:
        raise unknown_name(f"unknown family {family!r}", str(family).lower(), FAMILIES)
    check_integer("transitions", transitions, 1)
    behaviour, rng = FAMILIES[family], np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []
    env_seed: int | None = int(rng.integers(2**31))
    options: dict[str, Any] | None = None
    while len(rows) < transitions:
        observation, info = env.reset(seed=env_seed, options=options)
        env_seed = None
        if behaviour.one_task:
            options = {"task": info["task"]}
        rows += _episode(env, observation, behaviour, rng)
    return rows


def _episode(
    env: gym.Env[Any, Any], observation: Any, behaviour: Behaviour, rng: np.random.Generator
) -> list[tuple[Any, ...]]:
    """The transitions of one episode, in the order of `OfflineDataset`."""
    oracle, space = env.get_wrapper_attr("oracle"), env.action_space
    skill = behaviour.skills[int(rng.integers(len(behaviour.skills)))]
    rows: list[tuple[Any, ...]] = []
    left, is_expert, held, is_over = 0, False, np.zeros(0), False
    while not is_over:
        if left == 0:
            left, is_expert = int(rng.geometric(1.0 / behaviour.stretch)), bool(rng.random() < skill)
            held = rng.uniform(-1.0, 1.0, space.shape or ())
        wanted = oracle() if is_expert else None
        action = held if wanted is None else wanted + behaviour.noise * rng.standard_normal(held.shape)
        action = np.clip(action, -1.0, 1.0).astype(np.float32)
        after, reward, terminated, truncated, info = env.step(action)
        ends = (bool(terminated), bool(truncated))
        done = (wanted is not None, bool(info["success"]), float(info["cost"]))
        rows.append((observation, after, action, float(reward), *ends, *done))
        observation, is_over, left = after, any(ends), left - 1
    return rows
