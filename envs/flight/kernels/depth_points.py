"""What stands around a body, as points of depth pictures; no more is known of it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...vision.kernels.compiling import kernel

SIDES = 6
"""Pictures around a body, of a quarter turn each, level with the world: east, north, west, south, up and down."""
REACH = 2.8
"""How far from the body points are kept along each axis, metres."""
_CELL = 0.4  # length of a cell that points are sorted into, metres
_CELLS = 14  # along each axis

# of each picture the directions ahead, to the left and up, as cameras have them
_AXES = np.array(
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0, 1, 0], [-1, 0, 0], [0, 0, 1]],
        [[-1, 0, 0], [0, -1, 0], [0, 0, 1]],
        [[0, -1, 0], [1, 0, 0], [0, 0, 1]],
        [[0, 0, 1], [0, 1, 0], [-1, 0, 0]],
        [[0, 0, -1], [0, 1, 0], [1, 0, 0]],
    ],
    np.float64,
)


class DepthPoints(NamedTuple):
    """Points, sorted by the cells of a cube around the body.

    Attributes:
        origin_3: the cube's lowest corner, metres.
        point_K_3: the points of one cell after those of another, metres.
        first_C: where those of each cell begin, and where the last ones end.
    """

    origin_3: NDArray[np.float64]
    point_K_3: NDArray[np.float64]
    first_C: NDArray[np.int64]


@kernel
def _cell_of(origin_3: np.ndarray, x: float, y: float, z: float) -> int:
    """The number of the cell that a place is in, -1 beyond all."""
    i = math.floor((x - origin_3[0]) / _CELL)
    j = math.floor((y - origin_3[1]) / _CELL)
    k = math.floor((z - origin_3[2]) / _CELL)
    if min(i, j, k) < 0 or max(i, j, k) >= _CELLS:
        return -1
    return (i * _CELLS + j) * _CELLS + k


@kernel
def gather_points(depth_6_H_W: np.ndarray, x: float, y: float, z: float) -> DepthPoints:
    """The points that pictures from a place show within reach.

    Args:
        depth_6_H_W: metres along the optical axes.
        x, y, z: the place.
    """
    _, height, width = depth_6_H_W.shape
    origin_3 = np.array([x - REACH, y - REACH, z - REACH])
    seen_K_3 = np.empty((depth_6_H_W.size, 3))
    cell_K = np.empty(depth_6_H_W.size, np.int64)
    count_C = np.zeros(_CELLS**3 + 1, np.int64)
    count = 0
    for side in range(SIDES):
        axes_3_3 = _AXES[side]
        for row in range(height):
            up = 1.0 - (2 * row + 1) / height
            for column in range(width):
                depth = depth_6_H_W[side, row, column]
                if depth > REACH:
                    continue
                left = 1.0 - (2 * column + 1) / width
                point_3 = seen_K_3[count]
                for axis in range(3):
                    point_3[axis] = depth * (axes_3_3[0, axis] + left * axes_3_3[1, axis] + up * axes_3_3[2, axis])
                point_3[0] += x
                point_3[1] += y
                point_3[2] += z
                cell = _cell_of(origin_3, point_3[0], point_3[1], point_3[2])
                if cell >= 0:
                    cell_K[count] = cell
                    count_C[cell + 1] += 1
                    count += 1
    first_C = np.cumsum(count_C)
    point_K_3 = np.empty((count, 3))
    place_C = first_C.copy()
    for k in range(count):
        place = place_C[cell_K[k]]
        place_C[cell_K[k]] += 1
        for axis in range(3):
            point_K_3[place, axis] = seen_K_3[k, axis]
    return DepthPoints(origin_3, point_K_3, first_C)


@kernel
def room_around(points: DepthPoints, x: float, y: float, z: float, most: float) -> float:
    """The distance from a place to the nearest point, `most` at most."""
    origin_3, point_K_3, first_C = points.origin_3, points.point_K_3, points.first_C
    nearest = most * most
    x_0, x_1 = (x - most - origin_3[0]) / _CELL, (x + most - origin_3[0]) / _CELL
    y_0, y_1 = (y - most - origin_3[1]) / _CELL, (y + most - origin_3[1]) / _CELL
    z_0, z_1 = (z - most - origin_3[2]) / _CELL, (z + most - origin_3[2]) / _CELL
    low, high = max(math.floor(z_0), 0), min(math.floor(z_1), _CELLS - 1)
    if low > high:
        return most
    for i in range(max(math.floor(x_0), 0), min(math.floor(x_1), _CELLS - 1) + 1):
        for j in range(max(math.floor(y_0), 0), min(math.floor(y_1), _CELLS - 1) + 1):
            column = (i * _CELLS + j) * _CELLS
            for k in range(first_C[column + low], first_C[column + high + 1]):
                away_x, away_y, away_z = point_K_3[k, 0] - x, point_K_3[k, 1] - y, point_K_3[k, 2] - z
                nearest = min(nearest, away_x * away_x + away_y * away_y + away_z * away_z)
    return math.sqrt(nearest)
