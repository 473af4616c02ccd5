"""What brings a car that has run into something back on its way, without anybody's help.

Three states: it waits (`WAITS`) while the agent drives; it drives back (`BACKS`), wheels turned so that the car comes
to face along the course; it goes on slowly towards the middle (`TURNS`) until the car is about in the middle and faces
along the course. Where that ends at something again it backs again, and after `GIVES_UP` seconds the car is lifted.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from .car import HARD_IMPACT, PERIOD
from .layout import (
    IMPACT,
    INTERVENED,
    INTERVENTIONS,
    LINE_COSINE,
    LINE_SINE,
    LINE_X,
    LINE_Y,
    PLACE,
    RECOVERY,
    RECOVERY_TIME,
    RECOVERY_TOTAL,
    RESCUES,
    SIDE_SPEED,
    SLOW_TIME,
    SPEED,
    STEERING,
    THROTTLE,
    YAW,
    YAW_RATE,
    Courses,
    X,
    Y,
)
from .pursuit import off_course, pursue

WAITS, BACKS, TURNS = 0.0, 1.0, 2.0
GIVES_UP = 20.0
"""Seconds after which a car is put where it should be, as by a hand."""
_PATIENCE = 1.5  # seconds that a car may stand
_BACKS_FOR, _TURNS_FOR = 1.2, 4.0  # seconds
_SLOWLY = 0.8  # m/s


@numba.njit(nogil=True)
def take_over(
    row: NDArray[np.float64], steering: float, throttle: float, courses: Courses, p: int
) -> tuple[float, float]:
    """What is done in place of the agent's action, which is returned where the recovery waits."""
    line_L_5 = courses.line_P_L_5[p]
    aside, turn = off_course(row, line_L_5)
    is_hurt = row[IMPACT] >= HARD_IMPACT
    if row[RECOVERY] == WAITS:
        row[INTERVENED] = 0.0
        if not is_hurt and row[SLOW_TIME] < _PATIENCE:
            return steering, throttle
        row[INTERVENTIONS] += 1.0
        row[RECOVERY_TOTAL] = 0.0
        _begin(row, BACKS)
    elif row[RECOVERY] == BACKS:
        if row[RECOVERY_TIME] >= _BACKS_FOR or (is_hurt and row[RECOVERY_TIME] > 0.4):
            _begin(row, TURNS)
    elif abs(turn) < 0.5 and abs(aside) < 0.35 * courses.lane_P[p] and row[RECOVERY_TIME] > 0.4:
        _begin(row, WAITS)
        row[INTERVENED] = 0.0
        return steering, throttle
    elif is_hurt or row[SLOW_TIME] > 0.8 or row[RECOVERY_TIME] >= _TURNS_FOR:
        _begin(row, BACKS)
    row[INTERVENED] = 1.0
    row[RECOVERY_TIME] += PERIOD
    row[RECOVERY_TOTAL] += PERIOD
    if row[RECOVERY_TOTAL] > GIVES_UP:
        _lift(row, line_L_5[int(row[PLACE])])
        return 0.0, 0.0
    if row[RECOVERY] == BACKS:
        # a car that drives back turns to the side that its wheels do not point to
        return (-1.0 if turn > 0.0 else 1.0), -0.7
    return pursue(row, courses, p, _SLOWLY)


@numba.njit(nogil=True)
def _begin(row: NDArray[np.float64], what: float) -> None:
    row[RECOVERY] = what
    row[RECOVERY_TIME] = 0.0
    row[SLOW_TIME] = 0.0


@numba.njit(nogil=True)
def _lift(row: NDArray[np.float64], point_5: NDArray[np.float64]) -> None:
    """Put a car on the middle of the course, at rest."""
    row[X], row[Y] = point_5[LINE_X], point_5[LINE_Y]
    row[YAW] = math.atan2(point_5[LINE_SINE], point_5[LINE_COSINE])
    row[SPEED] = row[SIDE_SPEED] = row[YAW_RATE] = row[STEERING] = row[THROTTLE] = 0.0
    row[RESCUES] += 1.0
    _begin(row, WAITS)
