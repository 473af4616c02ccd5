"""What a body that imitates sees: its posture along its heading, the phase of the clip, and the goal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bodies import END_EFFECTORS, Body
from .goals import GoalKind
from .posture import Array, Posture, against, direction

_FAST = 10.0  # rad/s: the unit of angular velocities, so that numbers are of one size
_HIGHEST, _UNIT, _FASTEST, _FAR = 5.0, 1.0, 10.0, 10.0  # bounds in metres, 1, m/s and metres
_ANGLE, _SPEED = 4.0, 4.0  # bounds in radians and units of _FAST


def observation_bounds(body: Body, goal: GoalKind) -> NDArray[np.float32]:
    """The bound of each number of an observation."""
    along, about = (2, 1) if body.planar else (3, 3)
    joints = len(body.joints)
    bounds = [_HIGHEST, *[_UNIT] * 2 * along, *[_FASTEST] * along, *[_SPEED] * about]
    bounds += [*[_ANGLE] * joints, *[_SPEED] * joints, *[_HIGHEST] * len(END_EFFECTORS) * along, _UNIT, _UNIT]
    if goal == "heading":
        bounds += [*[_UNIT] * (along - 1), _FASTEST]
    elif goal == "strike":
        bounds += [*[_FAR] * along, _UNIT]
    return np.array(bounds, np.float32)


def see_posture(body: Body, posture: Posture, forward_X3: Array, up_X3: Array) -> list[Array]:
    """Height, orientation, velocities, joints and end-effectors, as a list of arrays of shape (*X, numbers).

    Args:
        body: a planar one sees nothing across the plane.
        posture: the body's.
        forward_X3: the pelvis's forward axis.
        up_X3: the pelvis's upward axis.
    """
    vectors_XK3 = np.stack([forward_X3, up_X3, posture.velocity_X3, posture.turning_X3 / _FAST], axis=-2)
    seen_XK3 = against(vectors_XK3, posture.heading_X2[..., None, :])
    ends_XE3 = posture.ends_XE3
    lead = ends_XE3.shape[:-2]
    if body.planar:
        directions, turning_XN = seen_XK3[..., :3, ::2].reshape(*lead, 6), seen_XK3[..., 3, 1:2]
        ends_XN = ends_XE3[..., ::2].reshape(*lead, -1)
    else:
        directions, turning_XN = seen_XK3[..., :3, :].reshape(*lead, 9), seen_XK3[..., 3, :]
        ends_XN = ends_XE3.reshape(*lead, -1)
    height_X1 = posture.position_X3[..., 2:]
    return [height_X1, directions, turning_XN, posture.joints_XJ, posture.speeds_XJ / _FAST, ends_XN]


def see_phase(frame_X: Any, last: int, *, repeats: bool) -> list[Array]:
    """Cosine and sine of the phase: once around in a clip that repeats, half around in one that does not."""
    return [direction(np.asarray(frame_X) * ((2 if repeats else 1) * math.pi / last))]


def see_heading_goal(body: Body, posture: Posture, direction_X: Any, speed_X: Any) -> list[Array]:
    """The wanted direction, seen along the heading, and the wanted speed."""
    way_X2 = direction(direction_X)
    cosine_X, sine_X = posture.heading_X2[..., 0], posture.heading_X2[..., 1]
    ahead_X = way_X2[..., 0] * cosine_X + way_X2[..., 1] * sine_X
    aside_X = way_X2[..., 1] * cosine_X - way_X2[..., 0] * sine_X
    parts = [ahead_X, speed_X] if body.planar else [ahead_X, aside_X, speed_X]
    return [np.stack(parts, axis=-1)]


def see_target(body: Body, posture: Posture, target_X3: Array, is_struck_X: Any) -> list[Array]:
    """The target, seen from the pelvis along the heading, and whether it was struck."""
    seen_X3 = against(target_X3 - posture.position_X3, posture.heading_X2)
    return [seen_X3[..., ::2] if body.planar else seen_X3, np.asarray(is_struck_X, np.float64)[..., None]]
