"""Steps of many cars, and one car's demonstration: the kernels that Python calls."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from .car import CIRCLE, HARD_IMPACT, MOMENTS, PERIOD, RADIUS, move, strike, tell
from .compiling import SOURCES
from .layout import (
    CHECKPOINT,
    CHECKPOINTS,
    COLLISIONS,
    GOAL_ANGLE,
    GOAL_DISTANCE,
    GROUND,
    HAS_COLLIDED,
    HAS_LAPPED,
    IMPACT,
    LAP_BEGAN,
    LAP_TIME,
    LAPS,
    PASSED,
    PITCH,
    PLACE,
    PROGRESS,
    ROLL,
    SIDE_SPEED,
    SLOW_TIME,
    SPEED,
    TIME,
    YAW,
    Courses,
    X,
    Y,
)
from .maps import at, slope, wrapped
from .pursuit import nearest, pursue
from .recovery import take_over

_STANDS = 0.15  # m/s


@numba.njit(nogil=True)
def stand(row: NDArray[np.float64], courses: Courses, p: int) -> None:
    """Note how a car stands: on the ground, along the line, to the next checkpoint."""
    side = courses.side_P[p]
    row[GROUND] = at(courses.height_P_Y_X[p], side, row[X], row[Y])
    rise_x, rise_y = slope(courses.height_P_Y_X[p], side, row[X], row[Y])
    cosine, sine = math.cos(row[YAW]), math.sin(row[YAW])
    row[PITCH] = math.atan(rise_x * cosine + rise_y * sine)
    row[ROLL] = -math.atan(rise_y * cosine - rise_x * sine)
    row[PLACE] = nearest(row, courses.line_P_L_5[p])
    goal_2 = courses.checkpoint_P_K_2[p, int(row[CHECKPOINT])]
    away_x, away_y = goal_2[0] - row[X], goal_2[1] - row[Y]
    row[GOAL_DISTANCE] = math.hypot(away_x, away_y)
    row[GOAL_ANGLE] = wrapped(math.atan2(away_y, away_x) - row[YAW])


@numba.njit(nogil=True)
def take_stock(row: NDArray[np.float64], courses: Courses, p: int) -> None:
    """Note what a step has come to: time, collisions, progress, checkpoints, laps."""
    row[TIME] += PERIOD
    row[HAS_COLLIDED] = 1.0 if row[IMPACT] >= HARD_IMPACT else 0.0
    row[COLLISIONS] += row[HAS_COLLIDED]
    row[SLOW_TIME] = row[SLOW_TIME] + PERIOD if math.hypot(row[SPEED], row[SIDE_SPEED]) < _STANDS else 0.0
    before = row[GOAL_DISTANCE]
    stand(row, courses, p)
    row[PROGRESS] = before - row[GOAL_DISTANCE]
    row[HAS_LAPPED] = 0.0
    for _ in range(CHECKPOINTS):
        if row[GOAL_DISTANCE] > 0.6 * courses.lane_P[p]:
            break
        row[CHECKPOINT] = (row[CHECKPOINT] + 1.0) % CHECKPOINTS
        row[PASSED] += 1.0
        if row[PASSED] % CHECKPOINTS == 0:
            row[LAPS] += 1.0
            row[HAS_LAPPED] = 1.0
            row[LAP_TIME] = row[TIME] - row[LAP_BEGAN]
            row[LAP_BEGAN] = row[TIME]
        stand(row, courses, p)


@numba.njit(nogil=True)
def meet_cars(state_N_S: NDArray[np.float64], moving_N: NDArray[np.bool_]) -> None:
    """Cars of a mask that touch push each other apart."""
    for first in range(len(state_N_S)):
        for second in range(first):
            if not (moving_N[first] and moving_N[second]):
                continue
            one, other = state_N_S[first], state_N_S[second]
            if (one[X] - other[X]) ** 2 + (one[Y] - other[Y]) ** 2 > (2.0 * (CIRCLE + RADIUS)) ** 2:
                continue
            for end in (-CIRCLE, CIRCLE):
                for other_end in (-CIRCLE, CIRCLE):
                    away_x = one[X] + end * math.cos(one[YAW]) - other[X] - other_end * math.cos(other[YAW])
                    away_y = one[Y] + end * math.sin(one[YAW]) - other[Y] - other_end * math.sin(other[YAW])
                    distance = math.hypot(away_x, away_y)
                    depth = 2.0 * RADIUS - distance
                    if depth <= 0.0 or distance < 1e-6:
                        continue
                    away_x /= distance
                    away_y /= distance
                    speed_one, speed_other = _along(one, away_x, away_y), _along(other, away_x, away_y)
                    # each takes half of the way and half of the speed
                    middle = (speed_one + speed_other) / 2.0
                    strike(one, end, away_x, away_y, depth / 2.0, middle)
                    strike(other, other_end, -away_x, -away_y, depth / 2.0, -middle)


@numba.njit(nogil=True)
def _along(row: NDArray[np.float64], x: float, y: float) -> float:
    cosine, sine = math.cos(row[YAW]), math.sin(row[YAW])
    return row[SPEED] * (cosine * x + sine * y) + row[SIDE_SPEED] * (cosine * y - sine * x)


def _drive_entry(sources: int) -> Callable[..., Any]:
    @numba.njit(nogil=True, cache=True)
    def drive(
        action_N_2: NDArray[np.float64],
        moving_N: NDArray[np.bool_],
        state_N_S: NDArray[np.float64],
        place_N: NDArray[np.int64],
        courses: Courses,
        practises: bool,
        touch: bool,
    ) -> int:
        """Move cars by a step.

        Args:
            action_N_2: steering and throttle, in [-1, 1].
            moving_N: whose rows change.
            state_N_S: the rows.
            place_N: the course of each.
            courses: all of them.
            practises: whether a recovery acts after a collision, or where a car is stuck.
            touch: whether the cars share one course, and touch.
        """
        for n in range(len(state_N_S)):
            if not moving_N[n]:
                continue
            row, p = state_N_S[n], place_N[n]
            steering, throttle = action_N_2[n, 0], action_N_2[n, 1]
            if practises:
                steering, throttle = take_over(row, steering, throttle, courses, p)
            tell(row, steering, throttle)
        for _ in range(MOMENTS):
            for n in range(len(state_N_S)):
                if moving_N[n]:
                    move(state_N_S[n], courses, place_N[n])
            if touch:
                meet_cars(state_N_S, moving_N)
        for n in range(len(state_N_S)):
            if moving_N[n]:
                take_stock(state_N_S[n], courses, place_N[n])
        return sources

    return drive


def _begin_entry(sources: int) -> Callable[..., Any]:
    @numba.njit(nogil=True, cache=True)
    def begin(row: NDArray[np.float64], courses: Courses, p: int) -> int:
        """Note how a car stands as an episode begins: the next checkpoint is the first one that is ahead."""
        best, least = 0, np.inf
        row[PLACE] = float(_nearest_of_all(row, courses.line_P_L_5[p]))
        for k in range(CHECKPOINTS):
            row[CHECKPOINT] = k
            stand(row, courses, p)
            if (
                row[GOAL_DISTANCE] < least
                and abs(row[GOAL_ANGLE]) < 1.2
                and (row[GOAL_DISTANCE] > 0.6 * courses.lane_P[p])
            ):
                best, least = k, row[GOAL_DISTANCE]
        row[CHECKPOINT] = best
        stand(row, courses, p)
        return sources

    return begin


@numba.njit(nogil=True)
def _nearest_of_all(row: NDArray[np.float64], line_L_5: NDArray[np.float64]) -> int:
    best, least = 0, np.inf
    for index in range(len(line_L_5)):
        square = (line_L_5[index, 0] - row[X]) ** 2 + (line_L_5[index, 1] - row[Y]) ** 2
        if square < least:
            best, least = index, square
    return best


def _pursue_entry(sources: int) -> Callable[..., Any]:
    @numba.njit(nogil=True, cache=True)
    def steer_along(row: NDArray[np.float64], courses: Courses, p: int, most: float) -> tuple[float, float, int]:
        """Steering and throttle of pure pursuit with the line's profile of speeds, no faster than `most` m/s."""
        steering, throttle = pursue(row, courses, p, most)
        return steering, throttle, sources

    return steer_along


def _demonstrate_entry(sources: int) -> Callable[..., Any]:
    @numba.njit(nogil=True, cache=True)
    def demonstrate(row: NDArray[np.float64], courses: Courses, speed: float, way_T_2: NDArray[np.float64]) -> int:
        """Drive one slow lap from the line's first point on, and write down where the car was.

        Args:
            row: of a car there, changed in place.
            courses: a single one.
            speed: m/s.
            way_T_2: x and y after each step, for as many as there is room for.

        Returns:
            After how many steps the lap was done; 0 where there was not enough room for it.
        """
        round_trip = 0.0 * sources
        for t in range(len(way_T_2)):
            steering, throttle = pursue(row, courses, 0, speed)
            tell(row, steering, throttle)
            for _ in range(MOMENTS):
                move(row, courses, 0)
            before = row[PLACE]
            stand(row, courses, 0)
            step = row[PLACE] - before
            half = len(courses.line_P_L_5[0]) // 2
            round_trip += (step + half) % (2 * half) - half
            way_T_2[t, 0], way_T_2[t, 1] = row[X], row[Y]
            if round_trip >= 2 * half:
                return t + 1
        return 0

    return demonstrate


drive = _drive_entry(SOURCES)
begin = _begin_entry(SOURCES)
steer_along = _pursue_entry(SOURCES)
demonstrate = _demonstrate_entry(SOURCES)
