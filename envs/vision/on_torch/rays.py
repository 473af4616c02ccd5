"""Where cameras' pixels look."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..kernels.layout import Poses
from ..store import axes_of


class Views(NamedTuple):
    """N cameras. The ray of a pixel is `first + column * right + row * down`, as in `kernels.rays.Frame`.

    Attributes:
        position_N_3: where they are.
        first_N_3: the ray of pixel (0, 0); one unit of a ray leads one metre along the optical axis.
        right_N_3: what the next column adds.
        down_N_3: what the next row adds.
        pixel_N_1: the width of a pixel at a depth of 1.
        scene_N: in which scene they are.
    """

    position_N_3: Tensor
    first_N_3: Tensor
    right_N_3: Tensor
    down_N_3: Tensor
    pixel_N_1: Tensor
    scene_N: Tensor


class Rays(NamedTuple):
    """The rays of all pixels, camera by camera, by their components."""

    x: Tensor
    y: Tensor
    z: Tensor


def views_of(poses: Poses, height: int, width: int, device: torch.device) -> Views:
    """Cameras on the device. Angles are turned into directions before they go there, so all devices get the same."""
    axes_N_3_3 = axes_of(poses.angles_N_3).astype(np.float64)
    pixel_N_1 = 2.0 * np.tan(poses.fov_N.astype(np.float64) / 2)[:, None] / height
    forward_N_3, right_N_3, down_N_3 = axes_N_3_3[:, 0], -pixel_N_1 * axes_N_3_3[:, 1], -pixel_N_1 * axes_N_3_3[:, 2]
    first_N_3 = forward_N_3 - (width - 1) / 2 * right_N_3 - (height - 1) / 2 * down_N_3
    columns = np.concatenate([poses.position_N_3, first_N_3, right_N_3, down_N_3, pixel_N_1], axis=1).astype(np.float32)
    position, first, right, down, pixel = torch.from_numpy(columns).to(device).split([3, 3, 3, 3, 1], dim=1)
    scene = torch.from_numpy(poses.scene_N.astype(np.int64)).to(device)
    return Views(position, first, right, down, pixel, scene)


def cast_rays(views: Views, height: int, width: int) -> Rays:
    """The rays of all pixels, row by row."""
    column = torch.arange(width, device=views.scene_N.device, dtype=torch.float32)
    row = torch.arange(height, device=views.scene_N.device, dtype=torch.float32)
    parts = []
    for k in range(3):
        first, right, down = (each[:, k, None, None] for each in (views.first_N_3, views.right_N_3, views.down_N_3))
        parts.append((first + column * right + row[:, None] * down).flatten(1))
    return Rays(*parts)
