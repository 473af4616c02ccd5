"""Pure pursuit: steer along the circle that leads to a point of the line some way ahead (Coulter, 1992)."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from .car import ACCELERATION, AXLE, GRAVITY, PERIOD, STEERING_LIMIT
from .layout import (
    GRIP,
    LINE,
    LINE_COSINE,
    LINE_SINE,
    LINE_SPEED,
    LINE_X,
    LINE_Y,
    PITCH,
    PLACE,
    POWER,
    SPEED,
    STEERING_RANGE,
    SURFACE_GRIP,
    YAW,
    Courses,
    X,
    Y,
)
from .maps import cell, wrapped

_WINDOW = 12


@numba.njit(nogil=True)
def nearest(row: NDArray[np.float64], line_L_5: NDArray[np.float64]) -> int:
    """The point of the line that a car is nearest to, among those near the one it was nearest to before."""
    before, best, least = int(row[PLACE]), 0, np.inf
    for offset in range(-_WINDOW, _WINDOW + 1):
        index = (before + offset) % LINE
        square = (line_L_5[index, LINE_X] - row[X]) ** 2 + (line_L_5[index, LINE_Y] - row[Y]) ** 2
        if square < least:
            best, least = index, square
    return best


@numba.njit(nogil=True)
def off_course(row: NDArray[np.float64], line_L_5: NDArray[np.float64]) -> tuple[float, float]:
    """How far a car is from the line, to the left positive, and how far the line's direction is to the car's left."""
    point_5 = line_L_5[int(row[PLACE])]
    away_x, away_y = row[X] - point_5[LINE_X], row[Y] - point_5[LINE_Y]
    aside = away_y * point_5[LINE_COSINE] - away_x * point_5[LINE_SINE]
    turn = math.atan2(point_5[LINE_SINE], point_5[LINE_COSINE]) - row[YAW]
    return aside, wrapped(turn)


@numba.njit(nogil=True)
def pursue(row: NDArray[np.float64], courses: Courses, p: int, most: float) -> tuple[float, float]:
    """Steering and throttle towards the line ahead, no faster than `most` m/s."""
    line_L_5, spacing = courses.line_P_L_5[p], courses.length_P[p] / LINE
    here, speed = nearest(row, line_L_5), row[SPEED]
    ahead = int((0.5 + 0.3 * max(speed, 0.0)) / spacing) + 1
    point_5 = line_L_5[(here + ahead) % LINE]
    away_x, away_y = point_5[LINE_X] - row[X], point_5[LINE_Y] - row[Y]
    turn = wrapped(math.atan2(away_y, away_x) - row[YAW])
    turn = min(max(turn, -math.pi / 2), math.pi / 2)
    curvature = 2.0 * math.sin(turn) / max(math.hypot(away_x, away_y), 0.3)
    steering = math.atan(2.0 * AXLE * curvature) / (STEERING_LIMIT * row[STEERING_RANGE])
    wanted = most
    for k in range(int(max(speed, 0.0) * 2.5 * PERIOD / spacing) + 2):
        wanted = min(wanted, line_L_5[(here + k) % LINE, LINE_SPEED] * math.sqrt(row[GRIP]))
    throttle = 0.25 + 1.2 * (wanted - speed) + 2.0 * math.sin(row[PITCH]) / row[POWER]
    surface = courses.surface_P_Y_X[p, cell(courses.side_P[p], row[Y]), cell(courses.side_P[p], row[X])]
    # tyres that are given all their grip to push ahead have none left for the curve
    fullest = 0.6 * SURFACE_GRIP[surface] * row[GRIP] * GRAVITY / (ACCELERATION * row[POWER])
    return min(max(steering, -1.0), 1.0), max(min(throttle, fullest, 1.0), -1.0)
