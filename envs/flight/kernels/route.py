"""The route, as a navigation system tells it: where it leads next from a place, and how long it is."""

from __future__ import annotations

import math

import numpy as np

from ...vision.kernels.compiling import kernel
from ..floors.plan import CRUISE_HEIGHT
from .layout import SPOT, SPOTS, Column, Floors
from .quadrotor import GOAL_RADIUS
from .ways import way_left

_AHEAD = 4  # spots along the way to the place that is headed for
_FORESEEN = 12  # spots along the way whose heights are prepared for
_SLOPE = 0.5  # of climbs and descents, which begin that much ahead
_BEFORE, _BEHIND = 1.0, 0.7  # a gate, from where and to where it is flown through, metres

_X, _Y, _Z, _GATES, _WAY = int(Column.X), int(Column.Y), int(Column.Z), int(Column.GATES), int(Column.WAY)


@kernel
def next_place(row_S: np.ndarray, floors: Floors, p: int) -> tuple[float, float, float]:
    """Where the route leads next: down the map of ways, or through the next gate."""
    if floors.gates_P[p] > 0:
        return _through_the_gate(row_S, floors, p)
    return _along_the_way(row_S, floors, p)


@kernel
def is_at_the_end(row_S: np.ndarray, floors: Floors, p: int) -> bool:
    """Whether all gates are passed, or the goal is reached."""
    if floors.gates_P[p] > 0:
        return row_S[_GATES] >= floors.gates_P[p]
    return math.hypot(row_S[_X] - floors.goal_P_3[p, 0], row_S[_Y] - floors.goal_P_3[p, 1]) <= GOAL_RADIUS


@kernel
def left_to_go(row_S: np.ndarray, floors: Floors, p: int) -> float:
    """How long the route still is, metres, climbs included; 0 at its end."""
    if is_at_the_end(row_S, floors, p):
        return 0.0
    x, y, z = row_S[_X], row_S[_Y], row_S[_Z]
    to_x, to_y, to_z = next_place(row_S, floors, p)
    if floors.gates_P[p] == 0:
        return way_left(floors.way_P_Y_X[p], x, y, row_S[_WAY]) + abs(to_z - z)
    gate_8 = floors.gate_P_G_8[p, int(row_S[_GATES])]
    along = (to_x - gate_8[0]) * gate_8[3] + (to_y - gate_8[1]) * gate_8[4]
    return math.sqrt((x - to_x) ** 2 + (y - to_y) ** 2 + (z - to_z) ** 2) - along + gate_8[7]


@kernel
def _along_the_way(row_S: np.ndarray, floors: Floors, p: int) -> tuple[float, float, float]:
    """A place some spots down the map of the way that is left, at a height from which later ones can be reached."""
    way_Y_X, height_Y_X = floors.way_P_Y_X[p], floors.height_P_Y_X[p]
    row = min(max(int(row_S[_Y] / SPOT), 0), SPOTS - 1)
    column = min(max(int(row_S[_X] / SPOT), 0), SPOTS - 1)
    x, y = row_S[_X], row_S[_Y]
    height = height_Y_X[row, column]
    climb, beyond = height - CRUISE_HEIGHT if height > 0.0 else 0.0, 0.0
    for k in range(_FORESEEN):
        next_row, next_column = row, column
        for down in range(max(row - 1, 0), min(row + 2, SPOTS)):
            for across in range(max(column - 1, 0), min(column + 2, SPOTS)):
                is_passable = height_Y_X[down, across] > 0.0
                if is_passable and way_Y_X[down, across] < way_Y_X[next_row, next_column]:
                    next_row, next_column = down, across
        if next_row == row and next_column == column:
            break
        if k < _AHEAD:
            x, y = (next_column + 0.5) * SPOT, (next_row + 0.5) * SPOT
        else:
            beyond += SPOT * (1.0 if next_row == row or next_column == column else math.sqrt(2.0))
        row, column = next_row, next_column
        away = height_Y_X[row, column] - CRUISE_HEIGHT
        if abs(away) - _SLOPE * beyond > abs(climb):
            climb = math.copysign(abs(away) - _SLOPE * beyond, away)
    return x, y, CRUISE_HEIGHT + climb


@kernel
def _through_the_gate(row_S: np.ndarray, floors: Floors, p: int) -> tuple[float, float, float]:
    """A place before the next gate, and behind it as soon as the body is in line with it."""
    gate_8 = floors.gate_P_G_8[p, min(int(row_S[_GATES]), floors.gates_P[p] - 1)]
    away_x, away_y = row_S[_X] - gate_8[0], row_S[_Y] - gate_8[1]
    before = -(away_x * gate_8[3] + away_y * gate_8[4])
    aside = abs(away_y * gate_8[3] - away_x * gate_8[4])
    above = abs(row_S[_Z] - gate_8[2])
    is_in_line = before > -0.1 and max(aside, above) < 0.15 + 0.25 * max(before, 0.0)
    ahead = _BEHIND if is_in_line else (-_BEFORE if before > 0.5 else -_BEFORE - 0.4)
    return gate_8[0] + ahead * gate_8[3], gate_8[1] + ahead * gate_8[4], gate_8[2]
