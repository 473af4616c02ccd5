"""The expert: short flights are foreseen among the points of depth pictures, and the best one is begun."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ...vision.kernels.compiling import entry_kernel, kernel
from .compiling import SOURCES
from .depth_points import DepthPoints, gather_points, room_around
from .layout import Column, Floors
from .quadrotor import (
    ATTITUDE,
    DIRECTION,
    GRAVITY,
    MOST_SPEED,
    MOST_TILT,
    MOST_TURN,
    PERIOD,
    SUBSTEPS,
    THRUST_RANGE,
    command,
    obey,
    pass_gates,
)
from .route import is_at_the_end, left_to_go, next_place

_TURNS = (0.0, 0.25, -0.25, 0.5, -0.5, 0.8, -0.8, 1.2, -1.2)  # to the left of the route that are tried, radians
_CLIMBS = (0.0, 0.25, -0.25, 0.5, -0.5)  # above it
_SHARES = (1.0, 0.4)  # of the speed that are tried, where the manner of control can slow down
_HOLD = 4  # steps for which the route is left, before the flight goes on along it
_HORIZON = 12  # steps that are foreseen
# turn, climb, how long, share: along the route first; then all sides for a while, and left or right for all the flight
_TRIED_D_4 = np.array(
    [(0.0, 0.0, 0, 1.0)]
    + [(turn, climb, _HOLD, share) for share in _SHARES for turn in _TURNS for climb in _CLIMBS]
    + [(turn, 0.0, _HORIZON, share) for share in _SHARES for turn in _TURNS[1:]]
    + [(0.0, 0.0, 0, 0.0)]
)
_KEPT = 0.25  # the room that costs nothing, metres
_NEAR = 3.0  # what no room at all costs, in metres of the route for each second
_TOUCH = 0.02  # below this room, a flight is foreseen to end, metres
_COLLISION = 10.0  # what it costs to touch something, metres of the route
_CARE = 0.8  # the share of its velocity that is left where it commands the attitude
_ASIDE = 0.8  # beyond which the expert turns before it flies, radians
_CREEP = 0.2  # the share of its velocity that is left while it turns
_ATTITUDE_LAG = 0.45  # of the expert's velocity where it commands the attitude, seconds

_X, _Y, _Z = int(Column.X), int(Column.Y), int(Column.Z)
_SPEED_X, _YAW, _PITCH, _ROLL = int(Column.SPEED_X), int(Column.YAW), int(Column.PITCH), int(Column.ROLL)
_GUST_X, _WIND_X = int(Column.GUST_X), int(Column.WIND_X)
_RADIUS, _TILT, _FIELD, _CRUISE = int(Column.RADIUS), int(Column.TILT), int(Column.FIELD), int(Column.CRUISE)


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
def _act(
    row_S: np.ndarray,
    x: float,
    y: float,
    z: float,
    turn: float,
    climb: float,
    share: float,
    control: int,
    action_A: np.ndarray,
) -> None:
    """The action that flies towards a place, or so many radians to the left of it and above, and turns to the place.

    Args:
        row_S: the body's row.
        x, y, z: the place.
        turn, climb: radians.
        share: of the cruising speed.
        control: the manner of control.
        action_A: where the action is written, in [-1, 1].
    """
    x, y, z = x - row_S[_X], y - row_S[_Y], z - row_S[_Z]
    azimuth = math.atan2(y, x)
    elevation = math.atan2(z, math.hypot(x, y)) + climb
    level = math.cos(elevation)
    ray_x, ray_y, ray_z = level * math.cos(azimuth + turn), level * math.sin(azimuth + turn), math.sin(elevation)
    if control == DIRECTION:
        action_A[0], action_A[1] = _seen_at(row_S, ray_x, ray_y, ray_z)
        return
    aside = azimuth - row_S[_YAW]
    aside -= 2.0 * math.pi * math.floor((aside + math.pi) / (2.0 * math.pi))
    speed = share * row_S[_CRUISE]
    if abs(aside) > _ASIDE:
        speed *= _CREEP
    cosine, sine = math.cos(row_S[_YAW]), math.sin(row_S[_YAW])
    if control == ATTITUDE:
        speed *= _CARE
        away_x = (speed * ray_x - row_S[_SPEED_X]) / _ATTITUDE_LAG
        away_y = (speed * ray_y - row_S[_SPEED_X + 1]) / _ATTITUDE_LAG
        rise = GRAVITY + (speed * ray_z - row_S[_SPEED_X + 2]) / _ATTITUDE_LAG
        ahead, left = away_x * cosine + away_y * sine, away_y * cosine - away_x * sine
        pitch, roll = math.atan2(-ahead, rise), math.atan2(-left, rise)
        thrust = rise / (math.cos(pitch) * math.cos(roll))
        action_A[0], action_A[1] = roll / MOST_TILT, pitch / MOST_TILT
        action_A[2] = (thrust / GRAVITY - 1.0) / THRUST_RANGE
    else:
        action_A[0] = speed * (ray_x * cosine + ray_y * sine) / MOST_SPEED[0]
        action_A[1] = speed * (ray_y * cosine - ray_x * sine) / MOST_SPEED[1]
        action_A[2] = speed * ray_z / MOST_SPEED[2]
    action_A[3] = 2.0 * aside / MOST_TURN
    for k in range(4):
        action_A[k] = min(max(action_A[k], -1.0), 1.0)


@kernel
def _foresee(
    row_S: np.ndarray,
    points: DepthPoints,
    floors: Floors,
    p: int,
    control: int,
    turn: float,
    climb: float,
    hold: float,
    share: float,
    action_A: np.ndarray,
) -> tuple[float, float]:
    """What a flight is worth that first leaves the route and then follows it, in calm air.

    Args:
        row_S: the body's row, which flies on.
        points: what is known of obstacles.
        floors: all floors, of which the route is read.
        p: the floor that the body is in.
        control: the manner of control.
        turn, climb: away from the route, radians.
        hold: for how many steps.
        share: of the cruising speed.
        action_A: where the first action is written.

    Returns:
        By how many metres the route becomes shorter, less what it costs to be near to something; and that cost.
    """
    row_S[_WIND_X : _WIND_X + 3] = 0.0
    row_S[_GUST_X : _GUST_X + 3] = 0.0
    before, cost = left_to_go(row_S, floors, p), 0.0
    next_A = np.empty(len(action_A))
    for step in range(_HORIZON):
        x, y, z = next_place(row_S, floors, p)
        if step < hold:
            _act(row_S, x, y, z, turn, climb, share, control, next_A)
        else:
            _act(row_S, x, y, z, 0.0, 0.0, share, control, next_A)
        if step == 0:
            action_A[:] = next_A
        command(row_S, next_A, control)
        for substep in range(SUBSTEPS):
            x, y, z = row_S[_X], row_S[_Y], row_S[_Z]
            obey(row_S, substep, control)
            pass_gates(row_S, floors, p, x, y, z)
        room = room_around(points, row_S[_X], row_S[_Y], row_S[_Z], row_S[_RADIUS] + _KEPT) - row_S[_RADIUS]
        cost += PERIOD * _NEAR * ((_KEPT - room) / _KEPT) ** 2
        if room < _TOUCH:  # worth less than any flight that touches nothing, and the less the sooner
            return PERIOD * step - cost - _COLLISION, np.inf
        if is_at_the_end(row_S, floors, p):
            break
    return before - left_to_go(row_S, floors, p) - cost, cost


@kernel
def _plan_one(
    row_S: np.ndarray, points: DepthPoints, floors: Floors, p: int, control: int, action_A: np.ndarray
) -> None:
    """The first action of the best flight; the route's own is taken at once where it is clear of everything."""
    tried_A, best = np.empty(len(action_A)), -np.inf
    for d in range(len(_TRIED_D_4)):
        turn, climb, hold, share = _TRIED_D_4[d]
        if control == DIRECTION and share < 1.0:
            continue
        value, cost = _foresee(row_S.copy(), points, floors, p, control, turn, climb, hold, share, tried_A)
        if value > best:
            best = value
            action_A[:] = tried_A
        if d == 0 and cost == 0.0:
            return


def _entry(sources: int) -> Callable[..., None]:
    @entry_kernel
    def plan(
        row_S: np.ndarray, depth_6_H_W: np.ndarray, floors: Floors, p: int, control: int, action_A: np.ndarray
    ) -> None:
        """What the expert would do: begin the best of the flights that it foresees among what depth pictures show.

        Where to is told: the route, by the map of ways or from gate to gate. What is in between is not.

        Args:
            row_S: the body's row.
            depth_6_H_W: what the body's `DepthSensor` measures.
            floors: all floors, of which the route alone is read.
            p: the floor that the body is in.
            control: the manner of control.
            action_A: where the action is written, in [-1, 1].
        """
        points = gather_points(depth_6_H_W, row_S[_X], row_S[_Y], row_S[_Z])
        _plan_one(row_S, points, floors, p + 0 * sources, control, action_A)

    return plan


plan = _entry(SOURCES)
