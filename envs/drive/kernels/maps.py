"""Looking up a course's maps, and angles."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from .layout import MAP


@numba.njit(nogil=True)
def at(map_Y_X: NDArray[np.float32], side: float, x: float, y: float) -> float:
    """A map between its samples, bilinear; beyond its edges it goes on as at them."""
    u = min(max(x / side * MAP - 0.5, 0.0), MAP - 1.001)
    v = min(max(y / side * MAP - 0.5, 0.0), MAP - 1.001)
    column, row = int(u), int(v)
    u -= column
    v -= row
    south = map_Y_X[row, column] * (1.0 - u) + map_Y_X[row, column + 1] * u
    north = map_Y_X[row + 1, column] * (1.0 - u) + map_Y_X[row + 1, column + 1] * u
    return south * (1.0 - v) + north * v


@numba.njit(nogil=True)
def slope(map_Y_X: NDArray[np.float32], side: float, x: float, y: float) -> tuple[float, float]:
    """How a map rises along x and along y."""
    step = side / MAP
    along_x = (at(map_Y_X, side, x + step, y) - at(map_Y_X, side, x - step, y)) / (2.0 * step)
    along_y = (at(map_Y_X, side, x, y + step) - at(map_Y_X, side, x, y - step)) / (2.0 * step)
    return along_x, along_y


@numba.njit(nogil=True)
def cell(side: float, place: float) -> int:
    """The row or column of the cell that a place lies in."""
    return min(max(int(place / side * MAP), 0), MAP - 1)


@numba.njit(nogil=True)
def wrapped(angle: float) -> float:
    """The same direction, from -π to π."""
    return (angle + math.pi) % (2.0 * math.pi) - math.pi
