"""Rays through the grid of walls."""

from __future__ import annotations

import math

import numpy as np

from .compiling import kernel
from .layout import NOTHING, WALL_TOP

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_INFINITE = np.float32(np.inf)


@kernel
def first_wall(
    solid_C: np.ndarray,
    cells_x: int,
    cells_y: int,
    x: np.float32,
    y: np.float32,
    z: np.float32,
    ray_x: np.float32,
    ray_y: np.float32,
    ray_z: np.float32,
    top: np.float32,
) -> int:
    """What a ray meets first, cell by cell along it (Amanatides and Woo 1987). All lengths are in cells.

    The cell that the camera is in counts as open. A ray that has gone below the floor is over.

    Args:
        solid_C: the grid, row by row.
        cells_x, cells_y: its size.
        x, y, z: where the ray starts.
        ray_x, ray_y, ray_z: where it leads.
        top: of the walls; infinite together with z = ray_z = 0 for a search in the plane.

    Returns:
        For a side twice the grid line it is on, plus its axis; else `WALL_TOP` or `NOTHING`.
    """
    per_x = _INFINITE if ray_x == _ZERO else abs(_ONE / ray_x)
    per_y = _INFINITE if ray_y == _ZERO else abs(_ONE / ray_y)
    right, up = ray_x > _ZERO, ray_y > _ZERO
    t = _ZERO
    if not (_ZERO <= x < np.float32(cells_x) and _ZERO <= y < np.float32(cells_y)):
        # from outside: on to the edge where the ray enters
        enter_x = (-x if right else x - np.float32(cells_x)) * per_x
        enter_y = (-y if up else y - np.float32(cells_y)) * per_y
        enter_x = enter_x if enter_x > _ZERO else _ZERO
        enter_y = enter_y if enter_y > _ZERO else _ZERO
        axis = 0 if enter_x > enter_y else 1
        t = enter_x if axis == 0 else enter_y
        across = y + t * ray_y if axis == 0 else x + t * ray_x
        if not _ZERO <= across < np.float32(cells_y if axis == 0 else cells_x):
            return NOTHING
        if axis == 0:
            ix, iy = (0 if right else cells_x - 1), math.floor(across)
        else:
            ix, iy = math.floor(across), (0 if up else cells_y - 1)
        if solid_C[iy * cells_x + ix] and z + t * ray_z <= top:
            line = (0 if right else cells_x) if axis == 0 else (0 if up else cells_y)
            return 2 * line + axis
    else:
        ix, iy = math.floor(x), math.floor(y)
    next_x = (np.float32(ix + 1) - x if right else x - np.float32(ix)) * per_x if ray_x != _ZERO else _INFINITE
    next_y = (np.float32(iy + 1) - y if up else y - np.float32(iy)) * per_y if ray_y != _ZERO else _INFINITE
    step_x = 1 if right else -1
    step_y = 1 if up else -1
    while True:
        leaves = next_x if next_x < next_y else next_y
        if z + t * ray_z > top and solid_C[iy * cells_x + ix] and z + leaves * ray_z <= top:
            return WALL_TOP
        t = leaves
        if next_x < next_y:
            axis = 0
            ix += step_x
            next_x += per_x
            if ix < 0 or ix >= cells_x:
                return NOTHING
        else:
            axis = 1
            iy += step_y
            next_y += per_y
            if iy < 0 or iy >= cells_y:
                return NOTHING
        if z + t * ray_z < _ZERO:
            return NOTHING
        if solid_C[iy * cells_x + ix] and z + t * ray_z <= top:
            line = (ix if right else ix + 1) if axis == 0 else (iy if up else iy + 1)
            return 2 * line + axis
