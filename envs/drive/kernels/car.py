"""How a car moves: a dynamic bicycle whose tyres slip.

Tyres push sideways by sin(C · atan(B · slip)) of what friction allows (Pacejka, Tire and Vehicle Dynamics, 2012), less
what they push along (the friction circle). Where a car hardly moves the angles of slip mean nothing; there it
rolls as its wheels point, and in between both are mixed. All forces are those of a kilogram.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from .layout import (
    GRIP,
    IMPACT,
    LAG,
    LAST_STEERING,
    LAST_THROTTLE,
    POWER,
    SIDE_SPEED,
    SPEED,
    STEERING,
    STEERING_RANGE,
    SURFACE_DRAG,
    SURFACE_GRIP,
    THROTTLE,
    YAW,
    YAW_RATE,
    Courses,
    X,
    Y,
)
from .maps import at, cell, slope, wrapped

PERIOD = 0.1
"""Seconds of a step."""
MOMENTS = 10
"""Moments of a step, in each of which forces are taken for constant."""
STEERING_LIMIT = 0.42
"""The most that wheels turn, radians."""
AXLE = 0.165
"""From the middle to either axle, metres."""
RADIUS = 0.17
"""Of the two circles that the car's body is made of, metres."""
CIRCLE = 0.15
"""From the middle to the middle of either circle, metres."""
GRAVITY = 9.81
"""m/s²."""
INERTIA = 0.03
"""Moment of inertia of a kilogram about the vertical, m²."""
TOP_SPEED = 6.0
"""At which an ordinary motor has no more force, m/s."""
ACCELERATION = 5.0
"""Of an ordinary motor at full throttle from rest, on all four wheels, m/s²."""
HARD_IMPACT = 0.4
"""From which speed on a contact is a collision, m/s."""

_STEERING_RATE = 4.0
_BRAKES, _REVERSE, _REVERSE_SPEED = 7.0, 3.0, 1.5
_STIFFNESS, _SHAPE = 8.0, 1.4  # Pacejka's B and C
_AIR = 0.03
_SLIPS_FROM, _SLIPS_AT = 0.5, 1.5  # m/s
_BOUNCE, _RUB = 0.2, 0.3


@numba.njit(nogil=True)
def tell(row: NDArray[np.float64], steering: float, throttle: float) -> None:
    """Tell a car what to do for a step.

    Args:
        row: the car's, changed in place.
        steering: in [-1, 1], the left is positive.
        throttle: in [-1, 1]; below 0 it brakes, and once the car stands it drives back.
    """
    row[LAST_STEERING], row[LAST_THROTTLE] = steering, throttle
    row[IMPACT] = 0.0


@numba.njit(nogil=True)
def move(row: NDArray[np.float64], courses: Courses, p: int) -> None:
    """Move a car for a moment, a `MOMENTS`th of a step.

    Args:
        row: the car's, changed in place.
        courses: all of them.
        p: the car's course.
    """
    rise_x, rise_y = slope(courses.height_P_Y_X[p], courses.side_P[p], row[X], row[Y])
    _follow(row, row[LAST_STEERING], row[LAST_THROTTLE])
    _roll(row, courses, p, rise_x, rise_y)
    meet_walls(row, courses, p)


@numba.njit(nogil=True)
def _follow(row: NDArray[np.float64], steering: float, throttle: float) -> None:
    """Wheels and motor follow what they are told."""
    moment = PERIOD / MOMENTS
    turn = steering * STEERING_LIMIT * row[STEERING_RANGE] - row[STEERING]
    most = _STEERING_RATE * moment
    row[STEERING] += min(max(turn, -most), most)
    lag = (0.12 if throttle > row[THROTTLE] else 0.06) * row[LAG]
    row[THROTTLE] += (throttle - row[THROTTLE]) * (1.0 - math.exp(-moment / lag))


@numba.njit(nogil=True)
def _roll(row: NDArray[np.float64], courses: Courses, p: int, rise_x: float, rise_y: float) -> None:
    """Forces of a moment, and what they do."""
    moment = PERIOD / MOMENTS
    side = courses.side_P[p]
    surface = courses.surface_P_Y_X[p, cell(side, row[Y]), cell(side, row[X])]
    ahead, aside, rate, wheels = row[SPEED], row[SIDE_SPEED], row[YAW_RATE], row[STEERING]
    cosine, sine = math.cos(row[YAW]), math.sin(row[YAW])
    most = SURFACE_GRIP[surface] * row[GRIP] * GRAVITY / 2.0  # of an axle

    front, rear = 0.0, 0.0
    throttle = row[THROTTLE]
    if throttle >= 0.0:
        front = rear = throttle * ACCELERATION / 2.0 * row[POWER] * (1.0 - ahead / (TOP_SPEED * row[POWER]))
    elif ahead > 0.05:
        front = rear = throttle * _BRAKES / 2.0
    else:
        front = rear = throttle * _REVERSE / 2.0 * max(0.0, 1.0 + ahead / _REVERSE_SPEED)
    front = min(max(front, -most), most)
    rear = min(max(rear, -most), most)
    pace = max(ahead, _SLIPS_FROM)
    slip_front = wheels - math.atan((aside + AXLE * rate) / pace)
    slip_rear = -math.atan((aside - AXLE * rate) / pace)
    side_front = math.sqrt(most * most - front * front) * math.sin(_SHAPE * math.atan(_STIFFNESS * slip_front))
    side_rear = math.sqrt(most * most - rear * rear) * math.sin(_SHAPE * math.atan(_STIFFNESS * slip_rear))

    drag = SURFACE_DRAG[surface] * min(max(ahead / 0.1, -1.0), 1.0) + _AIR * ahead * abs(ahead)
    turned, straight = math.sin(wheels), math.cos(wheels)
    down = -GRAVITY * (rise_x * cosine + rise_y * sine)
    down_aside = -GRAVITY * (rise_y * cosine - rise_x * sine)
    new_ahead = ahead + moment * (rear + front * straight - side_front * turned - drag + down + aside * rate)
    if throttle < 0.0 and ahead > 0.05 and new_ahead < 0.0:
        new_ahead = 0.0  # brakes do not drive back
    new_aside = aside + moment * (side_rear + side_front * straight + front * turned + down_aside - ahead * rate)
    new_rate = rate + moment * AXLE * (side_front * straight + front * turned - side_rear) / INERTIA

    share = min(max((new_ahead - _SLIPS_FROM) / (_SLIPS_AT - _SLIPS_FROM), 0.0), 1.0)
    rolled = new_ahead * math.tan(wheels) / (2.0 * AXLE)
    row[SPEED] = new_ahead
    row[YAW_RATE] = share * new_rate + (1.0 - share) * rolled
    row[SIDE_SPEED] = share * new_aside + (1.0 - share) * rolled * AXLE
    row[X] += moment * (row[SPEED] * cosine - row[SIDE_SPEED] * sine)
    row[Y] += moment * (row[SPEED] * sine + row[SIDE_SPEED] * cosine)
    row[YAW] = wrapped(row[YAW] + moment * row[YAW_RATE])


@numba.njit(nogil=True)
def meet_walls(row: NDArray[np.float64], courses: Courses, p: int) -> None:
    """Push a car out of walls and trees, and take the speed away with which it ran into them."""
    side = courses.side_P[p]
    for end in (-CIRCLE, CIRCLE):
        x, y = row[X] + end * math.cos(row[YAW]), row[Y] + end * math.sin(row[YAW])
        depth = RADIUS - at(courses.clearance_P_Y_X[p], side, x, y)
        if depth <= 0.0:
            continue
        away_x, away_y = slope(courses.clearance_P_Y_X[p], side, x, y)
        length = math.hypot(away_x, away_y)
        if length < 1e-6:
            continue
        strike(row, end, away_x / length, away_y / length, depth, 0.0)


@numba.njit(nogil=True)
def strike(
    row: NDArray[np.float64], end: float, away_x: float, away_y: float, depth: float, other_speed: float
) -> None:
    """One end of a car meets something.

    Args:
        row: the car's, changed in place.
        end: where along the car, metres from its middle.
        away_x, away_y: of unit length, away from what was met.
        depth: how far it is inside, metres.
        other_speed: of what was met, along away, m/s.
    """
    cosine, sine = math.cos(row[YAW]), math.sin(row[YAW])
    row[X] += depth * away_x
    row[Y] += depth * away_y
    ahead, aside = away_x * cosine + away_y * sine, away_y * cosine - away_x * sine
    closing = other_speed - (row[SPEED] * ahead + (row[SIDE_SPEED] + row[YAW_RATE] * end) * aside)
    if closing <= 0.0:
        return
    lever = end * aside
    push = (1.0 + _BOUNCE) * closing / (1.0 + lever * lever / INERTIA)
    slide = row[SPEED] * aside - row[SIDE_SPEED] * ahead
    rub = min(_RUB * push, abs(slide)) * (1.0 if slide > 0.0 else -1.0)
    row[SPEED] += push * ahead - rub * aside
    row[SIDE_SPEED] += push * aside + rub * ahead
    row[YAW_RATE] += push * lever / INERTIA
    row[IMPACT] = max(row[IMPACT], closing)
