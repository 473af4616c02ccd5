"""Transitions of an expert: played by the environment's own, or read from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.buffers import DictReplayBuffer, ReplayBuffer
from stable_baselines3.common.vec_env import VecEnv

from ...durable import replace_file

Transitions = dict[str, NDArray[Any]]
"""Arrays of one length: `observations`, `next_observations` (with `.key` after it for each part of a dict), `actions`
in [-1, 1], `rewards`, `terminated` and `truncated`."""


def play_demonstrations(
    env: VecEnv, episodes: int, scale_action: Callable[[NDArray[Any]], NDArray[Any]]
) -> Transitions:
    """Let the environments' own expert play.

    Each environment plays its share from beginning to end, so that short episodes are no more frequent.

    Args:
        env: environments with an `oracle`, freshly seeded; they need a reset after this.
        episodes: how many episodes to play.
        scale_action: from the action space to [-1, 1].

    Raises:
        ValueError: the environments have no expert, or one that knows no action in some state.
    """
    if not env.has_attr("oracle"):
        raise ValueError("demonstrations must be 0 or come from a file: the environment has no oracle()")
    left_B = np.full(env.num_envs, episodes // env.num_envs)
    left_B[: episodes % env.num_envs] += 1
    rows: list[dict[str, Any]] = []
    observations: Any = env.reset()
    while left_B.any():
        actions = env.env_method("oracle")
        if any(action is None for action in actions):
            raise ValueError("demonstrations must be 0 or come from a file: the oracle() knows no action in some state")
        before, action_B_A = observations, np.stack(actions)
        observations, rewards, dones, infos = env.step(action_B_A)
        for i in np.flatnonzero(left_B):
            after = infos[i]["terminal_observation"] if dones[i] else _one(observations, i)
            truncated = bool(infos[i].get("TimeLimit.truncated", False))
            rows.append(
                {
                    **_named("observations", _one(before, i)),
                    **_named("next_observations", after),
                    "actions": scale_action(action_B_A[i]),
                    "rewards": rewards[i],
                    "terminated": bool(dones[i]) and not truncated,
                    "truncated": truncated,
                }
            )
        left_B -= dones & (left_B > 0)
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def save_demonstrations(transitions: Transitions, path: str | Path) -> None:
    """Write transitions to a file of NumPy arrays (.npz), which `load_demonstrations` reads."""
    with replace_file(Path(path)) as file:
        np.savez_compressed(file, **transitions)  # pyright: ignore[reportArgumentType]


def load_demonstrations(path: str | Path) -> Transitions:
    """Read what `save_demonstrations` wrote.

    Raises:
        ValueError: there is no such file, or it does not hold arrays of one length.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            transitions = dict(file)
    except (OSError, ValueError, EOFError) as error:
        raise ValueError(f"demonstration_file must be an .npz file of transitions: {error}") from error
    lengths = {name: len(array) if array.ndim else 0 for name, array in transitions.items()}
    if len(set(lengths.values())) != 1 or not min(lengths.values()):
        raise ValueError(f"demonstration_file must hold arrays of one length, got {lengths} in {path}")
    return transitions


def fill_buffer(
    transitions: Transitions, observation_space: spaces.Space[Any], action_space: spaces.Space[Any], device: Any
) -> ReplayBuffer:
    """A replay buffer that holds just these transitions.

    Raises:
        ValueError: they are not of these spaces; the message names the array.
    """
    length = len(transitions["actions"]) if "actions" in transitions else 0
    wanted: dict[str, tuple[int, ...]] = {}
    for name in ("observations", "next_observations"):
        wanted |= {key: space.shape or () for key, space in _parts(name, observation_space).items()}
    wanted |= {"actions": action_space.shape or (), "rewards": (), "terminated": (), "truncated": ()}
    for name, shape in wanted.items():
        if name not in transitions or transitions[name].shape != (length, *shape):
            found = f"of shape {transitions[name].shape}" if name in transitions else "missing"
            raise ValueError(f"demonstrations: {name} must be of shape {(length, *shape)}, and is {found}")
    buffer_class: Any = DictReplayBuffer if isinstance(observation_space, spaces.Dict) else ReplayBuffer
    buffer = buffer_class(length, observation_space, action_space, device=device)
    for row in range(length):
        at = {name: transitions[name][row : row + 1] for name in wanted}
        buffer.add(
            _assembled("observations", at, observation_space),
            _assembled("next_observations", at, observation_space),
            at["actions"],
            at["rewards"],
            at["terminated"] | at["truncated"],
            [{"TimeLimit.truncated": bool(at["truncated"][0])}],
        )
    return buffer


def _one(observations: Any, index: int) -> Any:
    if isinstance(observations, dict):
        return {key: part[index] for key, part in observations.items()}
    return observations[index]


def _named(name: str, observation: Any) -> dict[str, Any]:
    if isinstance(observation, dict):
        return {f"{name}.{key}": part for key, part in observation.items()}
    return {name: observation}


def _parts(name: str, space: spaces.Space[Any]) -> dict[str, spaces.Space[Any]]:
    return _named(name, space.spaces if isinstance(space, spaces.Dict) else space)


def _assembled(name: str, arrays: dict[str, NDArray[Any]], space: spaces.Space[Any]) -> Any:
    if isinstance(space, spaces.Dict):
        return {key: arrays[f"{name}.{key}"] for key in space.spaces}
    return arrays[name]
