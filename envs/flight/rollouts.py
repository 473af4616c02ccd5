"""Short flights from copies of one state: what an action is worth by how soon it ends in a collision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core import EnvState
from ..core.arguments import check_integer
from ..core.bodies.actions import check_actions
from ..vision.first_person.world import World
from .flight_env import FlightEnv
from .kernels.layout import Column

Policy = Callable[[Any], NDArray[Any]]
"""From the observations of N bodies, as the environment's vector gives them, to N actions."""


def collision_times(
    env: FlightEnv,
    snapshot: EnvState,
    action_N_A: ArrayLike,
    policy: Policy | None = None,
    *,
    horizon: int = 5,
    seed: int | None = None,
) -> NDArray[np.int64]:
    """When N copies of a state touch something that take an action each and then follow a policy.

    The targets of CAD2RL (Sadeghi and Levine, 2017) are made of this: a copy that takes t steps to its collision has
    been free of collisions for t - 1 of them. All copies fly in one call of the kernel and see by one call of the
    renderer; they share the floor. Copies that have collided, or reached the goal, rest.

    Args:
        env: made with the arguments of the one that the snapshot is of; its own state is not touched.
        snapshot: from `get_state`, of an episode that goes on.
        action_N_A: the first action of each copy.
        policy: what chooses the later actions from observations; None goes on with the first ones.
        horizon: steps that are flown, the first included.
        seed: gives each copy gusts of its own; None leaves all with those of the state.

    Returns:
        Of each copy the step on which it collides, from 1 on; horizon + 1 where it does not.

    Raises:
        ValueError: an argument is not as described.
    """
    steps = check_integer("horizon", horizon, 1)
    if snapshot.over or snapshot.episode.task is None:
        raise ValueError("snapshot must be of an episode that goes on, but that one is over or never began")
    action_N_A = np.asarray(action_N_A, np.float64)
    if action_N_A.ndim != 2 or action_N_A.shape[1] != env.action_size or not np.isfinite(action_N_A).all():
        raise ValueError(f"action_N_A must be N times {env.action_size} finite numbers, got {action_N_A.shape}")
    count = len(action_N_A)
    world = World(env, count)
    place = env.make_place(snapshot.episode.task)
    for body in range(count):
        world.put(body, place, snapshot.episode.row_S, snapshot.episode.seen_H_W_C)
    if seed is not None:
        world.state_N_S[:, Column.KEY] = np.random.default_rng(seed).integers(2**31, size=count)
    time_N = np.full(count, steps + 1)
    for step in range(1, steps + 1):
        moving_N = (time_N > steps) & (world.state_N_S[:, Column.REACHED] == 0)
        if not moving_N.any():
            break
        if policy is not None and step > 1:
            action_N_A = policy(world.observe())
        world.step(check_actions(action_N_A, moving_N, env.action_size).astype(np.float64), moving_N)
        time_N[moving_N & (world.state_N_S[:, Column.COLLIDED] > 0)] = step
    return time_N
