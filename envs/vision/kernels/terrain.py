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
from .lanes import look_up, put, select, take
from .layout import (
    BIN,
    DEPTH,
    FACE,
    FACING,
    FAR,
    GROUND_FACE,
    HIGH,
    LOW,
    NEAR,
    RAY_X,
    RAY_Y,
    RAY_Z,
    RINGS,
    SLOPE,
    TILE,
)
from .rays import Frame

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_NO_SLOPE = np.float32(-1e30)
_LEAST_ACROSS = np.float32(1e-6)  # of a ray, so that one straight down has a slope
LEAST_FACING = np.float32(1e-3)
HORIZON = 1.25
"""Where the ground ends, along |x| + |y|, as a share of the map's length and width and of the way to them."""


class _Field(NamedTuple):
    """The samples' grid: samples a metre, the last row and column, samples a row."""

    per_x: np.float32
    per_y: np.float32
    last_x: np.float32
    last_y: np.float32
    stride: np.int32


@kernel
def _field(scene: Any) -> _Field:
    last_x, last_y = np.float32(scene.terrain_x - 1), np.float32(scene.terrain_y - 1)
    return _Field(last_x / scene.size_x, last_y / scene.size_y, last_x, last_y, np.int32(scene.terrain_x))


@kernel
def _patch(
    height_T: np.ndarray, field: _Field, x: np.float32, y: np.float32
) -> tuple[np.float32, np.float32, np.float32]:
    """Height and slopes at a place; beyond the edge the ground goes on level."""
    place_x, place_y = x * field.per_x, y * field.per_y
    place_x = select(place_x > _ZERO, place_x, _ZERO)
    place_x = select(place_x < field.last_x, place_x, field.last_x)
    place_y = select(place_y > _ZERO, place_y, _ZERO)
    place_y = select(place_y < field.last_y, place_y, field.last_y)
    column, row = np.int32(place_x), np.int32(place_y)
    column = select(np.float32(column) < field.last_x, column, np.int32(column - np.int32(1)))
    row = select(np.float32(row) < field.last_y, row, np.int32(row - np.int32(1)))
    a, b = place_x - np.float32(column), place_y - np.float32(row)
    first = np.int32(row * field.stride + column)
    beyond = np.int32(first + field.stride)
    low, high = look_up(height_T, first), look_up(height_T, beyond)
    low_rise = look_up(height_T, np.int32(first + np.int32(1))) - low
    high_rise = look_up(height_T, np.int32(beyond + np.int32(1))) - high
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
    nearest = np.float32(0.5) / field.per_x
    farthest = np.float32(HORIZON * (scene.size_x + scene.size_y + beyond_x + beyond_y))
    factor = np.float32((farthest / nearest) ** (1.0 / (RINGS - 1)))
    distance = nearest
    for k in range(RINGS):
        ring[k] = distance
        distance *= factor
    for pair in range((fan.count + 1) // 2):
        away_x, away_y = direction(fan, 2.0 * pair + 1.0)
        first = pair * RINGS
        for k in range(RINGS):
            away = take(ring, k)
            height, _, _ = _patch(height_T, field, frame.x + away * away_x, frame.y + away * away_y)
            put(fan_slope, first + k, (height - frame.z) / away)
        steepest = _NO_SLOPE
        for k in range(RINGS):
            slope = fan_slope[first + k]
            steepest = slope if slope > steepest else steepest
            fan_slope[first + k] = steepest


@kernel
def find_rings(floats: np.ndarray, integers: np.ndarray, count: int, fan_slope: np.ndarray, ring: np.ndarray) -> None:
    """Fill the planes SLOPE, NEAR, FAR, LOW and HIGH; HIGH is below SLOPE where a ray passes over the ground."""
    for p in range(min(count, TILE)):
        across = abs(floats[RAY_X + p]) + abs(floats[RAY_Y + p])
        floats[SLOPE + p] = floats[RAY_Z + p] / (across if across > _LEAST_ACROSS else _LEAST_ACROSS)
    found = np.uintp(0)
    one, last = np.uintp(1), np.uintp(RINGS - 1)
    for p in range(min(count, TILE)):
        slope = floats[SLOPE + p]
        first = np.uintp((integers[BIN + p] >> 1) * RINGS)
        floats[HIGH + p] = fan_slope[first + last]
        if slope > fan_slope[first + last]:
            continue
        # most pixels see the ground between the same rings as the one beside them, or between the next
        while fan_slope[first + found] < slope:
            found += one
        while found > 0 and fan_slope[first + found - one] >= slope:
            found -= one
        floats[FAR + p], floats[HIGH + p] = ring[found], fan_slope[first + found]
        before = found - one if found > 0 else found
        floats[NEAR + p], floats[LOW + p] = ring[before] if found > 0 else _ZERO, fan_slope[first + before]


@kernel
def meet_terrain(
    floats: np.ndarray, integers: np.ndarray, count: int, frame: Frame, height_T: np.ndarray, scene: Any
) -> None:
    """Put the ground before ceiling and sky: DEPTH, FACING and FACE where a ray meets it."""
    field = _field(scene)
    under, _, _ = _patch(height_T, field, frame.x, frame.y)
    for p in range(min(count, TILE)):
        ray_x, ray_y, ray_z = take(floats, RAY_X + p), take(floats, RAY_Y + p), take(floats, RAY_Z + p)
        slope, low, high = take(floats, SLOPE + p), take(floats, LOW + p), take(floats, HIGH + p)
        near, far = take(floats, NEAR + p), take(floats, FAR + p)
        before, facing_before, face_before = (
            take(floats, DEPTH + p),
            take(floats, FACING + p),
            take(integers, FACE + p),
        )
        across = abs(ray_x) + abs(ray_y)
        per_across = _ONE / select(across > _LEAST_ACROSS, across, _LEAST_ACROSS)
        below, above = (slope - low) * near, (high - slope) * far
        chord = near + (far - near) * below / (below + above)
        # before the first ring the ground is taken to be level
        level = select(ray_z < _ZERO, (under - frame.z) / slope, far)
        level = select(level < far, level, far)
        level = select(level > _ZERO, level, _ZERO)  # a camera below the ground
        depth = select(near > _ZERO, chord, level) * per_across
        height, slope_x, slope_y = _patch(height_T, field, frame.x + depth * ray_x, frame.y + depth * ray_y)
        facing = slope_x * ray_x + slope_y * ray_y - ray_z
        # the rings are those of a direction beside the ray's own, so the step may lead past them a little
        step = depth + (frame.z + depth * ray_z - height) / facing
        least, most = near - (far - near), far + (far - near)
        least = select(least > _ZERO, least, _ZERO) * per_across
        most *= per_across
        step = select(step > least, step, near * per_across)
        step = select(step < most, step, far * per_across)
        depth = select(facing > LEAST_FACING, step, depth)
        facing = abs(facing)
        facing = select(facing > LEAST_FACING, facing, LEAST_FACING)
        met = (high >= slope) & (depth < before)
        put(floats, DEPTH + p, select(met, depth, before))
        put(floats, FACING + p, select(met, facing, facing_before))
        put(integers, FACE + p, select(met, np.int32(GROUND_FACE), face_before))
