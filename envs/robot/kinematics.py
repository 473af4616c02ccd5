"""Closed-form inverse kinematics of an arm with a turning base and three pitching joints."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

_HAND_DIRECTIONS = np.linspace(-np.pi, np.pi, 73)


@dataclass(frozen=True, slots=True)
class PitchArm:
    """An arm that turns about the vertical and bends in the plane that it turns.

    Attributes:
        shoulder_height: of the first pitching joint above the floor, in metres.
        lengths: of upper arm, forearm and hand, in metres.
        limits: least and most of yaw, shoulder, elbow and wrist in radians, of shape (4, 2).
        clearance: how high elbow and wrist stay above the floor, in metres.
    """

    shoulder_height: float
    lengths: tuple[float, float, float]
    limits: NDArray[np.float64]
    clearance: float = 0.05

    @classmethod
    def of_model(cls, model: mujoco.MjModel) -> PitchArm:
        """The arm of a model with the bodies turret, upper_arm, forearm and hand and the site tip."""
        heights = [float(model.body(name).pos[2]) for name in ("turret", "upper_arm", "forearm", "hand")]
        lengths = (heights[2], heights[3], float(model.site("tip").pos[2]))
        return cls(heights[0] + heights[1], lengths, model.jnt_range.copy())

    def solutions(self, goal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Joint angles that bring the tip to a point: a range of directions of the hand, both bends of the elbow.

        With the hand's direction fixed, the wrist's place is known, and upper arm and forearm are two sides of a
        triangle (law of cosines; Craig, Introduction to Robotics, chapter 4).

        Args:
            goal: x, y and z of the point, in metres.

        Returns:
            Yaw, shoulder, elbow and wrist in radians within the limits, of shape (solutions, 4); none where the point
            is out of reach.
        """
        upper, fore, hand = self.lengths
        # in the arm's plane: `out` from the axis, `up` from the shoulder; angles are measured from straight up
        direction_N = np.concatenate([_HAND_DIRECTIONS, _HAND_DIRECTIONS])
        bend_N = np.repeat([1.0, -1.0], len(_HAND_DIRECTIONS))
        out_N = np.hypot(goal[0], goal[1]) - hand * np.sin(direction_N)
        up_N = goal[2] - self.shoulder_height - hand * np.cos(direction_N)
        cosine_N = (out_N**2 + up_N**2 - upper**2 - fore**2) / (2 * upper * fore)
        elbow_N = bend_N * np.arccos(np.clip(cosine_N, -1.0, 1.0))
        shoulder_N = np.arctan2(out_N, up_N) - np.arctan2(fore * np.sin(elbow_N), upper + fore * np.cos(elbow_N))
        wrist_N = direction_N - shoulder_N - elbow_N
        yaw_N = np.full_like(wrist_N, np.arctan2(goal[1], goal[0]))
        angles_N4 = np.stack([yaw_N, _wrapped(shoulder_N), elbow_N, _wrapped(wrist_N)], axis=1)
        lowest_N = self.shoulder_height + np.minimum(upper * np.cos(shoulder_N), up_N)
        possible_N = (np.abs(cosine_N) <= 1.0) & (lowest_N >= self.clearance)
        possible_N &= ((angles_N4 >= self.limits[:, 0]) & (angles_N4 <= self.limits[:, 1])).all(axis=1)
        return angles_N4[possible_N]


def _wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same angle between -π and π."""
    return (angle + np.pi) % (2 * np.pi) - np.pi
