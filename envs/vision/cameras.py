"""Where cameras are and where they look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import check_floats, check_integers
from .kernels.layout import Poses


@dataclass(frozen=True, eq=False)
class Cameras:
    """N cameras; x leads east, y north and z up, in metres, angles are in radians.

    At yaw, pitch and roll 0 a camera looks along x, with y to its left. Yaw turns it to the left, then pitch lifts its
    view, then roll lowers its right side. The arrays belong to the cameras: write into them to move.

    Attributes:
        position_N_3: where they are.
        angles_N_3: yaw, pitch and roll.
        fov_N: the field of view from top to bottom, over 0 and below π.
        scene_N: the scene that each is in.
    """

    position_N_3: NDArray[np.float32]
    angles_N_3: NDArray[np.float32]
    fov_N: NDArray[np.float32]
    scene_N: NDArray[np.int32]

    @classmethod
    def at(
        cls,
        position_N_3: ArrayLike,
        *,
        yaw: ArrayLike = 0.0,
        pitch: ArrayLike = 0.0,
        roll: ArrayLike = 0.0,
        fov: ArrayLike = 1.2,
        scene: ArrayLike = 0,
    ) -> Cameras:
        """Cameras at places; what is one number counts for all of them.

        Args:
            position_N_3: where.
            yaw, pitch, roll: radians.
            fov: radians.
            scene: the index of their scene.

        Raises:
            ValueError: a shape does not fit, a number is not finite, a field of view is not between 0 and π.
        """
        position = check_floats("position_N_3", position_N_3, ("N", 3))
        count = len(position)
        angles = np.empty((count, 3), np.float32)
        for column, (name, value) in enumerate((("yaw", yaw), ("pitch", pitch), ("roll", roll))):
            angles[:, column] = check_floats(name, np.broadcast_to(value, _for_all(name, value, count)), (count,))
        fov_N = check_floats("fov", np.broadcast_to(fov, _for_all("fov", fov, count)), (count,))
        if count and not (fov_N.min() > 0 and fov_N.max() < np.pi):
            raise ValueError(f"fov must be over 0 and below π, got {fov!r}")
        scene_N = check_integers("scene", np.broadcast_to(scene, _for_all("scene", scene, count)), (count,), low=0)
        return cls(position, angles, fov_N, scene_N)

    def __len__(self) -> int:
        """How many cameras there are."""
        return len(self.position_N_3)

    @property
    def poses(self) -> Poses:
        """As the kernels read them."""
        return Poses(self.position_N_3, self.angles_N_3, self.fov_N, self.scene_N)


def _for_all(name: str, value: ArrayLike, count: int) -> tuple[int]:
    shape = np.shape(value)
    if shape not in ((), (count,)):
        raise ValueError(f"{name} must be one number or {count} of them, got the shape {shape}")
    return (count,)
