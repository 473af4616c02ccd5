"""Halls with gates to fly through."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from .furniture import furnish
from .plan import CELL, CRUISE_HEIGHT, SIDE, Block, FloorPlan, Gate, turned

_BEAM = 0.12  # the thickness of a gate's frame, metres


@dataclass(frozen=True, slots=True, kw_only=True)
class HallRanges:
    """What halls with gates are drawn from; pairs are the least and the most, all drawn evenly.

    Attributes:
        gates: how many.
        opening: width and height of each opening, metres.
        apart: from one gate to the next, metres.
        bend: how far the course turns from one gate to the next, radians, to either side.
        skew: how far a gate is turned out of the course, radians, to either side.
        heights: of the middles of the openings, metres.
        furniture: things in a hundred square metres.
        ceiling: its height, metres.
    """

    gates: tuple[int, int]
    opening: tuple[float, float]
    apart: tuple[float, float] = (3.0, 4.5)
    bend: float = 0.7
    skew: float = 0.2
    heights: tuple[float, float] = (1.1, 1.8)
    furniture: tuple[float, float] = (0.0, 0.0)
    ceiling: tuple[float, float] = (4.0, 5.0)


def draw_hall(rng: np.random.Generator, ranges: HallRanges) -> FloorPlan:
    """A hall with gates along a course that stays away from its walls and from itself.

    Args:
        rng: where chance comes from.
        ranges: what is drawn.
    """
    kind_Y_X = np.ones((SIDE, SIDE), np.int32)
    kind_Y_X[1:-1, 1:-1] = 0
    count = int(rng.integers(ranges.gates[0], ranges.gates[1] + 1))
    while True:
        course = _course(rng, ranges, count)
        if course is not None:
            break
    places, yaws = course
    ceiling = float(rng.uniform(*ranges.ceiling))
    gates = []
    blocks: list[Block] = []
    for (x, y), yaw in zip(places[1:], yaws[1:], strict=True):
        size, height = float(rng.uniform(*ranges.opening)), float(rng.uniform(*ranges.heights))
        gate = Gate((x, y, max(height, size / 2 + 0.25)), yaw + float(rng.uniform(-1, 1)) * ranges.skew, size, size)
        gates.append(gate)
        blocks += _frame(gate)
    furnish(
        rng,
        kind_Y_X,
        count=round(float(rng.uniform(*ranges.furniture)) * (SIDE * CELL) ** 2 / 100),
        ceiling=ceiling,
        keep_free=[*places, *_between(places)],
        room=0.9,
        blocks=blocks,
    )
    return FloorPlan(
        kind_Y_X=kind_Y_X,
        zone_Y_X=np.zeros((SIDE, SIDE), np.int32),
        ceiling=ceiling,
        blocks=tuple(blocks),
        start=(*places[0], CRUISE_HEIGHT),
        yaw=yaws[0] + float(rng.uniform(-0.2, 0.2)),
        goal=gates[-1].centre,
        gates=tuple(gates),
    )


def _course(
    rng: np.random.Generator, ranges: HallRanges, count: int
) -> tuple[list[tuple[float, float]], list[float]] | None:
    """The places of start and gates, and the directions in which they are left; None where it does not fit."""
    low, high = 2.5, SIDE * CELL - 2.5
    places = [(float(rng.uniform(low, high)), float(rng.uniform(low, high)))]
    yaws = [float(rng.uniform(-math.pi, math.pi))]
    for _ in range(count):
        yaw = yaws[-1] + float(rng.uniform(-1, 1)) * ranges.bend
        ahead, left = turned(float(rng.uniform(*ranges.apart)), 0.0, yaw)
        x, y = places[-1][0] + ahead, places[-1][1] + left
        if not (low <= x <= high and low <= y <= high):
            return None
        if any(math.dist((x, y), other) < ranges.apart[0] - 0.01 for other in places):
            return None
        places.append((x, y))
        yaws.append(yaw)
    return places, yaws


def _between(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points a metre apart along the course."""
    points = []
    for (x, y), (next_x, next_y) in itertools.pairwise(places):
        steps = max(1, round(math.dist((x, y), (next_x, next_y))))
        points += [(x + (next_x - x) * k / steps, y + (next_y - y) * k / steps) for k in range(1, steps)]
    return points


def _frame(gate: Gate) -> list[Block]:
    """Two posts from the floor up, and two beams."""
    x, y, z = gate.centre
    blocks = []
    top = z + gate.height / 2 + _BEAM
    for side in (-1.0, 1.0):
        ahead, left = turned(0.0, side * (gate.width + _BEAM) / 2, gate.yaw)
        blocks.append(Block((x + ahead, y + left, top / 2), (_BEAM, _BEAM, top), gate.yaw, "gate"))
    for side in (-1.0, 1.0):
        middle_z = z + side * (gate.height + _BEAM) / 2
        blocks.append(Block((x, y, middle_z), (_BEAM, gate.width, _BEAM), gate.yaw, "gate"))
    return blocks
