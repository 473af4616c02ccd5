"""Which wall each pixel sees."""

from __future__ import annotations

import numpy as np

from .compiling import kernel
from .fan import Fan, direction
from .grid import first_wall
from .layout import AXIS, BIN, NO_AXIS, NOTHING, PLANE, RAY_X, RAY_Y, RAY_Z, SIDE_AXES, TILE, TOP_AXIS, WALL_TOP
from .rays import Frame

_ZERO = np.float32(0.0)
_INFINITE = np.float32(np.inf)


@kernel
def cast_fan(
    fan_face: np.ndarray, fan: Fan, solid_C: np.ndarray, cells_x: int, cells_y: int, x: np.float32, y: np.float32
) -> None:
    """Follow a ray along every edge between bins. Lengths are in cells."""
    for edge in range(fan.count + 1):
        ray_x, ray_y = direction(fan, float(edge))
        fan_face[edge] = first_wall(solid_C, cells_x, cells_y, x, y, _ZERO, ray_x, ray_y, _ZERO, _INFINITE)


@kernel
def find_walls(
    floats: np.ndarray,
    integers: np.ndarray,
    count: int,
    fan_face: np.ndarray,
    frame: Frame,
    solid_C: np.ndarray,
    cells_x: int,
    cells_y: int,
    cell: np.float32,
    bottom: np.float32,
    top: np.float32,
) -> None:
    """Fill the planes AXIS and PLANE.

    From below the walls' top nothing is seen behind the first wall, so the fan says which it is. From above every
    ray has to be followed.
    """
    x, y, z, height = frame.x / cell, frame.y / cell, (frame.z - bottom) / cell, (top - bottom) / cell
    above = z >= height
    for p in range(min(count, TILE)):
        face, place = NOTHING, integers[BIN + p]
        if not above:
            face = fan_face[place]
        if above or face != fan_face[place + 1]:
            face = first_wall(
                solid_C, cells_x, cells_y, x, y, z, floats[RAY_X + p], floats[RAY_Y + p], floats[RAY_Z + p], height
            )
        if face >= 0:
            integers[AXIS + p] = face % SIDE_AXES
            floats[PLANE + p] = np.float32(face // SIDE_AXES) * cell
        elif face == WALL_TOP:
            integers[AXIS + p] = TOP_AXIS
            floats[PLANE + p] = top
        else:
            integers[AXIS + p] = NO_AXIS
