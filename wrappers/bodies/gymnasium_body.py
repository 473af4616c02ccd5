"""Gymnasium's MuJoCo bodies under the contract of this suite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym

from ...envs.core.arguments import check_number
from ..base import Wrapper
from ..simulation import has_simulation
from .cost_measures import VELOCITY_LIMITS, find_cost_measure

BODY_SCHEMA: Mapping[str, Any] = {"success": False, "cost": 0.0, "is_stuck": False, "intervention": False}
"""What the info of every step has, and what it says where the environment says nothing."""


class GymnasiumBody(Wrapper):
    """Any MuJoCo body of Gymnasium (HalfCheetah, Hopper, Ant, Pusher …) with snapshots, costs and one schema of infos.

    `get_state` and `set_state` are exact to the bit. Pickles and deep copies keep the state of the simulation, which
    Gymnasium's own lose: they make the environment anew. Every step's info has `success`, `cost`, `is_stuck` and
    `intervention`: what the environment says, and False (a cost of 0) where it says nothing.

    The cost of a step is 1 where a measure exceeds a limit, and 0 where not: `velocity` (in metres a second over the
    ground; forwards, where the body moves in a plane), `effort` (the mean square of the controls, each as a share of
    its range), `contact_force` (the largest force from outside on a part of the body, in newtons), or a function of
    one's own, named `module:function`, which gets environment, action and info and returns a number.

    Args:
        env: the environment, in whatever wrappers `gym.make` puts around it.
        cost: the measure, or None for costs of 0.
        limit: what the measure may come to; None for the body's limit in Safety-Gymnasium, where `cost` is `velocity`
            and it has one.

    Raises:
        ValueError: the environment keeps no MuJoCo simulation, or an argument is out of range; the message names it.
    """

    def __init__(self, env: gym.Env, *, cost: str | None = None, limit: float | None = None) -> None:
        if not has_simulation(env.unwrapped):
            raise ValueError(f"env must keep a MuJoCo simulation, as Gymnasium's bodies do; got {env.unwrapped}")
        self._measure = None if cost is None else find_cost_measure(cost)
        self.limit = _limit_of(env, cost, limit)
        super().__init__(env, cost=cost, limit=limit)
        self.cost = cost

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and complete the info."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        info = {**BODY_SCHEMA, **info}
        if self.cost is not None:
            info["cost"] = self.cost_of(action, info)
        return observation, reward, terminated, truncated, info

    def cost_of(self, action: Any, info: Mapping[str, Any]) -> float:
        """The cost of the step that led to the present state; 0 without a measure.

        Args:
            action: of the step.
            info: of the step.
        """
        if self._measure is None or self.limit is None:
            return 0.0
        return float(self._measure(self.env.unwrapped, action, info) > self.limit)

    def oracle(self) -> None:
        """None: no expert is known for these bodies."""
        return None

    def __getstate__(self) -> dict[str, Any]:
        """Everything, and what is lost where Gymnasium makes the innermost environment anew."""
        innermost: Any = self.env.unwrapped
        kept = {name: getattr(innermost, name) for name in ("spec", "action_space", "observation_space")}
        return {"attributes": self.__dict__, "innermost": kept, "state": self.get_state()}

    def __setstate__(self, saved: Mapping[str, Any]) -> None:
        self.__dict__.update(saved["attributes"])
        for name, value in saved["innermost"].items():
            setattr(self.env.unwrapped, name, value)
        self.set_state(saved["state"])


def _limit_of(env: gym.Env, cost: str | None, limit: float | None) -> float | None:
    if limit is not None:
        if cost is None:
            raise ValueError(f"limit needs a cost that it belongs to, got limit={limit!r} without one")
        return check_number("limit", limit)
    if cost is None:
        return None
    body = "" if env.spec is None else env.spec.name
    if cost != "velocity" or body not in VELOCITY_LIMITS:
        known = ", ".join(VELOCITY_LIMITS)
        raise ValueError(f"limit must be given for cost={cost!r} of {body or env}; known are velocities of {known}")
    return VELOCITY_LIMITS[body]
