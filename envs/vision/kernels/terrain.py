"""Terrain: a height field between whose samples heights are bilinear.

Along directions of the fan the steepest way up so far is written down ring by ring. A pixel's ray meets the ground
between the two rings where that first exceeds its own slope; a chord between them leads close to the point, and a step
of Newton's method on the true surface to it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .compiling import kernel
from .fan import Fan, direction
from .layout import BIN, DEPTH, FACE, FACING, GROUND_FACE, RAY_X, RAY_Y, RAY_Z, RINGS, TILE
from .rays import Frame

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_NO_SLOPE = np.float32(-1e30)
_LEAST_ACROSS = np.float32(1e-6)  # of a ray, so that one straight down has a slope
_LEAST_FACING = np.float32(1e-3)


class _Field(NamedTuple):
    """The samples' grid: samples a metre, the last row and column, samples a row."""

    per_x: np.float32
    per_y: np.float32
    last_x: np.float32
    last_y: np.float32
    stride: int


@kernel
def _field(scene: Any) -> _Field:
    last_x, last_y = np.float32(scene.terrain_x - 1), np.float32(scene.terrain_y - 1)
    return _Field(last_x / scene.size_x, last_y / scene.size_y, last_x, last_y, scene.terrain_x)


@kernel
def _patch(
    height_T: np.ndarray, field: _Field, x: np.float32, y: np.float32
) -> tuple[np.float32, np.float32, np.float32]:
    """Height and slopes at a place; beyond the edge the ground goes on level."""
    place_x, place_y = x * field.per_x, y * field.per_y
    place_x = place_x if place_x > _ZERO else _ZERO
    place_x = place_x if place_x < field.last_x else field.last_x
    place_y = place_y if place_y > _ZERO else _ZERO
    place_y = place_y if place_y < field.last_y else field.last_y
    column, row = np.int32(place_x), np.int32(place_y)
    column = column if column < field.last_x else np.int32(column - np.int32(1))
    row = row if row < field.last_y else np.int32(row - np.int32(1))
    a, b = place_x - np.float32(column), place_y - np.float32(row)
    first = np.uintp(row * field.stride + column)
    beyond = first + np.uintp(field.stride)
    low, low_rise = height_T[first], height_T[first + np.uintp(1)] - height_T[first]
    high, high_rise = height_T[beyond], height_T[beyond + np.uintp(1)] - height_T[beyond]
    near, far = low + a * low_rise, high + a * high_rise
    return near + b * (far - near), (low_rise + b * (high_rise - low_rise)) * field.per_x, (far - near) * field.per_y


@kernel
def cast_terrain(
    fan_slope: np.ndarray, ring: np.ndarray, fan: Fan, frame: Frame, height_T: np.ndarray, scene: Any
) -> None:
    """Fill `ring`, whose distances grow by a constant factor to beyond the map, and `fan_slope`, for every second bin.

    Neighbouring directions differ little, and the last step to the ground is taken on a pixel's own ray.
    """
    field = _field(scene)
    beyond_x = max(abs(frame.x - scene.size_x / 2) - scene.size_x / 2, _ZERO)
    beyond_y = max(abs(frame.y - scene.size_y / 2) - scene.size_y / 2, _ZERO)
    nearest = np.float32(0.25) / field.per_x
    farthest = np.float32(1.25 * (scene.size_x + scene.size_y + beyond_x + beyond_y))
    factor = np.float32((farthest / nearest) ** (1.0 / (RINGS - 1)))
    distance = nearest
    for k in range(RINGS):
        ring[k] = distance
        distance *= factor
    for pair in range((fan.count + 1) // 2):
        away_x, away_y = direction(fan, 2.0 * pair + 1.0)
        steepest = _NO_SLOPE
        for k in range(RINGS):
            height, _, _ = _patch(height_T, field, frame.x + ring[k] * away_x, frame.y + ring[k] * away_y)
            slope = (height - frame.z) / ring[k]
            steepest = slope if slope > steepest else steepest
            fan_slope[pair * RINGS + k] = steepest


@kernel
def meet_terrain(
    floats: np.ndarray,
    integers: np.ndarray,
    count: int,
    fan_slope: np.ndarray,
    ring: np.ndarray,
    frame: Frame,
    height_T: np.ndarray,
    scene: Any,
) -> None:
    """Put the ground before ceiling and sky: DEPTH, FACING and FACE where a ray meets it."""
    field = _field(scene)
    under, _, _ = _patch(height_T, field, frame.x, frame.y)
    found = 0
    for p in range(min(count, TILE)):
        ray_x, ray_y, ray_z = floats[RAY_X + p], floats[RAY_Y + p], floats[RAY_Z + p]
        across = abs(ray_x) + abs(ray_y)
        across = across if across > _LEAST_ACROSS else _LEAST_ACROSS
        slope = ray_z / across
        first = (integers[BIN + p] >> 1) * RINGS
        if slope > fan_slope[first + RINGS - 1]:
            continue
        # most pixels see the ground between the same rings as the one beside them
        if fan_slope[first + found] < slope or (found > 0 and fan_slope[first + found - 1] >= slope):
            found, last = 0, RINGS - 1
            while found < last:
                middle = (found + last) >> 1
                if fan_slope[first + middle] >= slope:
                    last = middle
                else:
                    found = middle + 1
        far = ring[found] / across
        if found == 0:
            near = _ZERO
            depth = (under - frame.z) / ray_z if ray_z < _ZERO else far
            depth = depth if depth < far else far
            depth = depth if depth > _ZERO else _ZERO  # a camera below the ground
        else:
            near = ring[found - 1] / across
            below = (slope - fan_slope[first + found - 1]) * ring[found - 1]
            above = (fan_slope[first + found] - slope) * ring[found]
            depth = near + (far - near) * below / (below + above)
        height, slope_x, slope_y = _patch(height_T, field, frame.x + depth * ray_x, frame.y + depth * ray_y)
        facing = slope_x * ray_x + slope_y * ray_y - ray_z
        if facing > _LEAST_FACING:
            # the rings are those of a direction beside the ray's own, so the step may lead past them a little
            depth += (frame.z + depth * ray_z - height) / facing
            least, most = max(near - (far - near), _ZERO), far + (far - near)
            depth = depth if depth > least else near
            depth = depth if depth < most else far
        if depth < floats[DEPTH + p]:
            floats[DEPTH + p] = depth
            floats[FACING + p] = max(abs(facing), _LEAST_FACING)
            integers[FACE + p] = GROUND_FACE
