"""What kernels read and write: floors in arrays, and the row of numbers that is all of a quadrotor."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..floors.plan import CELL, MOST_BLOCKS, SIDE, FloorPlan

MOST_GATES = 8
"""Gates that a floor may have."""
SPOTS = 2 * SIDE
"""Spots along each side of the maps that lead to a goal."""
SPOT = CELL / 2
"""Length of a spot, metres."""
PAST_COMMANDS = 4
"""Commands that are remembered, the newest included: latency is a control period less than these at most."""


class Floors(NamedTuple):
    """P floors; what a floor has less of than there is room for is not read.

    Attributes:
        solid_P_Y_X: 1 where a wall is.
        ceiling_P: heights, metres.
        box_P_B_8: of a box its centre, half its lengths, cosine and sine of its yaw.
        boxes_P: how many boxes there are.
        gate_P_G_8: of a gate its centre, cosine and sine of its yaw, half its width and height, and the length of the
            course behind it, metres.
        gates_P: how many gates there are.
        goal_P_3: metres.
        way_P_Y_X: the way that is left to the goal from each spot, see `find_ways`.
        height_P_Y_X: the height at which a spot is best passed, metres; below 0 where it cannot be.
    """

    solid_P_Y_X: NDArray[np.uint8]
    ceiling_P: NDArray[np.float64]
    box_P_B_8: NDArray[np.float64]
    boxes_P: NDArray[np.int64]
    gate_P_G_8: NDArray[np.float64]
    gates_P: NDArray[np.int64]
    goal_P_3: NDArray[np.float64]
    way_P_Y_X: NDArray[np.float64]
    height_P_Y_X: NDArray[np.float64]


def new_floors(count: int) -> Floors:
    """Memory for so many floors."""
    return Floors(
        solid_P_Y_X=np.ones((count, SIDE, SIDE), np.uint8),
        ceiling_P=np.ones(count),
        box_P_B_8=np.zeros((count, MOST_BLOCKS, 8)),
        boxes_P=np.zeros(count, np.int64),
        gate_P_G_8=np.zeros((count, MOST_GATES, 8)),
        gates_P=np.zeros(count, np.int64),
        goal_P_3=np.zeros((count, 3)),
        way_P_Y_X=np.zeros((count, SPOTS, SPOTS)),
        height_P_Y_X=np.zeros((count, SPOTS, SPOTS)),
    )


def put_plan(floors: Floors, p: int, plan: FloorPlan) -> None:
    """Write a plan in place of floor p, but for its maps."""
    floors.solid_P_Y_X[p] = plan.kind_Y_X > 0
    floors.ceiling_P[p] = plan.ceiling
    floors.boxes_P[p] = len(plan.blocks)
    for k, block in enumerate(plan.blocks):
        floors.box_P_B_8[p, k, :3] = block.centre
        floors.box_P_B_8[p, k, 3:6] = np.array(block.size) / 2
        floors.box_P_B_8[p, k, 6:] = np.cos(block.yaw), np.sin(block.yaw)
    floors.gates_P[p] = len(plan.gates)
    behind = 0.0
    for k in reversed(range(len(plan.gates))):
        gate = plan.gates[k]
        if k + 1 < len(plan.gates):
            behind += float(np.linalg.norm(np.array(plan.gates[k + 1].centre) - gate.centre))
        row_8 = floors.gate_P_G_8[p, k]
        row_8[:3] = gate.centre
        row_8[3:] = np.cos(gate.yaw), np.sin(gate.yaw), gate.width / 2, gate.height / 2, behind
    floors.goal_P_3[p] = plan.goal


class Column(IntEnum):
    """The numbers of a quadrotor's row: its motion, what it was told, what has come of it, and what it is like."""

    # motion, in metres, seconds and radians; angles as cameras have them
    X = 0
    Y = auto()
    Z = auto()
    SPEED_X = auto()
    SPEED_Y = auto()
    SPEED_Z = auto()
    YAW = auto()
    PITCH = auto()
    ROLL = auto()
    YAW_RATE = auto()
    THRUST = auto()
    GUST_X = auto()
    GUST_Y = auto()
    GUST_Z = auto()
    # chance: the key of a body's numbers, and how many of them were drawn
    KEY = auto()
    DRAWN = auto()
    # the last commands of four numbers each, the newest first, and the last action
    COMMAND = auto()
    ACTION = COMMAND + 4 * PAST_COMMANDS
    # what has come of it
    CLEARANCE = ACTION + 4
    COLLIDED = auto()
    FLOWN = auto()
    WAY = auto()
    GATES = auto()
    REACHED = auto()
    PROGRESS = auto()
    PASSED = auto()
    TARGET_X = auto()
    TARGET_Y = auto()
    TARGET_Z = auto()
    SCORE = auto()
    SCORES = auto()
    PICTURES = auto()
    # what it is like
    RADIUS = auto()
    DRAG = auto()
    WIND_X = auto()
    WIND_Y = auto()
    WIND_Z = auto()
    GUSTS = auto()
    LATENCY = auto()
    LAG = auto()
    CRUISE = auto()
    FIELD = auto()
    TILT = auto()
    CAMERA_AHEAD = auto()
    CAMERA_UP = auto()


COLUMNS = int(Column.CAMERA_UP) + 1
"""How many numbers a row has."""
