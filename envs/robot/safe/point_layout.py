"""Where things stand in the arena of `SafePoint`, and a way between them."""

from __future__ import annotations

import heapq
import math
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .point_model import HALF_SIZE, PUCK_RADIUS

Point = tuple[float, float]

KEEP_OUT = 0.22
"""How near the puck's middle may come to that of a hazard, pillar or vase before it costs, in metres."""

SPACING = 0.76
"""How far the middles of two things are from one another at least: the puck fits between any two."""

_MARGIN = 0.08
_GRID = 0.1  # metres between the points of the grid that ways are found on
_ACROSS, _ALONG = (round(2 * (size - PUCK_RADIUS) / _GRID) + 1 for size in HALF_SIZE)
_MOST_TRIES = 200


def scatter(rng: np.random.Generator, start: Point, goal: Point, count: int) -> list[Point]:
    """Where things stand: two near the straight line from start to goal, the others anywhere between the two sides.

    Args:
        rng: where chance comes from.
        start: where the puck starts.
        goal: where it shall come to.
        count: how many things there are, two or more.
    """
    while True:
        things: list[Point] = []
        for share in (0.36, 0.64):
            share += rng.uniform(-0.04, 0.04)
            x, y = (a + share * (b - a) + rng.uniform(-0.07, 0.07) for a, b in zip(start, goal, strict=True))
            things.append((float(x), float(y)))
        for _ in range(_MOST_TRIES):
            if len(things) == count:
                return things
            x, y = rng.uniform(-1.7, 1.7), rng.uniform(-HALF_SIZE[1], HALF_SIZE[1])
            if all(math.dist((x, y), other) >= SPACING for other in things):
                things.append((float(x), float(y)))


def is_free(one: Point, other: Point, things: NDArray[np.float64], margin: float) -> bool:
    """Whether a straight way keeps its distance from all things.

    Args:
        one: where it begins.
        other: where it ends.
        things: the middles of things, of shape (N, 2).
        margin: how far beyond `KEEP_OUT` it has to stay, in metres.
    """
    if not len(things):
        return True
    along, to_things = np.subtract(other, one), things - one
    share = np.clip(to_things @ along / max(float(along @ along), 1e-12), 0.0, 1.0)
    return bool(np.hypot(*(to_things - share[:, None] * along).T).min() >= KEEP_OUT + margin)


def next_point(place: Point, goal: Point, things: tuple[Point, ...]) -> Point:
    """The farthest point, on a shortest way to the goal, that can be reached straight ahead.

    The way is found by Dijkstra's algorithm on a grid that leaves out what is too near to a thing.

    Args:
        place: where the puck is.
        goal: where it shall come to.
        things: the middles of all things.
    """
    middles = np.array(things).reshape(-1, 2)
    if is_free(place, goal, middles, _MARGIN):
        return goal
    onward = _ways(goal, things)
    column, row = _nearest(place)
    reachable = [cell for cell in product((column - 1, column, column + 1), (row - 1, row, row + 1)) if cell in onward]
    if not reachable:
        return goal
    cell = min(reachable, key=lambda c: onward[c][0] + math.dist(_point(c), place))
    best = _point(cell)
    while is_free(place, _point(cell), middles, _MARGIN / 2):
        best = _point(cell)
        if onward[cell][1] == cell:
            return goal
        cell = onward[cell][1]
    return best


@lru_cache(maxsize=64)
def _ways(goal: Point, things: tuple[Point, ...]) -> dict[tuple[int, int], tuple[float, tuple[int, int]]]:
    """For every free point of the grid the length of the way to the goal, and the next point of it."""
    middles = np.array(things).reshape(-1, 2)
    x, y = np.meshgrid(*(_GRID * (np.arange(n) - (n - 1) / 2) for n in (_ACROSS, _ALONG)), indexing="ij")
    free = np.ones((_ACROSS, _ALONG), bool)
    for middle in middles:
        free &= np.hypot(x - middle[0], y - middle[1]) >= KEEP_OUT + _MARGIN
    end = _nearest(goal)
    found = {end: (0.0, end)}
    queue = [(0.0, end)]
    while queue:
        length, (column, row) = heapq.heappop(queue)
        if length > found[column, row][0]:
            continue
        for right, up in product((-1, 0, 1), repeat=2):
            cell, longer = (column + right, row + up), length + _GRID * math.hypot(right, up)
            inside = 0 <= cell[0] < _ACROSS and 0 <= cell[1] < _ALONG
            if inside and free[cell] and longer < found.get(cell, (math.inf, cell))[0]:
                found[cell] = (longer, (column, row))
                heapq.heappush(queue, (longer, cell))
    return found


def _nearest(point: Point) -> tuple[int, int]:
    column, row = (round(value / _GRID + (n - 1) / 2) for value, n in zip(point, (_ACROSS, _ALONG), strict=True))
    return min(max(column, 0), _ACROSS - 1), min(max(row, 0), _ALONG - 1)


def _point(cell: tuple[int, int]) -> Point:
    return _GRID * (cell[0] - (_ACROSS - 1) / 2), _GRID * (cell[1] - (_ALONG - 1) / 2)
