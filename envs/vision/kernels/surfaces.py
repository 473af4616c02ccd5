"""What floor, ceiling, sky and walls are at the point where a ray meets them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .compiling import kernel
from .layout import (
    AXIS,
    CLEAR,
    DEPTH,
    DOWN,
    EAST,
    FACE,
    FACING,
    NO_AXIS,
    NORTH,
    PLACE,
    PLANE,
    RAY_X,
    RAY_Y,
    RAY_Z,
    SKY_FACE,
    SKY_HEIGHT,
    SOUTH,
    SPREAD,
    SURFACE,
    TILE,
    TOP_AXIS,
    UP,
    WEST,
    U,
    V,
)
from .rays import Frame

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_INFINITE = np.float32(np.inf)
_SKY_HEIGHT = np.float32(SKY_HEIGHT)
HAZE = np.float32(0.03)  # the sine of the elevation, squared, at which half of the sky shows through
_EIGHTH = np.float32(0.125)
NUDGE = np.float32(1e-3)  # of a cell: far enough from a grid line to be on the side that is meant


@kernel
def clearness(distance: np.float32, density: np.float32) -> np.float32:
    """The share of light that fog leaves: (1 - d/8)^8 for exp(-d), which ends at d = 8 and takes three products."""
    share = _ONE - distance * density * _EIGHTH
    share = share if share > _ZERO else _ZERO
    share *= share
    share *= share
    return share * share


@kernel
def meet_planes(
    floats: np.ndarray, integers: np.ndarray, count: int, z: np.float32, floor: np.float32, ceiling
) -> None:
    """Fill the planes DEPTH, FACING and FACE by floor, ceiling and sky.

    Args:
        floats, integers: the tile.
        count: its pixels.
        z: the camera's height.
        floor: its height; minus infinity where there is none.
        ceiling: its height; infinity where there is none.
    """
    below, above = floor - z, ceiling - z
    for p in range(min(count, TILE)):
        ray_z = floats[RAY_Z + p]
        depth = (below if ray_z < _ZERO else above) / ray_z
        depth = depth if depth > _ZERO else _INFINITE
        face = np.int32(UP) if ray_z < _ZERO else np.int32(DOWN)
        floats[DEPTH + p] = depth
        floats[FACING + p] = abs(ray_z)
        integers[FACE + p] = face if depth < _INFINITE else np.int32(SKY_FACE)


@kernel
def clamp(place: np.float32, last: np.float32) -> np.int32:
    """The whole number below, from 0 to the last; of what is no number, 0."""
    place = place if place > _ZERO else _ZERO
    return np.int32(place if place < last else last)


def _resolver(walls: bool) -> Callable[..., None]:
    @kernel
    def resolve(floats: np.ndarray, integers: np.ndarray, count: int, frame: Frame, scene: Any) -> None:
        top, density = scene.wall_height, scene.fog_density
        cells_x = np.int32(scene.cells_x)
        per_cell_x, per_cell_y = np.float32(scene.cells_x) / scene.size_x, np.float32(scene.cells_y) / scene.size_y
        per_ground_x, per_ground_y = (
            np.float32(scene.ground_x) / scene.size_x,
            np.float32(scene.ground_y) / scene.size_y,
        )
        per_light_x, per_light_y = np.float32(scene.light_x) / scene.size_x, np.float32(scene.light_y) / scene.size_y
        last_cell_x, last_cell_y = np.float32(scene.cells_x - 1), np.float32(scene.cells_y - 1)
        last_ground_x, last_ground_y = np.float32(scene.ground_x - 1), np.float32(scene.ground_y - 1)
        last_light_x, last_light_y = np.float32(scene.light_x - 1), np.float32(scene.light_y - 1)
        ground_x, light_x = np.int32(scene.ground_x), np.int32(scene.light_x)
        first_ground = np.int32(scene.first_ground)
        ceiling_surface, sky_surface = np.int32(scene.ceiling_surface), np.int32(scene.sky_surface)
        nudge = NUDGE * scene.cell
        for p in range(min(count, TILE)):
            ray_x, ray_y, ray_z = floats[RAY_X + p], floats[RAY_Y + p], floats[RAY_Z + p]
            axis = integers[AXIS + p] if walls else np.int32(NO_AXIS)
            depth, facing, face = floats[DEPTH + p], floats[FACING + p], integers[FACE + p]
            origin = frame.x if axis == np.int32(0) else frame.y
            origin = frame.z if axis == np.int32(TOP_AXIS) else origin
            along = ray_x if axis == np.int32(0) else ray_y
            along = ray_z if axis == np.int32(TOP_AXIS) else along
            wall_depth = (floats[PLANE + p] - origin) / along
            wall_depth = _INFINITE if axis == np.int32(NO_AXIS) else wall_depth
            # what passes over a wall misses it
            rises = (frame.z + wall_depth * ray_z if axis < np.int32(TOP_AXIS) else _ZERO) > top
            wall_depth = _INFINITE if rises else wall_depth
            wall_depth = (
                wall_depth if wall_depth > _ZERO else _INFINITE
            )  # far away a wall's distance is lost in rounding
            side = np.int32(EAST) if ray_x < _ZERO else np.int32(WEST)
            side = side if axis == np.int32(0) else (np.int32(NORTH) if ray_y < _ZERO else np.int32(SOUTH))
            side = np.int32(UP) if axis == np.int32(TOP_AXIS) else side
            wall = wall_depth < depth if walls else False
            depth = wall_depth if wall else depth
            facing = abs(along) if wall else facing
            face = side if wall else face
            sky = face == np.int32(SKY_FACE)
            rising = ray_z > _ZERO
            reach = (_SKY_HEIGHT / ray_z if rising else _ZERO) if sky else depth
            x = (_ZERO if sky else frame.x) + reach * ray_x
            y = (_ZERO if sky else frame.y) + reach * ray_y
            z = frame.z + reach * ray_z
            upright = face < np.int32(UP) if walls else False
            eastern = face == np.int32(EAST)
            western = face == np.int32(WEST)
            # so that what is painted on a wall is not seen in a mirror
            u = (y if eastern else -y) if face < np.int32(NORTH) else (-x if face == np.int32(NORTH) else x)
            floats[U + p] = u if upright else x
            floats[V + p] = -z if upright else y
            square = ray_x * ray_x + ray_y * ray_y + ray_z * ray_z
            length = math.sqrt(square)
            floats[DEPTH + p] = depth
            floats[SPREAD + p] = reach * frame.pixel * length / facing
            steep = ray_z * ray_z if rising else _ZERO
            shows = steep / (steep + HAZE * square)
            floats[CLEAR + p] = shows if sky else clearness(depth * length, density)
            into_x = into_y = _ZERO
            if walls:
                into_x = nudge if western else (-nudge if eastern else _ZERO)
                into_y = nudge if face == np.int32(SOUTH) else (-nudge if face == np.int32(NORTH) else _ZERO)
            cell_x = clamp((x + into_x) * per_cell_x, last_cell_x)
            cell_y = clamp((y + into_y) * per_cell_y, last_cell_y)
            patch_x = clamp(x * per_ground_x, last_ground_x)
            patch_y = clamp(y * per_ground_y, last_ground_y)
            surface = (
                np.int32(cell_y * cells_x + cell_x) if wall else np.int32(first_ground + patch_y * ground_x + patch_x)
            )
            surface = ceiling_surface if face == np.int32(DOWN) else surface
            integers[SURFACE + p] = sky_surface if sky else surface
            integers[FACE + p] = face
            place_x = clamp((x - into_x) * per_light_x, last_light_x)
            place_y = clamp((y - into_y) * per_light_y, last_light_y)
            integers[PLACE + p] = np.int32(0) if sky else np.int32(np.int32(1) + place_y * light_x + place_x)

    return resolve


resolve_walls = _resolver(walls=True)
"""Put walls before what is behind them, and fill U, V, SPREAD, CLEAR, SURFACE and PLACE.

Args:
    floats, integers: the tile.
    count: its pixels.
    frame: the camera.
    scene: its settings.
"""

resolve_open = _resolver(walls=False)
"""The same in a scene without walls."""
