"""How far places are from what stands there."""

from __future__ import annotations

import math

import numpy as np

from ...vision.kernels.compiling import kernel
from ..floors.plan import CELL, SIDE
from .layout import Floors


@kernel
def clearance(floors: Floors, p: int, x: float, y: float, z: float, most: float) -> float:
    """The distance from a place to the nearest wall, block, floor or ceiling of floor p, `most` at most, 0 inside."""
    nearest = min(z, floors.ceiling_P[p] - z, most)
    if nearest <= 0.0:
        return 0.0
    nearest = min(nearest, _from_walls(floors.solid_P_Y_X[p], x, y, nearest))
    box_B_8 = floors.box_P_B_8[p]
    for b in range(floors.boxes_P[p]):
        nearest = min(nearest, from_box(box_B_8[b], x, y, z))
    return nearest


@kernel
def from_box(box_8: np.ndarray, x: float, y: float, z: float) -> float:
    """The distance from a place to a box, 0 inside."""
    away_x, away_y = x - box_8[0], y - box_8[1]
    ahead = max(abs(away_x * box_8[6] + away_y * box_8[7]) - box_8[3], 0.0)
    left = max(abs(away_y * box_8[6] - away_x * box_8[7]) - box_8[4], 0.0)
    up = max(abs(z - box_8[2]) - box_8[5], 0.0)
    return math.sqrt(ahead * ahead + left * left + up * up)


@kernel
def _from_walls(solid_Y_X: np.ndarray, x: float, y: float, most: float) -> float:
    """The distance to the nearest wall, beyond the edges included, `most` at most."""
    nearest = most * most
    for row in range(math.floor((y - most) / CELL), math.floor((y + most) / CELL) + 1):
        away_y = max(row * CELL - y, y - (row + 1) * CELL, 0.0)
        for column in range(math.floor((x - most) / CELL), math.floor((x + most) / CELL) + 1):
            is_inside = 0 <= row < SIDE and 0 <= column < SIDE
            if is_inside and solid_Y_X[row, column] == 0:
                continue
            away_x = max(column * CELL - x, x - (column + 1) * CELL, 0.0)
            nearest = min(nearest, away_x * away_x + away_y * away_y)
    return math.sqrt(nearest)


@kernel
def free_distance(
    floors: Floors,
    p: int,
    x: float,
    y: float,
    z: float,
    ray_x: float,
    ray_y: float,
    ray_z: float,
    radius: float,
    most: float,
) -> float:
    """How far a ball flies straight on before it touches something, `most` at most.

    Sphere tracing (Hart, 1996): nothing is nearer than the clearance, so it is safe to go on by that much.

    Args:
        floors: all floors.
        p: the floor that the ball is in.
        x, y, z: where it starts.
        ray_x, ray_y, ray_z: the direction, of length 1.
        radius: of the ball.
        most: metres.
    """
    gone = 0.0
    while gone < most:
        room = clearance(floors, p, x + gone * ray_x, y + gone * ray_y, z + gone * ray_z, 1.0) - radius
        if room < 0.005:
            return gone
        gone += room
    return most
