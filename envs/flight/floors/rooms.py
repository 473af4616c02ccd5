"""Floors of rooms that doors join."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from .furniture import doorway, furnish, staircase
from .plan import CRUISE_HEIGHT, MOST_BLOCKS, SIDE, Block, Cells, FloorPlan, middle


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomsRanges:
    """What floors of rooms are drawn from; pairs are the least and the most, all drawn evenly.

    Attributes:
        building: cells along each side of the building.
        room: cells below which a side of a room is not parted again.
        door: the width of doors, cells.
        open_doors: the share of doors without a leaf; the others stand ajar.
        furniture: things in a hundred square metres.
        stairs: the chance of a flight of stairs in the largest room.
        ceiling: its height, metres.
    """

    building: tuple[int, int]
    room: int
    door: tuple[int, int] = (2, 3)
    open_doors: float = 1.0
    furniture: tuple[float, float] = (0.0, 0.0)
    stairs: float = 0.0
    ceiling: tuple[float, float] = (2.6, 3.4)


@dataclass(slots=True)
class _Building:
    """Walls, the rooms as rectangles of cells, and doorways: x, y, whether it leads east, width."""

    kind_Y_X: Cells
    rooms: list[tuple[int, int, int, int]] = field(default_factory=list)
    doors: list[tuple[float, float, bool, int]] = field(default_factory=list)


def draw_rooms(rng: np.random.Generator, ranges: RoomsRanges) -> FloorPlan:
    """A building parted again and again by walls, each with one door, so that every room can be reached.

    The flight begins in a corner room and ends in the room whose middle is farthest from there.

    Args:
        rng: where chance comes from.
        ranges: what is drawn.
    """
    building = _Building(np.ones((SIDE, SIDE), np.int32))
    width, height = (int(rng.integers(ranges.building[0], ranges.building[1] + 1)) for _ in range(2))
    left, low = (int(rng.integers(1, SIDE - 1 - length + 1)) for length in (width, height))
    building.kind_Y_X[low : low + height, left : left + width] = 0
    _part(rng, ranges, building, left, low, left + width, low + height)
    ceiling = float(rng.uniform(*ranges.ceiling))
    blocks: list[Block] = []
    for x, y, leads_east, cells in building.doors:
        ajar = None if rng.random() < ranges.open_doors else float(rng.uniform(1.25, 1.55))
        yaw = (0.0 if leads_east else math.pi / 2) + (math.pi if rng.random() < 0.5 else 0.0)
        blocks += doorway(middle(x), middle(y), yaw, width=cells * 0.5, ceiling=ceiling, ajar=ajar)
    rooms = building.rooms
    first = min(range(len(rooms)), key=lambda k: (rooms[k][0] + rooms[k][1], k))
    middles = [((room[0] + room[2]) / 2, (room[1] + room[3]) / 2) for room in rooms]
    last = max(range(len(rooms)), key=lambda k: (math.dist(middles[k], middles[first]), k))
    start, goal = _somewhere(rng, rooms[first]), _somewhere(rng, rooms[last])
    keep_free = [start, goal, *((middle(x), middle(y)) for x, y, _, _ in building.doors)]
    if rng.random() < ranges.stairs:
        _add_stairs(rooms, keep_free, blocks)
    area = width * height * 0.25
    furnish(
        rng,
        building.kind_Y_X,
        count=round(float(rng.uniform(*ranges.furniture)) * area / 100),
        ceiling=ceiling,
        keep_free=keep_free,
        room=0.9,
        blocks=blocks,
    )
    zone_Y_X = np.zeros((SIDE, SIDE), np.int32)
    for room in rooms:
        zone_Y_X[room[1] : room[3], room[0] : room[2]] = int(rng.integers(3))
        _paint(building.kind_Y_X, room, 1 + int(rng.integers(3)))
    return FloorPlan(
        kind_Y_X=building.kind_Y_X,
        zone_Y_X=zone_Y_X,
        ceiling=ceiling,
        blocks=tuple(blocks),
        start=(*start, CRUISE_HEIGHT),
        yaw=float(rng.uniform(-math.pi, math.pi)),
        goal=(*goal, CRUISE_HEIGHT),
    )


def _part(
    rng: np.random.Generator, ranges: RoomsRanges, building: _Building, left: int, low: int, right: int, high: int
) -> None:
    """Part a rectangle by a wall across its longer side, and its parts again, as long as they are large enough."""
    width, height = right - left, high - low
    upright = width > height or (width == height and bool(rng.random() < 0.5))
    kind_Y_X = building.kind_Y_X
    if upright:
        # no wall may end in a door of the walls around
        ends = (kind_Y_X[low - 1, left:right] > 0) & (kind_Y_X[high, left:right] > 0)
    else:
        ends = (kind_Y_X[low:high, left - 1] > 0) & (kind_Y_X[low:high, right] > 0)
    places = ranges.room + np.flatnonzero(ends[ranges.room : len(ends) - ranges.room])
    if not len(places):
        building.rooms.append((left, low, right, high))
        return
    at = int(rng.choice(places))
    cells = int(rng.integers(ranges.door[0], ranges.door[1] + 1))
    door = int(rng.integers(1, (height if upright else width) - cells))
    if upright:
        x = left + at
        kind_Y_X[low:high, x] = 1
        kind_Y_X[low + door : low + door + cells, x] = 0
        building.doors.append((x + 0.5, low + door + cells / 2, True, cells))
        parts = ((left, low, x, high), (x + 1, low, right, high))
    else:
        y = low + at
        kind_Y_X[y, left:right] = 1
        kind_Y_X[y, left + door : left + door + cells] = 0
        building.doors.append((left + door + cells / 2, y + 0.5, False, cells))
        parts = ((left, low, right, y), (left, y + 1, right, high))
    for part in parts:
        _part(rng, ranges, building, *part)


def _somewhere(rng: np.random.Generator, room: tuple[int, int, int, int]) -> tuple[float, float]:
    """A place in a room, 1 m from its walls at least."""
    left, low, right, high = room
    return middle(float(rng.uniform(left + 2, right - 2))), middle(float(rng.uniform(low + 2, high - 2)))


def _add_stairs(
    rooms: list[tuple[int, int, int, int]], keep_free: list[tuple[float, float]], blocks: list[Block]
) -> None:
    """A flight of stairs in the middle of the largest room, unless something there is to be kept free."""
    left, low, right, high = max(rooms, key=lambda room: (room[2] - room[0]) * (room[3] - room[1]))
    x, y = middle((left + right) / 2), middle((low + high) / 2)
    if any(math.hypot(x - free_x, y - free_y) < 2.6 for free_x, free_y in keep_free):
        return
    made = staircase(x, y, 0.0 if right - left > high - low else math.pi / 2, width=1.2, steps=4)
    if len(blocks) + len(made) <= MOST_BLOCKS:
        blocks += made


def _paint(kind_Y_X: Cells, room: tuple[int, int, int, int], kind: int) -> None:
    """Give the walls around a room another kind."""
    left, low, right, high = room
    around_Y_X = kind_Y_X[low - 1 : high + 1, left - 1 : right + 1]
    around_Y_X[around_Y_X > 0] = kind
