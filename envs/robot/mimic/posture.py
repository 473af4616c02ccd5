"""How a body holds itself and moves, read from its sensors; of one body, of a batch of them, or of a clip's frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..readings import Readings
from .bodies import END_EFFECTORS

Array = NDArray[np.float64]

_UPRIGHT_LEAST = 1e-6  # the least horizontal part of the axis to the left that has a direction


@dataclass(frozen=True, slots=True)
class Posture:
    """Pose and velocities. Names carry shapes: `X` is `()` for one body, `J` its joints, `E` the end-effectors.

    Attributes:
        position_X3: of the pelvis, in metres.
        rotation_X4: of the pelvis, a unit quaternion (w, x, y, z).
        heading_X2: cosine and sine of the direction that the body faces, an angle about the vertical.
        velocity_X3: of the pelvis, in m/s.
        turning_X3: angular velocity of the pelvis, in rad/s.
        joints_XJ: angles, in radians.
        speeds_XJ: their velocities, in rad/s.
        ends_XE3: the end-effectors' places: along and across the heading from the pelvis, and height above the floor.
        centre_of_mass_velocity_X3: in m/s.
    """

    position_X3: Array
    rotation_X4: Array
    heading_X2: Array
    velocity_X3: Array
    turning_X3: Array
    joints_XJ: Array
    speeds_XJ: Array
    ends_XE3: Array
    centre_of_mass_velocity_X3: Array

    def at(self, frames_X: Any) -> Posture:
        """The postures of some frames, where X is the frames of a clip."""
        return Posture(*[getattr(self, name)[frames_X] for name in self.__slots__])

    def turned(self, angle_X: Any) -> Posture:
        """The same posture, turned about the vertical at the world's origin by an angle in radians."""
        way_X2 = direction(angle_X)
        return replace(
            self,
            position_X3=turned(self.position_X3, way_X2),
            rotation_X4=_turned_rotation(self.rotation_X4, angle_X),
            velocity_X3=turned(self.velocity_X3, way_X2),
            turning_X3=turned(self.turning_X3, way_X2),
            centre_of_mass_velocity_X3=turned(self.centre_of_mass_velocity_X3, way_X2),
        )

    def moved(self, way_X3: Array) -> Posture:
        """The same posture at another place, in metres away."""
        return replace(self, position_X3=self.position_X3 + way_X3)


def read_posture(readings: Readings, joints: int) -> Posture:
    """The posture that was read.

    Args:
        readings: of the sensors that `bodies` gives a model.
        joints: how many there are; they are the last numbers of positions and velocities.
    """
    pelvis_X3 = readings["pelvis"]
    heading_X2 = _heading(readings["pelvis_left"])
    # their sensors stand side by side
    first, last = readings.places[END_EFFECTORS[0]].start, readings.places[END_EFFECTORS[-1]].stop
    places_XE3 = readings.sensors_XS[..., first:last].reshape(*pelvis_X3.shape[:-1], len(END_EFFECTORS), 3)
    ends_XE3 = against(places_XE3 - pelvis_X3[..., None, :], heading_X2[..., None, :])
    ends_XE3[..., 2] = places_XE3[..., 2]
    return Posture(
        position_X3=pelvis_X3,
        rotation_X4=readings["pelvis_orientation"],
        heading_X2=heading_X2,
        velocity_X3=readings["pelvis_velocity"],
        turning_X3=readings["pelvis_turning"],
        joints_XJ=readings.qpos_XQ[..., -joints:],
        speeds_XJ=readings.qvel_XV[..., -joints:],
        ends_XE3=ends_XE3,
        centre_of_mass_velocity_X3=readings["centre_of_mass_velocity"],
    )


def direction(angle_X: Any) -> Array:
    """Cosine and sine of an angle."""
    return np.stack([np.cos(angle_X), np.sin(angle_X)], axis=-1)


def turned(vector_X3: Array, way_X2: Array) -> Array:
    """A vector turned about the vertical by the angle whose cosine and sine are given."""
    cosine_X, sine_X = way_X2[..., 0], way_X2[..., 1]
    x_X, y_X = vector_X3[..., 0], vector_X3[..., 1]
    result_X3 = vector_X3 + np.zeros((*way_X2.shape[:-1], 1))
    result_X3[..., 0] = cosine_X * x_X - sine_X * y_X
    result_X3[..., 1] = sine_X * x_X + cosine_X * y_X
    return result_X3


def against(vector_X3: Array, way_X2: Array) -> Array:
    """A vector turned back by that angle: as it is seen along the direction."""
    return turned(vector_X3, way_X2 * (1.0, -1.0))


def angle_between(a_X4: Array, b_X4: Array) -> Any:
    """The angle of the rotation from one orientation to another, in radians."""
    cosine_X = np.abs(np.sum(a_X4 * b_X4, axis=-1))
    return 2.0 * np.arccos(np.minimum(cosine_X, 1.0))


def _heading(left_X3: Array) -> Array:
    """The direction that a body faces, from the axis to its left, so that a somersault does not change it."""
    x_X, y_X = left_X3[..., 0], left_X3[..., 1]
    length_X = np.sqrt(x_X * x_X + y_X * y_X)
    lies_X = length_X < _UPRIGHT_LEAST  # on its side: no direction is right
    cosine_X = np.where(lies_X, 1.0, y_X / np.where(lies_X, 1.0, length_X))
    sine_X = np.where(lies_X, 0.0, -x_X / np.where(lies_X, 1.0, length_X))
    return np.stack([cosine_X, sine_X], axis=-1)


def _turned_rotation(rotation_X4: Array, angle_X: Any) -> Array:
    c_X, s_X = np.cos(angle_X / 2), np.sin(angle_X / 2)
    w, x, y, z = (rotation_X4[..., i] for i in range(4))
    return np.stack([c_X * w - s_X * z, c_X * x - s_X * y, c_X * y + s_X * x, c_X * z + s_X * w], axis=-1)
