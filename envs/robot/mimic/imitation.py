"""What imitation is worth: five similarities between a body's posture and the clip's.

The formulas, scales and weights are those of the code released with DeepMimic (Peng and others, 2018;
xbpeng/DeepMimic, DeepMimicCore/scenes/SceneImitate.cpp). There, errors of pose and velocity are weighted means over the
joints, and their scales grow with the number of joints; here every joint weighs the same, so these are sums, with the
scales for one joint.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from .posture import Array, Posture, angle_between

TERMS = ("pose", "velocity", "end_effectors", "root", "centre_of_mass")
"""The names of the similarities."""


@dataclass(frozen=True, slots=True)
class MimicWeights:
    """What each term of the reward is worth.

    Attributes:
        pose, velocity, end_effectors, root, centre_of_mass: shares of the imitation; they are divided by their sum.
        imitation: the share of imitation where there is a goal; without one it is the whole reward.
        goal: the share of the goal, where there is one.
    """

    pose: float = 0.5
    velocity: float = 0.05
    end_effectors: float = 0.15
    root: float = 0.2
    centre_of_mass: float = 0.1
    imitation: float = 0.7
    goal: float = 0.3

    @property
    def shares(self) -> dict[str, float]:
        """The shares of the similarities, which add up to 1."""
        whole = sum(getattr(self, term) for term in TERMS)
        return {term: getattr(self, term) / whole for term in TERMS}


@dataclass(frozen=True, slots=True)
class MimicScales:
    """How fast each similarity exp(-scale · error) falls with its error.

    Attributes:
        pose: for the sum of the squared angles between joints, the pelvis being one, in 1/rad².
        velocity: for the sum of their squared velocity differences, in s²/rad².
        end_effectors: for the mean squared distance of hands and feet, in 1/m².
        root: for the sum of the pelvis's squared errors, the position's weighing 1.
        root_rotation, root_velocity, root_turning: the weights in that sum of the other three.
        centre_of_mass: for the squared velocity difference of the centre of mass, in s²/m².
    """

    pose: float = 2.0 / 15.0
    velocity: float = 0.1 / 15.0
    end_effectors: float = 10.0
    root: float = 5.0
    root_rotation: float = 0.1
    root_velocity: float = 0.01
    root_turning: float = 0.001
    centre_of_mass: float = 1.0


def check_weights(weights: MimicWeights, scales: MimicScales) -> None:
    """Refuse weights and scales that make no reward.

    Raises:
        ValueError: one is negative, or no term of the imitation weighs anything.
    """
    for name, values in (("weights", weights), ("scales", scales)):
        for field in fields(values):
            if getattr(values, field.name) < 0:
                raise ValueError(f"{name}.{field.name} must be 0 or more, got {getattr(values, field.name)!r}")
    if not any(getattr(weights, term) for term in TERMS):
        raise ValueError(f"weights must have one above 0 among {', '.join(TERMS)}")


def similarities(posture: Posture, wanted: Posture, scales: MimicScales) -> dict[str, Any]:
    """How alike two postures are, from 0 to 1, by the names of `TERMS`: exp(-scale · error) each.

    Args:
        posture: the body's.
        wanted: the clip's.
        scales: of the errors.

    Returns:
        Arrays of shape X.
    """
    rotation_X = np.square(angle_between(posture.rotation_X4, wanted.rotation_X4))
    turning_X = _squares(posture.turning_X3 - wanted.turning_X3)
    pose_X = _squares(posture.joints_XJ - wanted.joints_XJ) + rotation_X
    velocity_X = _squares(posture.speeds_XJ - wanted.speeds_XJ) + turning_X
    ends_X = np.mean(_squares(posture.ends_XE3 - wanted.ends_XE3), axis=-1)
    root_X = (
        _squares(posture.position_X3 - wanted.position_X3)
        + scales.root_rotation * rotation_X
        + scales.root_velocity * _squares(posture.velocity_X3 - wanted.velocity_X3)
        + scales.root_turning * turning_X
    )
    centre_X = _squares(posture.centre_of_mass_velocity_X3 - wanted.centre_of_mass_velocity_X3)
    return {
        "pose": np.exp(-scales.pose * pose_X),
        "velocity": np.exp(-scales.velocity * velocity_X),
        "end_effectors": np.exp(-scales.end_effectors * ends_X),
        "root": np.exp(-scales.root * root_X),
        "centre_of_mass": np.exp(-scales.centre_of_mass * centre_X),
    }


def _squares(x_XD: Array) -> Any:
    return np.sum(np.square(x_XD), axis=-1)
