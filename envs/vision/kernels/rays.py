"""Where a camera's pixels look."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .compiling import kernel
from .layout import COLUMN, RAY_X, RAY_Y, RAY_Z, ROW, TILE, Poses

_HALF, _TWO = np.float32(0.5), np.float32(2.0)


class Frame(NamedTuple):
    """A camera in its scene.

    The ray of a pixel is `first + column * right + row * down`; one unit of it leads one metre along the optical axis.

    Attributes:
        x, y, z: where the camera is.
        first_x, first_y, first_z: the ray of pixel (0, 0).
        right_x, right_y, right_z: what the next column adds.
        down_x, down_y, down_z: what the next row adds.
        pixel: the width of a pixel at a depth of 1.
    """

    x: np.float32
    y: np.float32
    z: np.float32
    first_x: np.float32
    first_y: np.float32
    first_z: np.float32
    right_x: np.float32
    right_y: np.float32
    right_z: np.float32
    down_x: np.float32
    down_y: np.float32
    down_z: np.float32
    pixel: np.float32


@kernel
def frame_of(poses: Poses, n: int, height: int, width: int) -> Frame:
    """Camera n: yaw turns left, pitch lifts the view, roll lowers its right side, in this order."""
    yaw, pitch, roll = poses.angles_N_3[n, 0], poses.angles_N_3[n, 1], poses.angles_N_3[n, 2]
    cy, sy, cp, sp = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    cr, sr = math.cos(roll), math.sin(roll)
    pixel = _TWO * math.tan(poses.fov_N[n] * _HALF) / np.float32(height)
    forward_x, forward_y, forward_z = cp * cy, cp * sy, sp
    level_x, level_y = sy, -cy  # to the right, before the roll
    up_x, up_y, up_z = -sp * cy, -sp * sy, cp
    right_x = pixel * (cr * level_x - sr * up_x)
    right_y = pixel * (cr * level_y - sr * up_y)
    right_z = pixel * (-sr * up_z)
    down_x = -pixel * (cr * up_x + sr * level_x)
    down_y = -pixel * (cr * up_y + sr * level_y)
    down_z = -pixel * (cr * up_z)
    across = np.float32(width - 1) * _HALF
    along = np.float32(height - 1) * _HALF
    return Frame(
        poses.position_N_3[n, 0],
        poses.position_N_3[n, 1],
        poses.position_N_3[n, 2],
        forward_x - across * right_x - along * down_x,
        forward_y - across * right_y - along * down_y,
        forward_z - across * right_z - along * down_z,
        right_x,
        right_y,
        right_z,
        down_x,
        down_y,
        down_z,
        pixel,
    )


@kernel
def number_pixels(floats: np.ndarray, rows: int, columns: int) -> None:
    """Fill the planes COLUMN and ROW for tiles of this shape."""
    p = 0
    for row in range(rows):
        for column in range(columns):
            floats[COLUMN + p] = np.float32(column)
            floats[ROW + p] = np.float32(row)
            p += 1


@kernel
def cast_rays(floats: np.ndarray, count: int, frame: Frame, row: int, column: int) -> None:
    """Fill the planes RAY_X, RAY_Y and RAY_Z of a tile whose first pixel is at (row, column)."""
    across, along = np.float32(column), np.float32(row)
    first_x = frame.first_x + across * frame.right_x + along * frame.down_x
    first_y = frame.first_y + across * frame.right_y + along * frame.down_y
    first_z = frame.first_z + across * frame.right_z + along * frame.down_z
    for p in range(min(count, TILE)):
        a, b = floats[COLUMN + p], floats[ROW + p]
        floats[RAY_X + p] = first_x + a * frame.right_x + b * frame.down_x
        floats[RAY_Y + p] = first_y + a * frame.right_y + b * frame.down_y
        floats[RAY_Z + p] = first_z + a * frame.right_z + b * frame.down_z
