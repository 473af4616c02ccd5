"""How the expert keeps its balance: the clip's angles, ahead by the servos' lag, and a linear feedback on the trunk.

The feedback corrects hips, knees and ankles by multiples of four errors: of the trunk's pitch and its rate, and of the
pelvis's velocity and place along x. A leg that the clip has on the floor has other multiples than one in the air, as in
SIMBICON (Yin, Loken and van de Panne, 2007). The gains were found by an evolution strategy on simulated episodes of
level 1 (walk) or 0; where a clip has none, the feedback is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bodies import SERVO_LAG, Body
from .reference import Reference

_UNITS = np.array([1.0, 0.1, 0.3, 0.5])  # of the errors: rad, s, s/m and 1/m for a gain of 1
_STANDS_WITHIN = 0.03  # metres that a foot may be higher than the lower one

GAINS: dict[tuple[str, str], tuple[tuple[float, ...], ...]] = {
    ("planar", "walk"): (
        (-1.39, 0.08, -0.36, 0.04),
        (-0.80, -0.32, -0.02, 0.14),
        (-0.54, 1.01, -0.65, 0.38),
        (0.38, -0.23, 0.13, 0.47),
        (0.49, 0.14, -0.25, -0.21),
    ),
    ("planar", "run"): (
        (-1.53, 0.00, 0.12, 0.03),
        (-2.10, -0.01, -0.49, 0.29),
        (-0.77, 1.23, -0.27, 0.31),
        (0.79, -0.44, 0.53, 2.34),
        (0.05, -0.18, 0.32, -0.54),
    ),
    ("planar", "jump"): (
        (1.24, 0.01, -1.36, 0.54),
        (-0.83, -0.43, -0.83, 0.57),
        (2.25, 0.34, 0.15, 0.97),
        (1.20, -0.70, -0.25, 1.14),
        (-1.66, -1.05, 2.13, -2.37),
    ),
    ("planar", "kick"): (
        (-0.22, -0.73, 1.34, -0.08),
        (-0.42, -0.17, -0.79, 0.05),
        (-0.25, 0.40, 0.66, -0.65),
        (-0.70, -0.41, -0.22, 1.07),
        (-0.39, -1.73, -0.78, -0.63),
    ),
}
"""By body and clip, what the errors move: hip in stance and in swing, knee in stance and in swing, ankle in stance."""


def wanted_angles(
    body: Body, reference: Reference, frame: int, qpos: NDArray[np.float64], qvel: NDArray[np.float64], origin: Any
) -> NDArray[np.float64]:
    """The angles that the expert tells the servos.

    Args:
        body: whose clip it is.
        reference: the clip.
        frame: that the body should be at now.
        qpos: where it is.
        qvel: how it moves.
        origin: where the clip's own origin lies on the floor.
    """
    following = 1 if frame >= reference.last else frame + 1
    angles_J = reference.postures.joints_XJ[following] + SERVO_LAG * reference.postures.speeds_XJ[following]
    gains = GAINS.get((body.name, reference.clip.name))
    if gains is None:
        return angles_J
    wanted_qpos, wanted_qvel = reference.qpos_FQ[frame], reference.qvel_FV[frame]
    place, pitch = qpos[0] - wanted_qpos[0] - origin[0], qpos[2] - wanted_qpos[2]
    errors = np.array([pitch, qvel[2] - wanted_qvel[2], qvel[0] - wanted_qvel[0], place])
    hip_stance, hip_swing, knee_stance, knee_swing, ankle_stance = np.asarray(gains) @ (errors * _UNITS)
    feet_E3 = reference.postures.ends_XE3[following, 2:]
    for side, height in zip(("left", "right"), feet_E3[:, 2], strict=True):
        stands = height <= feet_E3[:, 2].min() + _STANDS_WITHIN
        angles_J[body.joints.index(f"{side}_hip")] += hip_stance if stands else hip_swing
        angles_J[body.joints.index(f"{side}_knee")] += knee_stance if stands else knee_swing
        if stands:
            angles_J[body.joints.index(f"{side}_ankle")] += ankle_stance
    return angles_J
