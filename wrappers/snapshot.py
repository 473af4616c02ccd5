"""Snapshots of an environment with whatever is wrapped around it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import gymnasium as gym
from gymnasium import wrappers

from ..envs.core import Stateful
from .simulation import Simulation, has_simulation

# Gymnasium's wrappers that keep no state the future depends on (the pass-through ones keep none at all), and those that
# do, with the attributes it stands in. Any other wrapper must save itself: leaving it out would restore a wrong state.
_ATTRIBUTES: dict[type[gym.Wrapper], tuple[str, ...]] = {
    wrappers.PassiveEnvChecker: ("checked_reset", "checked_step", "checked_data_reuse", "_previous_data"),
    wrappers.OrderEnforcing: ("_has_reset",),
    wrappers.TimeLimit: ("_elapsed_steps",),
    wrappers.Autoreset: ("autoreset",),
    wrappers.RecordEpisodeStatistics: ("episode_count", "episode_returns", "episode_lengths"),
    wrappers.ClipAction: (),
    wrappers.RescaleAction: (),
    wrappers.RescaleObservation: (),
    wrappers.FlattenObservation: (),
    wrappers.FilterObservation: (),
    wrappers.TransformAction: (),
    wrappers.TransformObservation: (),
    wrappers.TransformReward: (),
}


def get_state(env: gym.Env) -> tuple[Any, ...]:
    """A snapshot of an environment and all its wrappers.

    Args:
        env: an environment with `get_state` or a MuJoCo body of Gymnasium, inside any of this package's wrappers and
            the Gymnasium wrappers that can be saved.

    Returns:
        One picklable value a layer, outermost first; it shares nothing with the environment.

    Raises:
        TypeError: a layer cannot be saved; the message names it.
    """
    layers: list[Any] = []
    while (innermost := _stateful(env)) is None:
        names = _names(env)
        layers.append(deepcopy({name: getattr(env, name) for name in names}))
        env = env.env  # pyright: ignore[reportAttributeAccessIssue]  (_names admits wrappers only)
    return (*layers, innermost.get_state())


def set_state(env: gym.Env, state: tuple[Any, ...]) -> None:
    """Return to a snapshot taken from an environment with the same wrappers and arguments.

    Raises:
        TypeError: a layer cannot be restored; the message names it.
        ValueError: the snapshot has another number of layers.
    """
    *layers, own = state
    for layer in layers:
        if _stateful(env) is not None:
            break
        if set(layer) != set(_names(env)):
            raise ValueError(f"state must come from the same wrappers, got {sorted(layer)} for {type(env).__name__}")
        for name, value in deepcopy(layer).items():
            setattr(env, name, value)
        env = env.env  # pyright: ignore[reportAttributeAccessIssue]
    else:
        innermost = _stateful(env)
        if innermost is not None:
            innermost.set_state(own)
            return
    raise ValueError(f"state must come from the same wrappers, got {len(layers)} layers outside of another environment")


def _stateful(env: gym.Env) -> Stateful | None:
    if isinstance(env, Stateful):
        return env
    return Simulation(env) if has_simulation(env) else None


def _names(env: gym.Env) -> tuple[str, ...]:
    try:
        return _ATTRIBUTES[type(env)]  # pyright: ignore[reportArgumentType]  (a plain environment is not a key either)
    except KeyError:
        raise TypeError(f"{type(env).__name__} has no get_state and set_state, so no snapshot would be exact") from None
