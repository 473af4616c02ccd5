"""Corridors that turn, with dead ends, doorways, stairs and furniture."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .furniture import doorway, furnish, staircase
from .plan import CRUISE_HEIGHT, MOST_BLOCKS, SIDE, Block, FloorPlan, middle

_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))  # east, north, west, south


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorRanges:
    """What corridors are drawn from; pairs are the least and the most, all drawn evenly.

    Attributes:
        width: cells of 0.5 m.
        stretch: cells from one turn to the next.
        turns: how many turns, each to the left or to the right.
        dead_ends: how many side branches are tried that lead nowhere.
        doorways: how many lintels are tried, half of them with a door that stands ajar.
        stairs: how many flights of stairs are tried, up to a landing and down again.
        furniture: things in ten metres of corridor.
        ceiling: its height, metres.
    """

    width: tuple[int, int]
    stretch: tuple[int, int]
    turns: tuple[int, int]
    dead_ends: int = 0
    doorways: int = 0
    stairs: int = 0
    furniture: tuple[float, float] = (0.0, 0.0)
    ceiling: tuple[float, float] = (2.6, 3.4)


def draw_corridor(rng: np.random.Generator, ranges: CorridorRanges) -> FloorPlan:
    """A corridor that never meets itself.

    A walk of a square brush on the grid: stretches are drawn until all fit into the floor, a cell of wall between any
    two of them; the whole is then moved to a place where it fits.

    Args:
        rng: where chance comes from.
        ranges: what is drawn.
    """
    width = int(rng.integers(ranges.width[0], ranges.width[1] + 1))
    while True:
        corners = _walk(rng, ranges, width)
        if corners is not None:
            break
    open_Y_X = np.zeros((SIDE, SIDE), np.bool_)
    for k in range(len(corners) - 1):
        _sweep(open_Y_X, corners[k], corners[k + 1], width)
    ceiling = float(rng.uniform(*ranges.ceiling))
    blocks: list[Block] = []
    _add_crossings(rng, ranges, corners, width, ceiling, blocks)
    for _ in range(ranges.dead_ends):
        _branch(rng, open_Y_X, corners, width)
    kind_Y_X = np.where(open_Y_X, 0, 1).astype(np.int32)
    kind_Y_X[_beside(kind_Y_X, rng)] = 2
    half = width / 2
    start, goal = _centre(corners[0], half), _centre(corners[-1], half)
    length = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(corners)) * 0.5
    furnish(
        rng,
        kind_Y_X,
        count=round(float(rng.uniform(*ranges.furniture)) * length / 10),
        ceiling=ceiling,
        keep_free=[(start[0], start[1]), (goal[0], goal[1]), *((b.centre[0], b.centre[1]) for b in blocks)],
        room=0.85,
        blocks=blocks,
    )
    ahead = (corners[1][0] - corners[0][0], corners[1][1] - corners[0][1])
    slack = 0.25 * (width - 2) * 0.5
    across = float(rng.uniform(-slack, slack))
    yaw = math.atan2(ahead[1], ahead[0])
    begin = (start[0] - across * math.sin(yaw), start[1] + across * math.cos(yaw), CRUISE_HEIGHT)
    return FloorPlan(
        kind_Y_X=kind_Y_X,
        zone_Y_X=np.zeros((SIDE, SIDE), np.int32),
        ceiling=ceiling,
        blocks=tuple(blocks),
        start=begin,
        yaw=yaw + float(rng.uniform(-0.25, 0.25)),
        goal=goal,
    )


def _walk(rng: np.random.Generator, ranges: CorridorRanges, width: int) -> list[tuple[int, int]] | None:
    """The corners of the brush's walk, its lower left cell each; None where it does not fit."""
    turns = int(rng.integers(ranges.turns[0], ranges.turns[1] + 1))
    heading = int(rng.integers(4))
    corners = [(0, 0)]
    for k in range(turns + 1):
        length = int(rng.integers(max(ranges.stretch[0], width + 2), ranges.stretch[1] + 1))
        x, y = corners[-1]
        corners.append((x + length * _STEPS[heading][0], y + length * _STEPS[heading][1]))
        if k < turns:
            heading = (heading + (1 if rng.random() < 0.5 else 3)) % 4
    corner_K_2 = np.array(corners)
    low_2, high_2 = corner_K_2.min(axis=0), corner_K_2.max(axis=0) + width
    room_2 = SIDE - 2 - (high_2 - low_2)
    if room_2.min() < 0 or _meets_itself(corners, width):
        return None
    shift_2 = 1 - low_2 + rng.integers(0, room_2 + 1)
    return [(int(x), int(y)) for x, y in corner_K_2 + shift_2]


def _meets_itself(corners: list[tuple[int, int]], width: int) -> bool:
    """Whether two stretches that do not follow each other come nearer than a cell."""
    swept = [_rectangle(a, b, width) for a, b in itertools.pairwise(corners)]
    for k, (left, low, right, high) in enumerate(swept):
        for other_left, other_low, other_right, other_high in swept[: max(k - 1, 0)]:
            if left <= other_right and other_left <= right and low <= other_high and other_low <= high:
                return True
    return False


def _rectangle(start: tuple[int, int], end: tuple[int, int], width: int) -> tuple[int, int, int, int]:
    """The cells that the brush sweeps: from the left and lower ones to before the right and upper ones."""
    return min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]) + width, max(start[1], end[1]) + width


def _sweep(open_Y_X: NDArray[np.bool_], start: tuple[int, int], end: tuple[int, int], width: int) -> None:
    left, low, right, high = _rectangle(start, end, width)
    open_Y_X[low:high, left:right] = True


def _centre(corner: tuple[int, int], half: float) -> tuple[float, float, float]:
    return middle(corner[0] + half), middle(corner[1] + half), CRUISE_HEIGHT


def _add_crossings(
    rng: np.random.Generator,
    ranges: CorridorRanges,
    corners: list[tuple[int, int]],
    width: int,
    ceiling: float,
    blocks: list[Block],
) -> None:
    """Doorways and stairs across the corridor, each in the middle part of a stretch of its own."""
    stretches = list(rng.permutation(len(corners) - 1))
    wanted = ["door"] * ranges.doorways + ["stairs"] * ranges.stairs
    for what in wanted:
        if not stretches:
            return
        k = int(stretches.pop())
        (x, y), (end_x, end_y) = corners[k], corners[k + 1]
        share = float(rng.uniform(0.45, 0.6))
        place_x, place_y = middle(x + share * (end_x - x) + width / 2), middle(y + share * (end_y - y) + width / 2)
        yaw = math.atan2(end_y - y, end_x - x)
        if what == "door":
            ajar = float(rng.uniform(1.25, 1.55)) if rng.random() < 0.5 and width >= 4 else None
            made = doorway(place_x, place_y, yaw, width=width * 0.5, ceiling=ceiling, ajar=ajar)
        else:
            steps = int(rng.integers(3, 6))
            made = staircase(place_x, place_y, yaw, width=width * 0.5, steps=steps)
        if len(blocks) + len(made) <= MOST_BLOCKS:
            blocks.extend(made)


def _branch(rng: np.random.Generator, open_Y_X: NDArray[np.bool_], corners: list[tuple[int, int]], width: int) -> None:
    """A side way that ends blindly, where there is room for one."""
    for _ in range(6):
        k = int(rng.integers(len(corners) - 1))
        (x, y), (end_x, end_y) = corners[k], corners[k + 1]
        share = float(rng.uniform(0.2, 0.8))
        origin = (round(x + share * (end_x - x)), round(y + share * (end_y - y)))
        heading = _STEPS[int(rng.integers(4))]
        if (heading[0] != 0) == (end_x != x):
            continue
        length = int(rng.integers(width + 2, width + 8))
        first = (origin[0] + heading[0] * width, origin[1] + heading[1] * width)
        last = (origin[0] + heading[0] * length, origin[1] + heading[1] * length)
        left, low, right, high = _rectangle(first, last, width)
        if left < 1 or low < 1 or right > SIDE - 1 or high > SIDE - 1:
            continue
        left, right = (left - 1, right + 1) if heading[0] == 0 else (left - (heading[0] < 0), right + (heading[0] > 0))
        low, high = (low - 1, high + 1) if heading[1] == 0 else (low - (heading[1] < 0), high + (heading[1] > 0))
        if open_Y_X[low:high, left:right].any():
            continue
        _sweep(open_Y_X, origin, last, width)
        return


def _beside(kind_Y_X: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.bool_]:
    """The walls of one half of the floor, which are of another kind."""
    row_Y_X, column_Y_X = np.indices(kind_Y_X.shape)
    line, upright = int(rng.integers(SIDE // 4, 3 * SIDE // 4)), bool(rng.random() < 0.5)
    return (kind_Y_X > 0) & ((column_Y_X if upright else row_Y_X) < line)
