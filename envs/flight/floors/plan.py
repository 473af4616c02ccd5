"""What an indoor floor is: walls on a grid, blocks that stand in it, and where a flight begins and ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SIDE = 48
"""Cells along each side of every floor."""
CELL = 0.5
"""Length of a cell, metres."""
EXTENT = SIDE * CELL
"""Length of every floor's sides, metres."""
MOST_BLOCKS = 96
"""Blocks that a floor may have; generators stop before."""
CRUISE_HEIGHT = 1.2
"""The height at which a flight begins and that its guidance prefers, metres."""

Material = Literal["furniture", "door", "stair", "gate", "lamp"]
Cells = NDArray[np.int32]
Place = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Block:
    """An upright box.

    Attributes:
        centre: metres.
        size: its length, width and height, metres.
        yaw: how far it is turned to the left, radians.
        material: what it is made of, which says how it may look.
    """

    centre: Place
    size: Place
    yaw: float = 0.0
    material: Material = "furniture"


@dataclass(frozen=True, slots=True)
class Gate:
    """An opening to be flown through.

    Attributes:
        centre: of the opening, metres.
        yaw: the direction in which it is flown through, radians.
        width: of the opening, metres.
        height: of the opening, metres.
    """

    centre: Place
    yaw: float
    width: float
    height: float


@dataclass(frozen=True, eq=False, slots=True)
class FloorPlan:
    """A floor as it is built, before anything is painted.

    Attributes:
        kind_Y_X: 0 where a cell is open, k where a wall of kind k stands; row 0 is in the south.
        zone_Y_X: which floor covering lies in a cell, from 0 on.
        ceiling: its height, metres.
        blocks: furniture, doors, stairs, the frames of gates.
        start: where a flight begins, metres.
        yaw: where it looks at first, radians.
        goal: where it ends, metres.
        gates: in the order in which they are to be passed; none but in a hall with gates.
    """

    kind_Y_X: Cells
    zone_Y_X: Cells
    ceiling: float
    blocks: tuple[Block, ...]
    start: Place
    yaw: float
    goal: Place
    gates: tuple[Gate, ...] = ()


def middle(cells: float) -> float:
    """Metres of a place given in cells, kept short so that tasks and pictures repeat to the bit."""
    return round(cells * CELL, 6)


def turned(x: float, y: float, yaw: float) -> tuple[float, float]:
    """A vector, turned to the left."""
    cosine, sine = math.cos(yaw), math.sin(yaw)
    return x * cosine - y * sine, x * sine + y * cosine
