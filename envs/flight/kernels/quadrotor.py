"""The flight of quadrotors: commands, attitude, thrust, drag, wind and collisions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ...vision.kernels.compiling import entry_kernel, kernel
from .compiling import SOURCES
from .layout import PAST_COMMANDS, Column, Floors
from .obstacles import clearance
from .ways import way_left

PERIOD = 0.1
"""Time of a step, seconds."""
SUBSTEPS = 5
"""Simulation steps of a step."""
GRAVITY = 9.81
"""Metres per second squared."""
MOST_TILT = 0.6
"""The largest pitch and roll that a command can ask for, radians."""
MOST_TURN = 2.0
"""The largest yaw rate that a command can ask for, radians per second."""
MOST_SPEED = (3.0, 2.0, 1.5)
"""The largest velocities ahead, to the side and upwards that a command can ask for, metres per second."""
THRUST_RANGE = 0.6
"""How far a command can raise and lower the thrust, as a share of what carries the body."""
GOAL_RADIUS = 0.75
"""How near the goal must be, seen from above, metres."""
MOST_CLEARANCE = 2.0
"""Beyond this many metres nothing is looked for."""

DIRECTION, VELOCITY, ATTITUDE = 0, 1, 2
"""The manners of control, see `FlightEnv`."""

_STEP = PERIOD / SUBSTEPS
_ATTITUDE_LAG, _THRUST_LAG, _TURN_LAG = 0.08, 0.05, 0.10  # time constants, seconds
_GUST_TIME = 0.8  # after which a gust has fallen to a third, seconds
_TURN_GAIN = 2.0  # yaw rate for each radian that a direction lies to the side

_X, _Y, _Z = int(Column.X), int(Column.Y), int(Column.Z)
_SPEED_X, _SPEED_Y, _SPEED_Z = int(Column.SPEED_X), int(Column.SPEED_Y), int(Column.SPEED_Z)
_YAW, _PITCH, _ROLL = int(Column.YAW), int(Column.PITCH), int(Column.ROLL)
_YAW_RATE, _THRUST = int(Column.YAW_RATE), int(Column.THRUST)
_GUST_X, _KEY, _DRAWN = int(Column.GUST_X), int(Column.KEY), int(Column.DRAWN)
_COMMAND, _ACTION = int(Column.COMMAND), int(Column.ACTION)
_CLEARANCE, _COLLIDED, _FLOWN = int(Column.CLEARANCE), int(Column.COLLIDED), int(Column.FLOWN)
_WAY, _GATES, _REACHED = int(Column.WAY), int(Column.GATES), int(Column.REACHED)
_PROGRESS, _PASSED, _TARGET_X = int(Column.PROGRESS), int(Column.PASSED), int(Column.TARGET_X)
_RADIUS, _DRAG, _WIND_X = int(Column.RADIUS), int(Column.DRAG), int(Column.WIND_X)
_GUSTS, _LATENCY, _LAG = int(Column.GUSTS), int(Column.LATENCY), int(Column.LAG)
_CRUISE, _FIELD, _TILT = int(Column.CRUISE), int(Column.FIELD), int(Column.TILT)


@kernel
def uniform(row_S: np.ndarray) -> float:
    """A number from 0 to 1, both excluded: splitmix64 (Steele et al., 2014) of a body's key and count."""
    row_S[_DRAWN] += 1.0
    state = np.uint64(row_S[_KEY]) * np.uint64(0xD1342543DE82EF95) + np.uint64(row_S[_DRAWN]) * np.uint64(
        0x9E3779B97F4A7C15
    )
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state = state ^ (state >> np.uint64(31))
    return (np.float64(state >> np.uint64(12)) + 0.5) * 2.0**-52


@kernel
def look(row_S: np.ndarray, right: float, up: float) -> tuple[float, float, float]:
    """The direction, of length 1, in which a place of the picture is seen.

    Args:
        row_S: of the body.
        right, up: from -1 to 1 across the picture.
    """
    most = math.tan(0.5 * row_S[_FIELD])
    ahead, left, rise = 1.0, -right * most, up * most
    length = math.sqrt(1.0 + left * left + rise * rise)
    ahead, left, rise = ahead / length, left / length, rise / length
    # roll lowers the right side, then the pitch of body and camera lifts the view, then yaw turns it
    cosine, sine = math.cos(row_S[_ROLL]), math.sin(row_S[_ROLL])
    left, rise = left * cosine - rise * sine, left * sine + rise * cosine
    pitch = row_S[_PITCH] + row_S[_TILT]
    cosine, sine = math.cos(pitch), math.sin(pitch)
    ahead, rise = ahead * cosine - rise * sine, ahead * sine + rise * cosine
    cosine, sine = math.cos(row_S[_YAW]), math.sin(row_S[_YAW])
    return ahead * cosine - left * sine, ahead * sine + left * cosine, rise


@kernel
def command(row_S: np.ndarray, action_A: np.ndarray, control: int) -> None:
    """Remember what an action asks for: a velocity in the world and a yaw rate, or attitude, yaw rate and thrust."""
    for k in range(4 * PAST_COMMANDS - 1, 3, -1):
        row_S[_COMMAND + k] = row_S[_COMMAND + k - 4]
    for k in range(len(action_A)):
        row_S[_ACTION + k] = action_A[k]
    command_4 = row_S[_COMMAND : _COMMAND + 4]
    if control == ATTITUDE:
        command_4[0] = action_A[0] * MOST_TILT
        command_4[1] = action_A[1] * MOST_TILT
        command_4[2] = GRAVITY * (1.0 + THRUST_RANGE * action_A[2])
    elif control == VELOCITY:
        cosine, sine = math.cos(row_S[_YAW]), math.sin(row_S[_YAW])
        ahead, left = action_A[0] * MOST_SPEED[0], action_A[1] * MOST_SPEED[1]
        command_4[0] = ahead * cosine - left * sine
        command_4[1] = ahead * sine + left * cosine
        command_4[2] = action_A[2] * MOST_SPEED[2]
    else:
        ray_x, ray_y, ray_z = look(row_S, action_A[0], action_A[1])
        command_4[0], command_4[1], command_4[2] = (
            row_S[_CRUISE] * ray_x,
            row_S[_CRUISE] * ray_y,
            row_S[_CRUISE] * ray_z,
        )
        aside = math.atan(action_A[0] * math.tan(0.5 * row_S[_FIELD]))
        command_4[3] = min(max(-_TURN_GAIN * aside, -MOST_TURN), MOST_TURN)
        return
    command_4[3] = action_A[3] * MOST_TURN


@kernel
def _blow(row_S: np.ndarray) -> None:
    """Let the gusts of one step come and go (Ornstein and Uhlenbeck); without gusts no chance is drawn."""
    if row_S[_GUSTS] == 0.0:
        return
    kept = math.exp(-PERIOD / _GUST_TIME)
    spread = row_S[_GUSTS] * math.sqrt(1.0 - kept * kept)
    for axis in range(3):
        # Box and Muller
        radius = math.sqrt(-2.0 * math.log(uniform(row_S)))
        normal = radius * math.cos(2.0 * math.pi * uniform(row_S))
        row_S[_GUST_X + axis] = kept * row_S[_GUST_X + axis] + spread * normal


@kernel
def _towards(row_S: np.ndarray, column: int, wanted: float, lag: float) -> None:
    row_S[column] += (wanted - row_S[column]) * (1.0 - math.exp(-_STEP / lag))


@kernel
def _move(row_S: np.ndarray, command_4: np.ndarray, control: int) -> None:
    """One simulation step."""
    if control == ATTITUDE:
        roll, pitch, thrust = command_4[0], command_4[1], command_4[2]
    else:
        # the autopilot: the acceleration that would bring the velocity there, and the attitude that gives it
        cosine, sine = math.cos(row_S[_YAW]), math.sin(row_S[_YAW])
        wanted_x = (command_4[0] - row_S[_SPEED_X]) / row_S[_LAG]
        wanted_y = (command_4[1] - row_S[_SPEED_Y]) / row_S[_LAG]
        ahead, left = wanted_x * cosine + wanted_y * sine, wanted_y * cosine - wanted_x * sine
        up = min(max(GRAVITY + (command_4[2] - row_S[_SPEED_Z]) / row_S[_LAG], 0.4 * GRAVITY), 1.8 * GRAVITY)
        pitch = min(max(math.atan2(-ahead, up), -MOST_TILT), MOST_TILT)
        roll = min(max(math.atan2(-left, math.sqrt(up * up + ahead * ahead)), -MOST_TILT), MOST_TILT)
        thrust = up / (math.cos(pitch) * math.cos(roll))
    _towards(row_S, _PITCH, pitch, _ATTITUDE_LAG)
    _towards(row_S, _ROLL, roll, _ATTITUDE_LAG)
    _towards(row_S, _THRUST, thrust, _THRUST_LAG)
    _towards(row_S, _YAW_RATE, command_4[3], _TURN_LAG)
    push = row_S[_THRUST] * math.cos(row_S[_ROLL])
    ahead, left = -push * math.sin(row_S[_PITCH]), -row_S[_THRUST] * math.sin(row_S[_ROLL])
    up = push * math.cos(row_S[_PITCH])
    cosine, sine = math.cos(row_S[_YAW]), math.sin(row_S[_YAW])
    force = (ahead * cosine - left * sine, ahead * sine + left * cosine, up - GRAVITY)
    for axis in range(3):
        wind = row_S[_WIND_X + axis] + row_S[_GUST_X + axis]
        acceleration = force[axis] - row_S[_DRAG] * (row_S[_SPEED_X + axis] - wind)
        row_S[_SPEED_X + axis] += _STEP * acceleration
        row_S[_X + axis] += _STEP * row_S[_SPEED_X + axis]
    yaw = row_S[_YAW] + _STEP * row_S[_YAW_RATE]
    row_S[_YAW] = yaw - 2.0 * math.pi * math.floor((yaw + math.pi) / (2.0 * math.pi))


@kernel
def obey(row_S: np.ndarray, substep: int, control: int) -> None:
    """Move for one simulation step of a step, by the command that was given `latency` simulation steps before."""
    late = int(row_S[_LATENCY]) - substep
    age = 0 if late <= 0 else (late + SUBSTEPS - 1) // SUBSTEPS
    _move(row_S, row_S[_COMMAND + 4 * age : _COMMAND + 4 * age + 4], control)


@kernel
def pass_gates(row_S: np.ndarray, floors: Floors, p: int, x: float, y: float, z: float) -> None:
    """Count the next gate where the last simulation step, from x, y, z on, went through its opening forwards."""
    k = int(row_S[_GATES])
    if k >= floors.gates_P[p]:
        return
    gate_8 = floors.gate_P_G_8[p, k]
    before = (x - gate_8[0]) * gate_8[3] + (y - gate_8[1]) * gate_8[4]
    after = (row_S[_X] - gate_8[0]) * gate_8[3] + (row_S[_Y] - gate_8[1]) * gate_8[4]
    if before < 0.0 <= after:
        share = before / (before - after)
        away_x, away_y = x + share * (row_S[_X] - x) - gate_8[0], y + share * (row_S[_Y] - y) - gate_8[1]
        aside = away_y * gate_8[3] - away_x * gate_8[4]
        above = z + share * (row_S[_Z] - z) - gate_8[2]
        if abs(aside) <= gate_8[5] and abs(above) <= gate_8[6]:
            row_S[_GATES] += 1.0


@kernel
def take_stock(row_S: np.ndarray, floors: Floors, p: int) -> None:
    """Work out the way that is left, where it leads next, and whether the goal is reached."""
    gates = floors.gates_P[p]
    if gates > 0:
        k = int(row_S[_GATES])
        for axis in range(3):
            row_S[_TARGET_X + axis] = floors.gate_P_G_8[p, min(k, gates - 1), axis]
        row_S[_REACHED] = 1.0 if k >= gates else 0.0
        row_S[_WAY] = 0.0
        if k < gates:
            gate_8 = floors.gate_P_G_8[p, k]
            away = (row_S[_X] - gate_8[0]) ** 2 + (row_S[_Y] - gate_8[1]) ** 2 + (row_S[_Z] - gate_8[2]) ** 2
            row_S[_WAY] = math.sqrt(away) + gate_8[7]
        return
    for axis in range(3):
        row_S[_TARGET_X + axis] = floors.goal_P_3[p, axis]
    row_S[_WAY] = way_left(floors.way_P_Y_X[p], row_S[_X], row_S[_Y], row_S[_WAY])
    away = math.hypot(row_S[_X] - floors.goal_P_3[p, 0], row_S[_Y] - floors.goal_P_3[p, 1])
    row_S[_REACHED] = 1.0 if away <= GOAL_RADIUS else 0.0


@kernel
def _fly_one(row_S: np.ndarray, action_A: np.ndarray, control: int, floors: Floors, p: int) -> None:
    if row_S[_COLLIDED] > 0.0:
        return
    command(row_S, action_A, control)
    _blow(row_S)
    row_S[_CLEARANCE] = MOST_CLEARANCE
    way, gates = row_S[_WAY], row_S[_GATES]
    for substep in range(SUBSTEPS):
        x, y, z = row_S[_X], row_S[_Y], row_S[_Z]
        obey(row_S, substep, control)
        room = clearance(floors, p, row_S[_X], row_S[_Y], row_S[_Z], MOST_CLEARANCE) - row_S[_RADIUS]
        row_S[_CLEARANCE] = min(row_S[_CLEARANCE], room)
        if room <= 0.0:
            row_S[_COLLIDED] = 1.0
            break
        row_S[_FLOWN] += math.sqrt((row_S[_X] - x) ** 2 + (row_S[_Y] - y) ** 2 + (row_S[_Z] - z) ** 2)
        pass_gates(row_S, floors, p, x, y, z)
    take_stock(row_S, floors, p)
    row_S[_PROGRESS] = min(max(way - row_S[_WAY], -1.0), 1.0)
    row_S[_PASSED] = row_S[_GATES] - gates


def _entry(sources: int) -> tuple[Callable[..., None], Callable[..., None]]:
    @entry_kernel
    def fly(
        first: int,
        last: int,
        row_N_S: np.ndarray,
        action_N_A: np.ndarray,
        moving_N: np.ndarray,
        place_N: np.ndarray,
        floors: Floors,
        control: int,
    ) -> None:
        """Fly the bodies from the first to before the last for a step.

        A body that touches something stays where it is from there on.

        Args:
            first, last: of the bodies.
            row_N_S: their rows.
            action_N_A: from -1 to 1.
            moving_N: which of them move.
            place_N: the floor that each is in.
            floors: all floors.
            control: the manner of control.
        """
        for n in range(first, last + 0 * sources):
            if moving_N[n]:
                _fly_one(row_N_S[n], action_N_A[n], control, floors, place_N[n])

    @entry_kernel
    def begin(row_S: np.ndarray, floors: Floors, p: int) -> None:
        """Work out what is known of a body before its first step."""
        row_S[_WAY] = 0.0 * sources
        row_S[_CLEARANCE] = clearance(floors, p, row_S[_X], row_S[_Y], row_S[_Z], MOST_CLEARANCE) - row_S[_RADIUS]
        take_stock(row_S, floors, p)

    return fly, begin


fly, begin = _entry(SOURCES)
