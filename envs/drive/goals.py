"""Where a goal is: as a car sees it, and on the map."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SEEN_GOAL = slice(5, 8)
"""The numbers of an observed state that say where the next checkpoint is."""

_SCALE = 0.2  # of distances


def seen_goal(distance_X: Any, angle_X: Any) -> NDArray[np.float64]:
    """What is observed of a goal, of shape (*X, 3): the direction's cosine and sine, and the distance (5 m is 1).

    Args:
        distance_X: metres.
        angle_X: to the car's left from where it points to, radians.
    """
    return np.stack([np.cos(angle_X), np.sin(angle_X), np.multiply(distance_X, _SCALE)], axis=-1)


def see_goal(
    position_X_2: NDArray[np.float64], heading_X: NDArray[np.float64], goal_X_2: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What a car that stands somewhere observes of a goal on the map, of shape (*X, 3)."""
    away_X_2 = goal_X_2 - position_X_2
    distance_X = np.hypot(away_X_2[..., 0], away_X_2[..., 1])
    return seen_goal(distance_X, np.arctan2(away_X_2[..., 1], away_X_2[..., 0]) - heading_X)


def locate_goal(
    position_X_2: NDArray[np.float64], heading_X: NDArray[np.float64], seen_X_3: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Where on the map a goal is, metres, of which a car observes this; the inverse of `see_goal`."""
    direction_X = heading_X + np.arctan2(seen_X_3[..., 1], seen_X_3[..., 0])
    distance_X = seen_X_3[..., 2] / _SCALE
    return position_X_2 + distance_X[..., None] * np.stack([np.cos(direction_X), np.sin(direction_X)], axis=-1)
