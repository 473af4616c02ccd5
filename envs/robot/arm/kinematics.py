"""Closed-form inverse kinematics of the arm with its hand pointing straight down."""

from __future__ import annotations

import math

BASE = (-0.62, 0.0, 0.0)
"""Where the arm stands."""

SHOULDER_HEIGHT = 0.36
UPPER_ARM = 0.42
FOREARM = 0.42
TOOL = 0.17
"""Lengths in metres: from the base to the shoulder, on to elbow and wrist, and from there to the finger tips."""


def joints_of_tool(x: float, y: float, z: float, yaw: float) -> tuple[float, ...]:
    """The seven joint angles that bring the finger tips to a point, the hand pointing straight down, the elbow up.

    The wrist's place is known, and upper arm and forearm are two sides of a triangle (law of cosines; Craig,
    Introduction to Robotics, chapter 4). The two rolling joints between shoulder and wrist stay at zero.

    Args:
        x: of the point from the table's middle, in metres.
        y: likewise.
        z: likewise.
        yaw: how far the hand is turned about the vertical, in radians.

    Raises:
        ValueError: the point is out of reach.
    """
    turn = math.atan2(y - BASE[1], x - BASE[0])
    out, up = math.hypot(x - BASE[0], y - BASE[1]), z + TOOL - BASE[2] - SHOULDER_HEIGHT
    cosine = (out**2 + up**2 - UPPER_ARM**2 - FOREARM**2) / (2 * UPPER_ARM * FOREARM)
    if not -1.0 <= cosine <= 1.0:
        raise ValueError(f"({x:.3f}, {y:.3f}, {z:.3f}) is out of the arm's reach")
    elbow = math.acos(cosine)
    shoulder = math.atan2(out, up) - math.atan2(FOREARM * math.sin(elbow), UPPER_ARM + FOREARM * cosine)
    wrist = math.pi - shoulder - elbow
    return turn, shoulder, 0.0, elbow, 0.0, wrist, turn - yaw
