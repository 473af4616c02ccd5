"""Level cameras among walls: a column of the picture sees one wall, and a row sees the floor at one depth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .compiling import kernel
from .grid import first_wall
from .layout import (
    CLEAR,
    DEPTH,
    DOWN,
    EAST,
    FACE,
    NORTH,
    PLACE,
    SKY_FACE,
    SKY_HEIGHT,
    SOUTH,
    SPREAD,
    SURFACE,
    TILE,
    UP,
    WALL_DEPTH,
    WALL_FACE,
    WALL_FACING,
    WALL_PLACE,
    WALL_SURFACE,
    WALL_U,
    WEST,
    Poses,
    U,
    V,
)
from .rays import Frame
from .surfaces import HAZE, NUDGE, clamp, clearness

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_INFINITE = np.float32(np.inf)


@kernel
def is_level(poses: Poses, n: int, scene: Any) -> bool:
    """Whether camera n is level, below the top of the walls and over a flat floor."""
    return (
        poses.angles_N_3[n, 1] == _ZERO
        and poses.angles_N_3[n, 2] == _ZERO
        and scene.terrain_x == 0
        and (scene.cells_x == 0 or poses.position_N_3[n, 2] < scene.wall_height)
    )


@kernel
def cast_columns(
    floats: np.ndarray,
    integers: np.ndarray,
    column: int,
    columns: int,
    frame: Frame,
    solid_C: np.ndarray,
    scene: Any,
) -> None:
    """Find the wall that each of a tile's columns sees: WALL_DEPTH, WALL_FACING, WALL_U, WALL_FACE and so on."""
    cell, cells_x, cells_y = scene.cell, scene.cells_x, scene.cells_y
    per_light_x, per_light_y = np.float32(scene.light_x) / scene.size_x, np.float32(scene.light_y) / scene.size_y
    last_light_x, last_light_y = np.float32(scene.light_x - 1), np.float32(scene.light_y - 1)
    nudge = NUDGE * cell
    for k in range(columns):
        floats[WALL_DEPTH + k] = _INFINITE
        floats[WALL_FACING + k] = _ONE
        integers[WALL_SURFACE + k] = 0
        integers[WALL_PLACE + k] = 0
        if cells_x == 0:
            continue
        across = np.float32(column + k)
        ray_x, ray_y = frame.first_x + across * frame.right_x, frame.first_y + across * frame.right_y
        face = first_wall(
            solid_C, cells_x, cells_y, frame.x / cell, frame.y / cell, _ZERO, ray_x, ray_y, _ZERO, _INFINITE
        )
        if face < 0:
            continue
        plane = np.float32(face // 2) * cell
        if face % 2 == 0:
            depth, facing = (plane - frame.x) / ray_x, abs(ray_x)
            side = EAST if ray_x < _ZERO else WEST
        else:
            depth, facing = (plane - frame.y) / ray_y, abs(ray_y)
            side = NORTH if ray_y < _ZERO else SOUTH
        if depth <= _ZERO:  # far away a wall's distance is lost in rounding
            continue
        x, y = frame.x + depth * ray_x, frame.y + depth * ray_y
        into_x = nudge if side == WEST else (-nudge if side == EAST else _ZERO)
        into_y = nudge if side == SOUTH else (-nudge if side == NORTH else _ZERO)
        floats[WALL_DEPTH + k], floats[WALL_FACING + k] = depth, facing
        floats[WALL_U + k] = (y if side == EAST else -y) if face % 2 == 0 else (-x if side == NORTH else x)
        integers[WALL_FACE + k] = side
        cell_x = clamp((x + into_x) / cell, np.float32(cells_x - 1))
        cell_y = clamp((y + into_y) / cell, np.float32(cells_y - 1))
        integers[WALL_SURFACE + k] = cell_y * cells_x + cell_x
        place_x = clamp((x - into_x) * per_light_x, last_light_x)
        place_y = clamp((y - into_y) * per_light_y, last_light_y)
        integers[WALL_PLACE + k] = 1 + place_y * scene.light_x + place_x


@kernel
def resolve_level(
    floats: np.ndarray,
    integers: np.ndarray,
    row: int,
    rows: int,
    column: int,
    columns: int,
    frame: Frame,
    scene: Any,
) -> None:
    """Fill a tile's DEPTH, U, V, SPREAD, CLEAR, FACE, SURFACE and PLACE, as `meet_planes` and `resolve` would."""
    top, density, pixel = scene.wall_height, scene.fog_density, frame.pixel
    per_ground_x, per_ground_y = np.float32(scene.ground_x) / scene.size_x, np.float32(scene.ground_y) / scene.size_y
    per_light_x, per_light_y = np.float32(scene.light_x) / scene.size_x, np.float32(scene.light_y) / scene.size_y
    last_ground_x, last_ground_y = np.float32(scene.ground_x - 1), np.float32(scene.ground_y - 1)
    last_light_x, last_light_y = np.float32(scene.light_x - 1), np.float32(scene.light_y - 1)
    ground_x, light_x = np.int32(scene.ground_x), np.int32(scene.light_x)
    first_ground = np.int32(scene.first_ground)
    for r in range(rows):
        ray_z = frame.first_z + np.float32(row + r) * frame.down_z
        plane_depth = (-frame.z if ray_z < _ZERO else scene.ceiling - frame.z) / ray_z
        plane_depth = plane_depth if plane_depth > _ZERO else _INFINITE
        sky = plane_depth == _INFINITE
        plane_face = np.int32(SKY_FACE) if sky else (np.int32(UP) if ray_z < _ZERO else np.int32(DOWN))
        reach = (np.float32(SKY_HEIGHT) / ray_z if ray_z > _ZERO else _ZERO) if sky else plane_depth
        origin_x, origin_y = (_ZERO if sky else frame.x), (_ZERO if sky else frame.y)
        flat = not sky and ray_z < _ZERO
        fixed_surface = np.int32(scene.sky_surface) if sky else np.int32(scene.ceiling_surface)
        square_z = ray_z * ray_z
        rising = square_z if ray_z > _ZERO else _ZERO
        start = np.uintp(r * columns) & np.uintp(TILE - 1)
        for k in range(min(columns, TILE)):
            q = np.uintp(k)
            p = start + q
            across = np.float32(np.int32(k + column))
            ray_x, ray_y = frame.first_x + across * frame.right_x, frame.first_y + across * frame.right_y
            square = ray_x * ray_x + ray_y * ray_y + square_z
            length = math.sqrt(square)
            wall_depth = floats[np.uintp(WALL_DEPTH) + q]
            wall_z = frame.z + wall_depth * ray_z
            wall_depth = _INFINITE if wall_z > top else wall_depth
            wall = wall_depth < plane_depth
            depth = wall_depth if wall else plane_depth
            far = wall_depth if wall else reach
            facing = floats[np.uintp(WALL_FACING) + q] if wall else abs(ray_z)
            x, y = origin_x + reach * ray_x, origin_y + reach * ray_y
            floats[np.uintp(DEPTH) + p] = depth
            floats[np.uintp(U) + p] = floats[np.uintp(WALL_U) + q] if wall else x
            floats[np.uintp(V) + p] = -wall_z if wall else y
            floats[np.uintp(SPREAD) + p] = far * pixel * length / facing
            shows = rising / (rising + HAZE * square)
            fogged = clearness(depth * length, density)
            floats[np.uintp(CLEAR) + p] = fogged if wall or not sky else shows
            patch = np.int32(
                first_ground
                + clamp(y * per_ground_y, last_ground_y) * ground_x
                + clamp(x * per_ground_x, last_ground_x)
            )
            surface = patch if flat else fixed_surface
            integers[np.uintp(SURFACE) + p] = integers[np.uintp(WALL_SURFACE) + q] if wall else surface
            integers[np.uintp(FACE) + p] = integers[np.uintp(WALL_FACE) + q] if wall else plane_face
            place = np.int32(
                np.int32(1) + clamp(y * per_light_y, last_light_y) * light_x + clamp(x * per_light_x, last_light_x)
            )
            place = np.int32(0) if sky else place
            integers[np.uintp(PLACE) + p] = integers[np.uintp(WALL_PLACE) + q] if wall else place
