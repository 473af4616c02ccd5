"""Depth pictures all around a body, as its expert sees them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..vision import Cameras, Textures
from ..vision.first_person.view import View
from ..vision.scene import Scene
from .kernels.depth_points import SIDES

_PIXELS = 32  # along each side of a picture
_QUARTER = np.pi / 2


class DepthSensor:
    """Six depth pictures from one place, of a quarter turn each: four level ones, one upwards and one downwards.

    Its mount keeps level and does not turn with the body, so pictures depend on the place alone.

    Args:
        textures: which scenes name by number.
    """

    def __init__(self, textures: Textures) -> None:
        self._view = View(textures, 1, _PIXELS, threads=1)
        self._cameras = Cameras.at(
            np.zeros((SIDES, 3)),
            yaw=[0.0, _QUARTER, 2 * _QUARTER, -_QUARTER, 0.0, 0.0],
            pitch=[0.0, 0.0, 0.0, 0.0, _QUARTER, -_QUARTER],
            fov=_QUARTER,
        )
        self._depth_6_H_W = np.empty((SIDES, _PIXELS, _PIXELS), np.float32)

    def measure(self, scene: Scene, position_3: NDArray[np.float64]) -> NDArray[np.float32]:
        """What is seen from a place of a scene: metres along the optical axes, (6, 32, 32), until the next call."""
        self._view.put(0, scene)
        self._cameras.position_N_3[:] = position_3
        self._view.render_depth(self._cameras, self._depth_6_H_W)
        return self._depth_6_H_W
