"""What a cost of a Gymnasium body is measured by: one number a step, which costs where it exceeds a limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...envs.core.entry_points import EntryPoints, load

CostMeasure = Callable[[Any, NDArray[Any], Mapping[str, Any]], float]
"""From the environment as the step left it, the action, and the step's info to a number that should stay small."""

COST_MEASURES = EntryPoints(
    {
        "velocity": f"{__name__}:velocity",
        "effort": f"{__name__}:effort",
        "contact_force": f"{__name__}:contact_force",
    },
    unknown="unknown cost {!r}",
)
"""The measures by name."""

VELOCITY_LIMITS: Mapping[str, float] = {
    "Ant": 2.6222,
    "HalfCheetah": 3.2096,
    "Hopper": 0.7402,
    "Humanoid": 1.4149,
    "Swimmer": 0.2282,
    "Walker2d": 2.3415,
}
"""Limits of `velocity` in metres a second, by the body's name: those of Safety-Gymnasium's velocity tasks, version 1
(https://github.com/PKU-Alignment/safety-gymnasium)."""


def find_cost_measure(name: str) -> CostMeasure:
    """The measure of a name, or the function of one's own at `module:function`.

    Raises:
        ValueError: there is no such measure; the message gives the nearest name.
    """
    if isinstance(name, str) and ":" in name:
        try:
            return load(name)
        except (ImportError, AttributeError) as error:
            raise ValueError(f"cost must be a name or module:function, got {name!r}: {error}") from None
    return COST_MEASURES.find(name)


def velocity(env: Any, action: NDArray[Any], info: Mapping[str, Any]) -> float:
    """Speed over the ground in metres a second; of a body that moves in a plane, forwards only.

    Raises:
        ValueError: the body does not tell how fast it moves.
    """
    if "x_velocity" not in info:
        raise ValueError(f"cost='velocity' needs x_velocity in the info, which {type(env).__name__} does not tell")
    forward = float(info["x_velocity"])
    return math.hypot(forward, float(info["y_velocity"])) if "y_velocity" in info else forward


def effort(env: Any, action: NDArray[Any], info: Mapping[str, Any]) -> float:
    """The mean square of the controls, each as a share of its range."""
    return float(np.mean(np.square(env.data.ctrl / np.abs(env.model.actuator_ctrlrange).max(axis=1))))


def contact_force(env: Any, action: NDArray[Any], info: Mapping[str, Any]) -> float:
    """The largest force from outside on any part of the body, in newtons."""
    return float(np.linalg.norm(env.data.cfrc_ext[1:, 3:], axis=1).max())
