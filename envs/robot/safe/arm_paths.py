"""Ways for a jointed arm around a ball that it must stay out of."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..kinematics import PitchArm

LINK_RADII = (0.042, 0.034, 0.026)
"""Of upper arm, forearm and hand, in metres."""

MARGIN = 0.04
"""How far a way stays from the ball, in metres."""

_STEP = 0.06  # radians between the postures of a way, at most
_NEAREST_SOLUTIONS = 6
# shoulder, elbow and wrist of postures to turn in: straight up, folded behind, folded low behind
_TUCKED = ((0.0, 0.0, 0.0), (-0.6, 1.6, 1.0), (-1.2, 2.3, 0.6))


def joint_places(arm: PitchArm, angles_N4: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where shoulder, elbow, wrist and tip are in some postures, of shape (N, 4, 3), in metres."""
    leaning_N3 = np.cumsum(angles_N4[:, 1:], axis=1)
    lengths = np.array(arm.lengths)
    zero_N1 = np.zeros((len(angles_N4), 1))
    out_N4 = np.concatenate([zero_N1, np.cumsum(lengths * np.sin(leaning_N3), axis=1)], axis=1)
    up_N4 = np.concatenate([zero_N1, np.cumsum(lengths * np.cos(leaning_N3), axis=1)], axis=1)
    yaw_N1 = angles_N4[:, :1]
    return np.stack([out_N4 * np.cos(yaw_N1), out_N4 * np.sin(yaw_N1), arm.shoulder_height + up_N4], axis=-1)


def gap(offsets_XJ3: NDArray[np.float64], radius: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """How far the nearest link is from a ball, below 0 where it is inside: links are capsules between joints.

    Args:
        offsets_XJ3: from the ball's middle to shoulder, elbow, wrist and tip.
        radius: the ball's, of shape X or one for all.

    Returns:
        Metres, of shape X.
    """
    first_XL3, along_XL3 = offsets_XJ3[..., :-1, :], np.diff(offsets_XJ3, axis=-2)
    reach_XL = np.sum(along_XL3 * along_XL3, axis=-1)
    share_XL = np.clip(-np.sum(first_XL3 * along_XL3, axis=-1) / reach_XL, 0.0, 1.0)
    nearest_XL3 = first_XL3 + share_XL[..., None] * along_XL3
    distance_XL = np.sqrt(np.sum(nearest_XL3 * nearest_XL3, axis=-1)) - LINK_RADII
    return np.min(distance_XL, axis=-1) - radius


def straight(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Postures on the straight line in the space of angles, both ends included, of shape (N, 4)."""
    count = 2 + int(np.abs(other - one).max() / _STEP)
    return one + np.linspace(0.0, 1.0, count)[:, None] * (other - one)


def nearest_solutions(arm: PitchArm, start: NDArray[np.float64], goal: tuple[float, ...]) -> NDArray[np.float64]:
    """The few postures nearest to another one that bring the tip to a point, the nearest first."""
    solutions_N4 = arm.solutions(np.asarray(goal))
    order = np.abs(solutions_N4 - start).max(axis=1).argsort(kind="stable")
    return solutions_N4[order[:_NEAREST_SOLUTIONS]]


class PathFinder:
    """Finds ways of an arm to points, around a ball.

    Args:
        arm: the arm.
    """

    def __init__(self, arm: PitchArm) -> None:
        self.arm = arm
        self.find = lru_cache(maxsize=64)(self._find)  # the expert asks again at every step

    def _find(
        self, start: tuple[float, ...], goal: tuple[float, ...], ball: tuple[float, ...], radius: float
    ) -> NDArray[np.float64] | None:
        """The shortest of some ways: straight to a posture at the goal, or by a posture to turn in.

        Args:
            start: yaw, shoulder, elbow and wrist at the beginning, in radians.
            goal: where the tip shall come to, in metres.
            ball: the middle of the ball to stay out of.
            radius: of that ball.

        Returns:
            Postures, of shape (N, 4), all of which keep `MARGIN` between arm and ball; None where no way does.
        """
        first = np.asarray(start, np.float64)
        ways = []
        for last in nearest_solutions(self.arm, first, goal):
            ways.append([first, last])
            ways += [[first, np.array([first[0], *t]), np.array([last[0], *t]), last] for t in _TUCKED]
        for corners in sorted(ways, key=_length):
            postures_N4 = np.concatenate([straight(a, b) for a, b in pairwise(corners)])
            if self.is_clear(postures_N4, ball, radius):
                return postures_N4
        return None

    def is_clear(self, postures_N4: NDArray[np.float64], ball: tuple[float, ...], radius: float) -> bool:
        """Whether the arm keeps `MARGIN` from the ball in every posture, and its joints above the floor."""
        places_N43 = joint_places(self.arm, postures_N4)
        lowest = places_N43[..., 2].min()
        return bool(gap(places_N43 - np.asarray(ball), radius).min() >= MARGIN and lowest >= self.arm.clearance)


def _length(corners: list[NDArray[np.float64]]) -> float:
    return sum(float(np.abs(b - a).max()) for a, b in pairwise(corners))
