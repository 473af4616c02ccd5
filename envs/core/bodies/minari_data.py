"""Data sets in Minari's format, which other libraries read, too (minari.farama.org)."""

from __future__ import annotations

import re
import warnings
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .offline_data import OfflineDataset

_NAME = re.compile(r"[-\w]+(/[-\w]+)*-v\d+")
_MARKS = ("is_expert", "success", "cost")
"""What an `OfflineDataset` says of a transition that Minari has no place for; it stands among the infos."""


def check_new_minari(dataset_id: str) -> None:
    """Check that a data set may be written under a name.

    Raises:
        ModuleNotFoundError: Minari is not installed (the extra `minari`).
        ValueError: the name is none of a data set, or is taken.
    """
    import minari

    if not _NAME.fullmatch(dataset_id):
        raise ValueError(f"a data set must be named as palaestra/point-maze/play-v0 is, got {dataset_id!r}")
    if dataset_id in minari.list_local_datasets():
        raise ValueError(f"Minari has a data set {dataset_id} already; give another name, or a higher version")


def write_minari(
    dataset: OfflineDataset, env: gym.Env[Any, Any], dataset_id: str, *, player: str, description: str
) -> None:
    """Write a data set into Minari's folder (`~/.minari/datasets`, or what MINARI_DATASETS_PATH names).

    `is_expert`, `success` and `cost` are kept as infos. Nothing is lost: `read_minari` gives the same arrays.

    Args:
        dataset: what was played.
        env: where it was played; the data set keeps how to make it.
        dataset_id: the new data set's name with its version, as `palaestra/point-maze/play-v0`.
        player: who played it.
        description: what it is.

    Raises:
        ModuleNotFoundError: Minari is not installed (the extra `minari`).
        ValueError: the name is none of a data set, or is taken.
    """
    import minari
    from minari.data_collector.episode_buffer import EpisodeBuffer

    check_new_minari(dataset_id)
    ends = dataset.episode_ends + 1
    episodes = [_episode(dataset, slice(first, end)) for first, end in zip([0, *ends[:-1]], ends, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it would have an author, an address, a link …
        minari.create_dataset_from_buffers(
            dataset_id,
            [EpisodeBuffer(**episode) for episode in episodes],
            env=env,
            eval_env=env,
            algorithm_name=player,
            description=description,
        )


def read_minari(dataset_id: str) -> OfflineDataset:
    """Read a data set of Minari's folder, whoever made it.

    Observations that are dicts become vectors as Gymnasium's `FlattenObservation` makes them. Where the infos say
    nothing of `is_expert`, `success` or `cost`, these are False, False and 0.

    Args:
        dataset_id: its name with its version, as `D4RL/pointmaze/umaze-v2`.

    Raises:
        ModuleNotFoundError: Minari is not installed (the extra `minari`).
        ValueError: there is no such data set, or its observations or actions are no numbers of one shape.
    """
    import minari

    try:
        data = minari.load_dataset(dataset_id)
    except FileNotFoundError as error:
        raise ValueError(
            f"Minari has no data set {dataset_id!r} on this machine; `minari download {dataset_id}` may get it"
        ) from error
    if not isinstance(data.action_space, spaces.Box):
        raise ValueError(f"{dataset_id}: actions must be continuous, got {data.action_space}")
    columns = [_transitions(episode, data.observation_space, dataset_id) for episode in data.iterate_episodes()]
    if not columns:
        raise ValueError(f"{dataset_id} holds no episodes")
    return OfflineDataset(**{name: np.concatenate([column[name] for column in columns]) for name in columns[0]})


def _episode(dataset: OfflineDataset, rows: slice) -> dict[str, Any]:
    """The arguments of Minari's `EpisodeBuffer`: one observation more than there are actions, and as many infos."""
    marks = {name: getattr(dataset, name)[rows] for name in _MARKS}
    return {
        "observations": np.concatenate([dataset.observations[rows][:1], dataset.next_observations[rows]]),
        "actions": dataset.actions[rows],
        "rewards": dataset.rewards[rows],
        "terminations": dataset.terminated[rows],
        "truncations": dataset.truncated[rows],
        "infos": {name: np.concatenate([np.zeros(1, mark.dtype), mark]) for name, mark in marks.items()},
    }


def _transitions(episode: Any, space: spaces.Space[Any], where: str) -> dict[str, NDArray[Any]]:
    """The columns of `OfflineDataset`, of one of Minari's episodes."""
    observations, T = _vectors(episode.observations, space, where), len(episode.rewards)
    if len(observations) != T + 1:
        raise ValueError(f"{where}: an episode of {T} steps must have {T + 1} observations, got {len(observations)}")
    terminated, truncated = np.array(episode.terminations, np.bool_), np.array(episode.truncations, np.bool_)
    truncated[-1] |= not terminated[-1]  # the recording may have stopped midway
    types = dict(zip(_MARKS, (np.bool_, np.bool_, np.float64), strict=True))
    return {
        "observations": observations[:-1],
        "next_observations": observations[1:],
        "actions": np.asarray(episode.actions, np.float32),
        "rewards": np.asarray(episode.rewards, np.float64),
        "terminated": terminated,
        "truncated": truncated,
        **{name: _info(episode.infos, name, T).astype(dtype) for name, dtype in types.items()},
    }


def _info(infos: Any, name: str, steps: int) -> NDArray[Any]:
    """An info of every step; that of the reset, which may stand before them, is left out."""
    return np.asarray(infos[name])[-steps:].reshape(steps) if infos and name in infos else np.zeros(steps)


def _vectors(values: Any, space: spaces.Space[Any], where: str) -> NDArray[np.float32]:
    if isinstance(space, spaces.Dict):
        return np.concatenate([_vectors(values[key], part, where) for key, part in space.spaces.items()], axis=1)
    if not isinstance(space, spaces.Box):
        raise ValueError(f"{where}: observations must be arrays of numbers, or dicts of them; got {space}")
    return np.asarray(values, np.float32).reshape(len(values), -1)
