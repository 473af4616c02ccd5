"""How an expert takes an object and puts it down elsewhere, from nothing but the present state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.bodies.actions import Action
from .model import FINGER_TRAVEL

_CARRY = 0.15  # how high the finger tips are when the hand moves on, in metres
_RELEASE = 0.008  # how high above where it is to lie an object is let go, in metres


@dataclass(frozen=True, slots=True)
class Carrying:
    """What is to be carried where.

    Attributes:
        object_3: where the object is, in metres.
        turn: how it is turned about the vertical; it looks the same after a right angle.
        goal_3: where it is to lie.
        tolerance: how far from there it may lie.
    """

    object_3: NDArray[np.float64]
    turn: float
    goal_3: NDArray[np.float64]
    tolerance: float


def pick_and_place(env: Any, carrying: Carrying) -> Action:
    """Over it, down, take it, up, over the goal, down, let go, up: which of these follows from what is there.

    Args:
        env: an `ArmEnv` whose fingers move.
        carrying: what is to be carried where.
    """
    tool_3 = env.data.site("tool").xpos
    held, opening = env.episode.target_XU, float(env.data.qpos[7])
    offset_3 = carrying.object_3 - tool_3
    aside = math.hypot(offset_3[0], offset_3[1])
    to_goal_3 = carrying.goal_3 - carrying.object_3
    is_over_goal = math.hypot(to_goal_3[0], to_goal_3[1]) < carrying.tolerance
    is_down = to_goal_3[2] > -_RELEASE
    is_around = aside < 0.02 and abs(offset_3[2]) < 0.02
    is_gripping = is_around and held[6] < opening - 0.006 and abs(float(env.data.qvel[7])) < 0.02
    if is_over_goal and is_down:
        is_open = opening > FINGER_TRAVEL - 0.006
        return env.steer(z=_CARRY if is_open else held[2], fingers=FINGER_TRAVEL)
    if is_gripping and is_over_goal:
        return env.steer(z=held[2] - 0.012, fingers=0.0)
    if is_gripping and tool_3[2] < _CARRY - 0.03:
        return env.steer(z=_CARRY, fingers=0.0)
    if is_gripping:
        return env.steer(x=tool_3[0] + to_goal_3[0], y=tool_3[1] + to_goal_3[1], z=_CARRY, fingers=0.0)
    right_angle = math.pi / 2
    yaw = carrying.turn - right_angle * round((carrying.turn - env.home_yaw) / right_angle)
    error = float(env.data.actuator_length[5]) - yaw
    above = {"x": carrying.object_3[0], "y": carrying.object_3[1], "yaw": yaw}
    if is_around and abs(offset_3[2]) < 0.008:
        return env.steer(**above, fingers=0.0)
    if aside < 0.01 and abs(error) < 0.08 and opening > FINGER_TRAVEL - 0.006:
        return env.steer(**above, z=carrying.object_3[2], fingers=FINGER_TRAVEL)
    height = carrying.object_3[2] if is_around else max(_CARRY - 0.04, 0.0)
    return env.steer(**above, z=height, fingers=FINGER_TRAVEL)
