"""What a body may have to do besides imitating: go somewhere at a speed, or strike a target.

The formulas are those of the tasks of DeepMimic (Peng and others, 2018, section 7.3).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from .posture import Array

GoalKind = Literal["none", "heading", "strike"]
GOALS: tuple[GoalKind, ...] = ("none", "heading", "strike")

_TOO_SLOW = 2.5  # s²/m²
_TOO_FAR = 4.0  # 1/m²


def heading_reward(velocity_X3: Array, direction_X: Any, speed_X: Any) -> Any:
    """How near the speed along a direction comes to what is wanted: exp(-2.5 · max(0, wanted - speed)²).

    Args:
        velocity_X3: of the centre of mass, in m/s.
        direction_X: the wanted direction, an angle about the vertical in radians.
        speed_X: the wanted speed, in m/s.
    """
    along_X = velocity_X3[..., 0] * np.cos(direction_X) + velocity_X3[..., 1] * np.sin(direction_X)
    return np.exp(-_TOO_SLOW * np.square(np.maximum(0.0, speed_X - along_X)))


def strike_reward(distance_X: Any, is_struck_X: Any) -> Any:
    """1 once the target was struck, before that exp(-4 · distance²) with the distance in metres."""
    return np.where(is_struck_X, 1.0, np.exp(-_TOO_FAR * np.square(distance_X)))
