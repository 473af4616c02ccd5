"""A ring of sensors that tells how close things are, whatever their number and order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

DIRECTIONS = 16
"""Sensors of a ring, the first looking ahead, the others anticlockwise."""

_ANGLES = 2.0 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
_AHEAD_L, _LEFT_L = np.cos(_ANGLES), np.sin(_ANGLES)


def closeness(offsets_XN2: NDArray[Any], *, radius: float, reach: float) -> NDArray[Any]:
    """How close the nearest thing is in each direction: 1 where it touches, 0 where nothing is within reach.

    A thing at distance d counts 1 - (d - radius) / reach, times cos⁴ of the angle between it and the direction, so that
    nothing can stand unseen between two sensors; of several, the closest counts. (Safety Gym's lidar shares a thing out
    to the two nearest bins with the same purpose: Ray, Achiam and Amodei, Benchmarking safe exploration in deep
    reinforcement learning, 2019.)

    Args:
        offsets_XN2: from the body to the middle of each of N things, ahead and to the left, in metres.
        radius: the distance at which a thing is touched.
        reach: how far beyond it the sensors see.

    Returns:
        Numbers in [0, 1], of shape (*X, DIRECTIONS).
    """
    ahead_XN1, left_XN1 = offsets_XN2[..., :1], offsets_XN2[..., 1:]
    distance_XN1 = np.sqrt(ahead_XN1 * ahead_XN1 + left_XN1 * left_XN1)
    near_XN1 = np.clip(1.0 - (distance_XN1 - radius) / reach, 0.0, 1.0)
    cosine_XNL = (ahead_XN1 * _AHEAD_L + left_XN1 * _LEFT_L) / np.maximum(distance_XN1, 1e-9)
    square_XNL = np.square(np.maximum(cosine_XNL, 0.0))
    return np.max(near_XN1 * square_XNL * square_XNL, axis=-2)
