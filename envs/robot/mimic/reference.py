"""A clip as a body plays it: one posture for each step of the environment."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from ..readings import Readings, sensor_places
from .clip import Clip
from .posture import Posture, read_posture

_WHOLE_STEPS_WITHIN = 1e-6


@dataclass(frozen=True, slots=True)
class Reference:
    """A clip, frame by frame.

    Attributes:
        clip: the clip.
        postures: of frames 0 … `last`.
        qpos_FQ: positions of the model's joints.
        qvel_FV: their velocities.
    """

    clip: Clip
    postures: Posture
    qpos_FQ: NDArray[np.float64]
    qvel_FV: NDArray[np.float64]

    @property
    def last(self) -> int:
        """The number of the last frame; in a cycle it is frame 0 of the next."""
        return len(self.qpos_FQ) - 1

    @property
    def speed(self) -> float:
        """How fast the clip goes over the floor, in metres a second."""
        way = self.postures.position_X3[-1, :2] - self.postures.position_X3[0, :2]
        return float(np.hypot(*way)) / self.clip.duration


def make_reference(clip: Clip, model: mujoco.MjModel, step: float) -> Reference:
    """The frames of a clip.

    Args:
        clip: the clip.
        model: of the clip's body.
        step: seconds from a frame to the next.

    Raises:
        ValueError: the clip does not last a whole number of steps.
    """
    frames = round(clip.duration / step)
    if abs(frames * step - clip.duration) > _WHOLE_STEPS_WITHIN:
        raise ValueError(f"clip {clip.name} must last a whole number of steps of {step} s, it lasts {clip.duration} s")
    columns_FC, rates_FC = clip.motion(np.linspace(0.0, clip.duration, frames + 1))
    if clip.body.planar:
        qpos_FQ, qvel_FV = columns_FC, rates_FC
    else:
        qpos_FQ, qvel_FV = _free_root(columns_FC, rates_FC)
    data = mujoco.MjData(model)
    sensors_FS = np.empty((frames + 1, model.nsensordata))
    for frame in range(frames + 1):
        data.qpos[:], data.qvel[:] = qpos_FQ[frame], qvel_FV[frame]
        mujoco.mj_forward(model, data)
        sensors_FS[frame] = data.sensordata
    readings = Readings(sensor_places(model), sensors_FS, qpos_FQ, qvel_FV, np.arange(frames + 1) * step)
    return Reference(clip, read_posture(readings, model.nu), qpos_FQ, qvel_FV)


def _free_root(
    columns_FC: NDArray[np.float64], rates_FC: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions and velocities of a free joint and hinges from columns that begin with x, y, z, roll, pitch and yaw.

    A free joint's angular velocity is in the body's own axes (Diebel, Representing attitude, 2006, equation 86).
    """
    roll_F, pitch_F = columns_FC[:, 3:5].T
    roll_rate_F, pitch_rate_F, yaw_rate_F = rates_FC[:, 3:6].T
    quaternions_F4 = np.empty((len(columns_FC), 4))
    for quaternion, angles in zip(quaternions_F4, columns_FC[:, 5:2:-1], strict=True):
        mujoco.mju_euler2Quat(quaternion, np.ascontiguousarray(angles), "zyx")
    turning_F3 = np.stack(
        [
            roll_rate_F - yaw_rate_F * np.sin(pitch_F),
            pitch_rate_F * np.cos(roll_F) + yaw_rate_F * np.cos(pitch_F) * np.sin(roll_F),
            yaw_rate_F * np.cos(pitch_F) * np.cos(roll_F) - pitch_rate_F * np.sin(roll_F),
        ],
        axis=1,
    )
    qpos_FQ = np.concatenate([columns_FC[:, :3], quaternions_F4, columns_FC[:, 6:]], axis=1)
    qvel_FV = np.concatenate([rates_FC[:, :3], turning_F3, rates_FC[:, 6:]], axis=1)
    return qpos_FQ, qvel_FV
