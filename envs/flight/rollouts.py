"""Short flights from copies of states: what an action is worth by how soon it ends in a collision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class ShortFlights:
    """What became of N copies.

    Attributes:
        time_N: the step on which each collided, from 1 on; one more than were to be flown where it did not.
        reached_N: which of them are at the goal.
        steps_N: that each flew before it came to rest.
    """

    time_N: NDArray[np.int64]
    reached_N: NDArray[np.bool_]
    steps_N: NDArray[np.int64]


class Copies:
    """N bodies that are put where others are, and fly on from there; made once, they may fly many times.

    All fly in one call of the kernel and see by one call of the renderer. Those that have collided, or reached the
    goal, rest. Copies of states of one floor share it.

    Args:
        env: made with the arguments of those that snapshots are of; its own state is not touched.
        count: how many, N.
        threads: that draw; None for what pays. It changes the speed, never the numbers.
    """

    def __init__(self, env: FlightEnv, count: int, threads: int | None = None) -> None:
        self._env = env
        self._count = check_integer("count", count, 1)
        self._world = World(env, count, threads)

    def fly(
        self,
        snapshots: Sequence[EnvState],
        action_N_A: ArrayLike,
        policy: Policy | None = None,
        *,
        hold: int = 1,
        horizon: int = 5,
        seed: int | None = None,
    ) -> ShortFlights:
        """Fly on from states.

        Args:
            snapshots: from `get_state`, one for each copy, of episodes that go on.
            action_N_A: the first action of each copy.
            policy: what chooses the later actions from observations; None goes on with the first ones.
            hold: for how many steps the first actions are taken before the policy chooses.
            horizon: steps that are flown, the first included.
            seed: gives each copy gusts of its own; None leaves all with those of their states.

        Raises:
            ValueError: an argument is not as described.
        """
        steps, held = check_integer("horizon", horizon, 1), check_integer("hold", hold, 1)
        action_N_A = np.asarray(action_N_A, np.float64)
        if action_N_A.shape != (self._count, self._env.action_size) or not np.isfinite(action_N_A).all():
            raise ValueError(
                f"action_N_A must be {self._count} times {self._env.action_size} finite numbers, "
                f"got shape {action_N_A.shape}"
            )
        self._put(snapshots)
        state_N_S = self._world.state_N_S
        if seed is not None:
            state_N_S[:, Column.KEY] = np.random.default_rng(seed).integers(2**31, size=self._count)
        time_N, flown_N = np.full(self._count, steps + 1), np.zeros(self._count, np.int64)
        for step in range(1, steps + 1):
            moving_N = (time_N > steps) & (state_N_S[:, Column.REACHED] == 0)
            if not moving_N.any():
                break
            if policy is not None and step > held:
                action_N_A = policy(self.observe())
            self._world.step(check_actions(action_N_A, moving_N, self._env.action_size).astype(np.float64), moving_N)
            flown_N += moving_N
            time_N[moving_N & (state_N_S[:, Column.COLLIDED] > 0)] = step
        return ShortFlights(time_N, (state_N_S[:, Column.REACHED] > 0) & (time_N > steps), flown_N)

    def observe(self) -> Any:
        """What all copies observe where they are now."""
        return self._world.observe()

    def _put(self, snapshots: Sequence[EnvState]) -> None:
        if len(snapshots) != self._count:
            raise ValueError(f"snapshots must be {self._count}, one for each copy, got {len(snapshots)}")
        for body, snapshot in enumerate(snapshots):
            episode = snapshot.episode
            if snapshot.over or episode.task is None:
                raise ValueError("snapshots must be of episodes that go on, but one is over or never began")
            self._world.put(body, self._env.make_place(episode.task), episode.row_S, episode.seen_H_W_C)


def collision_times(
    env: FlightEnv,
    snapshot: EnvState,
    action_N_A: ArrayLike,
    policy: Policy | None = None,
    *,
    hold: int = 1,
    horizon: int = 5,
    seed: int | None = None,
) -> NDArray[np.int64]:
    """When N copies of one state touch something that take an action each and then follow a policy.

    The targets of CAD2RL (Sadeghi and Levine, 2017) are made of this: a copy that takes t steps to its collision has
    been free of collisions for t - 1 of them.

    Args:
        env: made with the arguments of the one that the snapshot is of; its own state is not touched.
        snapshot: from `get_state`, of an episode that goes on.
        action_N_A: the first action of each copy.
        policy: what chooses the later actions from observations; None goes on with the first ones.
        hold: for how many steps the first actions are taken before the policy chooses.
        horizon: steps that are flown, the first included.
        seed: gives each copy gusts of its own; None leaves all with those of the state.

    Returns:
        Of each copy the step on which it collides, from 1 on; horizon + 1 where it does not.

    Raises:
        ValueError: an argument is not as described.
    """
    action_N_A = np.asarray(action_N_A, np.float64)
    if action_N_A.ndim != 2:
        raise ValueError(f"action_N_A must be N times {env.action_size} finite numbers, got shape {action_N_A.shape}")
    copies = Copies(env, len(action_N_A))
    snapshots = [snapshot] * len(action_N_A)
    return copies.fly(snapshots, action_N_A, policy, hold=hold, horizon=horizon, seed=seed).time_N
