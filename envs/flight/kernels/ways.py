"""Ways to a goal: maps of the way that is left, and of the height at which a place is best passed."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ...vision.kernels.compiling import entry_kernel, kernel
from ..floors.plan import CRUISE_HEIGHT
from .compiling import SOURCES
from .layout import SPOT, SPOTS, Floors
from .obstacles import clearance

_FAR = 1e6
_LEVEL = 0.25  # between the heights that are tried, metres
_CLIMB = 1.5  # what a metre away from the cruising height adds to a metre of way
_TIGHT = 0.7  # below this clearance ways count for more, metres


@kernel
def way_left(way_Y_X: np.ndarray, x: float, y: float, otherwise: float) -> float:
    """The map's value at a place, bilinear between the middles of spots; `otherwise` where it has none there."""
    across = min(max(x / SPOT - 0.5, 0.0), SPOTS - 1.001)
    up = min(max(y / SPOT - 0.5, 0.0), SPOTS - 1.001)
    column, row = math.floor(across), math.floor(up)
    total, weight = 0.0, 0.0
    for down in range(2):
        for right in range(2):
            value = way_Y_X[row + down, column + right]
            if value < _FAR:
                share = abs(1.0 - right - (across - column)) * abs(1.0 - down - (up - row))
                total += share * value
                weight += share
    return total / weight if weight > 1e-6 else otherwise


@kernel
def _find_heights(floors: Floors, p: int, margin: float, cost_Y_X: np.ndarray) -> None:
    """Of each spot the free height nearest to the cruising height, and what a metre of way through it counts for."""
    height_Y_X = floors.height_P_Y_X[p]
    levels = int((floors.ceiling_P[p] - 2.0 * margin) / _LEVEL)
    for row in range(SPOTS):
        for column in range(SPOTS):
            x, y = (column + 0.5) * SPOT, (row + 0.5) * SPOT
            height_Y_X[row, column], cost_Y_X[row, column] = -1.0, _FAR
            if floors.solid_P_Y_X[p, row // 2, column // 2]:
                continue
            for k in range(2 * levels + 1):
                # the cruising height first, then by turns above and below
                away = (k + 1) // 2 * _LEVEL
                z = CRUISE_HEIGHT + (away if k % 2 else -away)
                if z < margin or z > floors.ceiling_P[p] - margin:
                    continue
                room = clearance(floors, p, x, y, z, _TIGHT)
                if room >= margin:
                    height_Y_X[row, column] = z
                    cost_Y_X[row, column] = 1.0 + _CLIMB * away + 5.0 * (_TIGHT - room)
                    break


@kernel
def _solve(low: float, other: float, cost: float) -> float:
    """The solution of the Eikonal equation at a spot between the smaller neighbours along both axes."""
    low, other = min(low, other), max(low, other)
    if other - low >= cost:
        return low + cost
    return 0.5 * (low + other + math.sqrt(2.0 * cost * cost - (other - low) ** 2))


@kernel
def _sweep(way_Y_X: np.ndarray, cost_Y_X: np.ndarray) -> None:
    """Fast sweeping (Zhao, 2005) in four orders, until nothing changes."""
    for _ in range(64):
        changed = False
        for order in range(4):
            for i in range(SPOTS):
                row = i if order < 2 else SPOTS - 1 - i
                for j in range(SPOTS):
                    column = j if order % 2 == 0 else SPOTS - 1 - j
                    if cost_Y_X[row, column] >= _FAR:
                        continue
                    west = way_Y_X[row, column - 1] if column > 0 else _FAR
                    east = way_Y_X[row, column + 1] if column < SPOTS - 1 else _FAR
                    south = way_Y_X[row - 1, column] if row > 0 else _FAR
                    north = way_Y_X[row + 1, column] if row < SPOTS - 1 else _FAR
                    found = _solve(min(west, east), min(south, north), cost_Y_X[row, column] * SPOT)
                    if found < way_Y_X[row, column] - 1e-9:
                        way_Y_X[row, column] = found
                        changed = True
        if not changed:
            return


@kernel
def _fill(way_Y_X: np.ndarray) -> None:
    """Give spots that cannot be passed, beside one that can, the value of their best neighbour and a little.

    What lies deeper stays without: there the other side of a wall would be as near.
    """
    before_Y_X = way_Y_X.copy()
    for row in range(SPOTS):
        for column in range(SPOTS):
            if before_Y_X[row, column] < _FAR:
                continue
            best = _FAR
            for down in range(max(row - 1, 0), min(row + 2, SPOTS)):
                for across in range(max(column - 1, 0), min(column + 2, SPOTS)):
                    best = min(best, before_Y_X[down, across])
            if best < _FAR:
                way_Y_X[row, column] = best + SPOT


def _entry(sources: int) -> Callable[..., None]:
    @entry_kernel
    def find_ways(floors: Floors, p: int, margin: float) -> None:
        """Fill the maps of floor p: heights, and the way that is left to its goal.

        Where a place is best passed far from the cruising height, or nothing leaves 0.7 m of room, a metre of
        way counts for more than one. Places without a way to the goal keep a million.

        Args:
            floors: all floors.
            p: which.
            margin: the clearance that a place must have to be passed, metres.
        """
        cost_Y_X = np.empty((SPOTS, SPOTS))
        _find_heights(floors, p, margin, cost_Y_X)
        way_Y_X = floors.way_P_Y_X[p]
        way_Y_X[:] = _FAR
        row = int(floors.goal_P_3[p, 1] / SPOT) + 0 * sources
        column = int(floors.goal_P_3[p, 0] / SPOT)
        way_Y_X[row, column] = 0.0
        cost_Y_X[row, column] = min(cost_Y_X[row, column], 1.0)
        _sweep(way_Y_X, cost_Y_X)
        _fill(way_Y_X)

    return find_ways


find_ways = _entry(SOURCES)
