"""What an expert knows: free distances along directions of the picture, and where to fly by them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ...vision.kernels.compiling import entry_kernel, kernel
from .compiling import SOURCES
from .layout import SPOT, SPOTS, Column, Floors
from .obstacles import clearance, free_distance
from .quadrotor import ATTITUDE, DIRECTION, GRAVITY, MOST_SPEED, MOST_TILT, MOST_TURN, THRUST_RANGE, look

_MARGIN = 0.12  # which the expert keeps beside the body where it looks how far it can fly, metres
_KEPT = 0.2  # below which it steers away, metres
_AHEAD = 12  # spots along the way that are looked at
_RAYS = 9  # directions across the picture that are tried, and as many from top to bottom
_DEPTH = 2.5  # beyond which free space is worth no more, metres
_SLOW = 0.9  # the expert's velocity in metres per second for each metre that is free ahead
_CREEP = 0.3  # its least velocity, metres per second
_CARE = 0.6  # the share of its velocity that is left where it commands the attitude
_SOON = 0.2  # obstacles are kept off from where the body will be then, seconds
_PUSH = 0.4  # the velocity that leads away from what is very near, metres per second
_ASIDE = 0.8  # beyond which the expert turns before it flies, radians
_ATTITUDE_LAG = 0.45  # of the expert's velocity where it commands the attitude, seconds

_X, _Y, _Z = int(Column.X), int(Column.Y), int(Column.Z)
_SPEED_X, _YAW, _PITCH, _ROLL = int(Column.SPEED_X), int(Column.YAW), int(Column.PITCH), int(Column.ROLL)
_RADIUS, _TILT = int(Column.RADIUS), int(Column.TILT)
_GATES, _FIELD, _CRUISE = int(Column.GATES), int(Column.FIELD), int(Column.CRUISE)


@kernel
def _free(row_S: np.ndarray, floors: Floors, p: int, ray_x: float, ray_y: float, ray_z: float, most: float) -> float:
    """How far the body flies straight on with a margin, which is smaller where there is less room already."""
    room = clearance(floors, p, row_S[_X], row_S[_Y], row_S[_Z], row_S[_RADIUS] + _MARGIN)
    radius = max(min(row_S[_RADIUS] + _MARGIN, room - 0.03), row_S[_RADIUS] - 0.05)
    return free_distance(floors, p, row_S[_X], row_S[_Y], row_S[_Z], ray_x, ray_y, ray_z, radius, most)


@kernel
def _towards(row_S: np.ndarray, x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """The direction, of length 1, and the distance to a place."""
    away_x, away_y, away_z = x - row_S[_X], y - row_S[_Y], z - row_S[_Z]
    distance = max(math.sqrt(away_x * away_x + away_y * away_y + away_z * away_z), 1e-6)
    return away_x / distance, away_y / distance, away_z / distance, distance


@kernel
def _along_the_way(row_S: np.ndarray, floors: Floors, p: int) -> tuple[float, float, float]:
    """The farthest place in sight down the map of the way that is left."""
    way_Y_X, height_Y_X = floors.way_P_Y_X[p], floors.height_P_Y_X[p]
    row = min(max(int(row_S[_Y] / SPOT), 0), SPOTS - 1)
    column = min(max(int(row_S[_X] / SPOT), 0), SPOTS - 1)
    best_x, best_y, best_z = row_S[_X], row_S[_Y], row_S[_Z]
    for k in range(_AHEAD):
        next_row, next_column = row, column
        for down in range(max(row - 1, 0), min(row + 2, SPOTS)):
            for across in range(max(column - 1, 0), min(column + 2, SPOTS)):
                is_passable = height_Y_X[down, across] > 0.0
                if is_passable and way_Y_X[down, across] < way_Y_X[next_row, next_column]:
                    next_row, next_column = down, across
        if next_row == row and next_column == column:
            break
        row, column = next_row, next_column
        x, y = (column + 0.5) * SPOT, (row + 0.5) * SPOT
        z = height_Y_X[row, column]
        ray_x, ray_y, ray_z, distance = _towards(row_S, x, y, z)
        if k < 2 or _free(row_S, floors, p, ray_x, ray_y, ray_z, distance) >= distance:
            best_x, best_y, best_z = x, y, z
    return best_x, best_y, best_z


@kernel
def _through_the_gate(row_S: np.ndarray, floors: Floors, p: int) -> tuple[float, float, float]:
    """A place before the next gate, and behind it as soon as the body is in line with it."""
    gate_8 = floors.gate_P_G_8[p, min(int(row_S[_GATES]), floors.gates_P[p] - 1)]
    away_x, away_y = row_S[_X] - gate_8[0], row_S[_Y] - gate_8[1]
    before = -(away_x * gate_8[3] + away_y * gate_8[4])
    aside = abs(away_y * gate_8[3] - away_x * gate_8[4])
    above = abs(row_S[_Z] - gate_8[2])
    is_in_line = before > -0.1 and max(aside, above) < 0.15 + 0.25 * max(before, 0.0)
    ahead = 0.7 if is_in_line else (-1.0 if before > 0.5 else -1.4)
    return gate_8[0] + ahead * gate_8[3], gate_8[1] + ahead * gate_8[4], gate_8[2]


@kernel
def _best_direction(
    row_S: np.ndarray, floors: Floors, p: int, aim_x: float, aim_y: float, aim_z: float, distance: float
) -> tuple[float, float, float, float]:
    """The direction in which the picture shows most free space towards a place, and how much is free."""
    reach = min(distance, _DEPTH)
    best = -np.inf
    best_x, best_y, best_z, best_free = aim_x, aim_y, aim_z, 0.0
    for i in range(_RAYS):
        for j in range(_RAYS):
            ray_x, ray_y, ray_z = look(row_S, 2.0 * i / (_RAYS - 1) - 1.0, 2.0 * j / (_RAYS - 1) - 1.0)
            along = ray_x * aim_x + ray_y * aim_y + ray_z * aim_z
            if along * reach <= best:
                continue
            free = _free(row_S, floors, p, ray_x, ray_y, ray_z, reach)
            value = along * free if along > 0.0 else 0.2 * along + 0.05 * free
            if value > best:
                best = value
                best_x, best_y, best_z, best_free = ray_x, ray_y, ray_z, free
    return best_x, best_y, best_z, best_free


@kernel
def _kept_off(
    row_S: np.ndarray, floors: Floors, p: int, wanted_x: float, wanted_y: float, wanted_z: float
) -> tuple[float, float, float]:
    """A velocity without what leads to an obstacle soon to be near, and with a little that leads away from it."""
    x = row_S[_X] + _SOON * row_S[_SPEED_X]
    y = row_S[_Y] + _SOON * row_S[_SPEED_X + 1]
    z = row_S[_Z] + _SOON * row_S[_SPEED_X + 2]
    reach = row_S[_RADIUS] + _KEPT
    room = clearance(floors, p, x, y, z, reach)
    if room >= reach:
        return wanted_x, wanted_y, wanted_z
    if room <= 0.02:  # inside there is no way out to be seen: as from where the body is now
        x, y, z = row_S[_X], row_S[_Y], row_S[_Z]
    step = 0.02
    off_x = clearance(floors, p, x + step, y, z, 2.0 * reach) - clearance(floors, p, x - step, y, z, 2.0 * reach)
    off_y = clearance(floors, p, x, y + step, z, 2.0 * reach) - clearance(floors, p, x, y - step, z, 2.0 * reach)
    off_z = clearance(floors, p, x, y, z + step, 2.0 * reach) - clearance(floors, p, x, y, z - step, 2.0 * reach)
    length = math.sqrt(off_x * off_x + off_y * off_y + off_z * off_z)
    if length < 1e-9:
        return wanted_x, wanted_y, wanted_z
    off_x, off_y, off_z = off_x / length, off_y / length, off_z / length
    share = min(1.0, 1.3 * (reach - room) / _KEPT)
    against = min(wanted_x * off_x + wanted_y * off_y + wanted_z * off_z, 0.0)
    push = share * (_PUSH - against)
    return wanted_x + push * off_x, wanted_y + push * off_y, wanted_z + push * off_z


@kernel
def _seen_at(row_S: np.ndarray, ray_x: float, ray_y: float, ray_z: float) -> tuple[float, float]:
    """Where in the picture a direction is seen, across and up; what lies outside is brought to the edge."""
    cosine, sine = math.cos(row_S[_YAW]), math.sin(row_S[_YAW])
    ahead, left = ray_x * cosine + ray_y * sine, ray_y * cosine - ray_x * sine
    pitch = row_S[_PITCH] + row_S[_TILT]
    cosine, sine = math.cos(pitch), math.sin(pitch)
    ahead, rise = ahead * cosine + ray_z * sine, ray_z * cosine - ahead * sine
    cosine, sine = math.cos(row_S[_ROLL]), math.sin(row_S[_ROLL])
    left, rise = left * cosine + rise * sine, rise * cosine - left * sine
    most = max(ahead, 0.05) * math.tan(0.5 * row_S[_FIELD])
    return min(max(-left / most, -1.0), 1.0), min(max(rise / most, -1.0), 1.0)


@kernel
def _plan_one(row_S: np.ndarray, floors: Floors, p: int, control: int, action_4: np.ndarray) -> None:
    if floors.gates_P[p] > 0:
        x, y, z = _through_the_gate(row_S, floors, p)
    else:
        x, y, z = _along_the_way(row_S, floors, p)
    aim_x, aim_y, aim_z, distance = _towards(row_S, x, y, z)
    ray_x, ray_y, ray_z, free = aim_x, aim_y, aim_z, max(distance, 0.5)
    if _free(row_S, floors, p, aim_x, aim_y, aim_z, distance) < distance:
        ray_x, ray_y, ray_z, free = _best_direction(row_S, floors, p, aim_x, aim_y, aim_z, distance)
    aside = math.atan2(aim_y, aim_x) - row_S[_YAW]
    aside -= 2.0 * math.pi * math.floor((aside + math.pi) / (2.0 * math.pi))
    speed = min(row_S[_CRUISE], max(_SLOW * free, _CREEP))
    if control != DIRECTION and abs(aside) > _ASIDE:
        speed = 0.0
    if control == ATTITUDE:
        speed *= _CARE
    wanted_x, wanted_y, wanted_z = _kept_off(row_S, floors, p, speed * ray_x, speed * ray_y, speed * ray_z)
    if control == DIRECTION:
        action_4[0], action_4[1] = _seen_at(row_S, wanted_x, wanted_y, wanted_z)
        return
    cosine, sine = math.cos(row_S[_YAW]), math.sin(row_S[_YAW])
    if control == ATTITUDE:
        wanted_x = (wanted_x - row_S[_SPEED_X]) / _ATTITUDE_LAG
        wanted_y = (wanted_y - row_S[_SPEED_X + 1]) / _ATTITUDE_LAG
        rise = GRAVITY + (wanted_z - row_S[_SPEED_X + 2]) / _ATTITUDE_LAG
        ahead, left = wanted_x * cosine + wanted_y * sine, wanted_y * cosine - wanted_x * sine
        pitch, roll = math.atan2(-ahead, rise), math.atan2(-left, rise)
        thrust = rise / (math.cos(pitch) * math.cos(roll))
        action_4[0], action_4[1] = roll / MOST_TILT, pitch / MOST_TILT
        action_4[2] = (thrust / GRAVITY - 1.0) / THRUST_RANGE
    else:
        action_4[0] = (wanted_x * cosine + wanted_y * sine) / MOST_SPEED[0]
        action_4[1] = (wanted_y * cosine - wanted_x * sine) / MOST_SPEED[1]
        action_4[2] = wanted_z / MOST_SPEED[2]
    action_4[3] = min(max(2.0 * aside, -MOST_TURN), MOST_TURN) / MOST_TURN


def _entry(sources: int) -> tuple[Callable[..., None], Callable[..., None]]:
    @entry_kernel
    def plan(row_S: np.ndarray, floors: Floors, p: int, control: int, action_4: np.ndarray) -> None:
        """What the expert would do: fly where the picture shows most free space towards a place on the way.

        The place is the farthest in sight along the map of ways, or lies before or behind the next gate. Where the
        manner of control allows to, the expert turns before it flies, and slows down where little is free.

        Args:
            row_S: the body's row.
            floors: all floors.
            p: the floor that the body is in.
            control: the manner of control.
            action_4: where the action is written, in [-1, 1]; two numbers of it where directions are commanded.
        """
        _plan_one(row_S, floors, p, control, action_4)
        for k in range(4):
            action_4[k] = min(max(action_4[k], -1.0), 1.0 + 0 * sources)

    @entry_kernel
    def free_distances(row_S: np.ndarray, floors: Floors, p: int, most: float, free_G_G: np.ndarray) -> None:
        """How far the body could fly straight on towards each part of its picture.

        Args:
            row_S: the body's row.
            floors: all floors.
            p: the floor that the body is in.
            most: beyond which nothing is looked for, metres.
            free_G_G: where distances are written, for the middles of G × G parts, the upper left first.
        """
        grid = len(free_G_G) + 0 * sources
        for row in range(grid):
            for column in range(grid):
                ray_x, ray_y, ray_z = look(row_S, (2 * column + 1) / grid - 1.0, 1.0 - (2 * row + 1) / grid)
                free_G_G[row, column] = free_distance(
                    floors, p, row_S[_X], row_S[_Y], row_S[_Z], ray_x, ray_y, ray_z, row_S[_RADIUS], most
                )

    return plan, free_distances


plan, free_distances = _entry(SOURCES)
