"""Boxes in any attitude: which of them a picture shows, where, and what of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .compiling import kernel
from .lanes import put, select, take
from .layout import (
    BOX,
    CLEAR,
    COLUMN,
    DEPTH,
    FACE,
    FIRST_BOX_FACE,
    PLACE,
    RAY_X,
    RAY_Y,
    RAY_Z,
    ROW,
    SPREAD,
    SURFACE,
    TILE,
    Scenes,
    Scratch,
    U,
    V,
)
from .rays import Frame
from .surfaces import clamp, clearness

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
_INFINITE = np.float32(np.inf)
NEAR = np.float32(1e-3)
PARALLEL = np.float32(1e-9)  # to a face: what is 0 would have its infinite distances cancel
_NOWHERE = np.int32(-1)


@kernel
def _find_near_view(
    near_view_B: np.ndarray, ball_4_B: np.ndarray, count: int, frame: Frame, height: int, width: int
) -> None:
    """Say which boxes' balls reach into the pyramid of view.

    A ball is outside if it is farther from one of the sides than its radius.
    """
    wide, high = np.float32(width) * _HALF * frame.pixel, np.float32(height) * _HALF * frame.pixel
    widest, highest = math.sqrt(_ONE + wide * wide), math.sqrt(_ONE + high * high)
    across, along, per_pixel = np.float32(width - 1) * _HALF, np.float32(height - 1) * _HALF, _ONE / frame.pixel
    forward_x = frame.first_x + across * frame.right_x + along * frame.down_x
    forward_y = frame.first_y + across * frame.right_y + along * frame.down_y
    forward_z = frame.first_z + across * frame.right_z + along * frame.down_z
    for b in range(count):
        x, y, z = ball_4_B[0, b] - frame.x, ball_4_B[1, b] - frame.y, ball_4_B[2, b] - frame.z
        radius = ball_4_B[3, b]
        depth = x * forward_x + y * forward_y + z * forward_z
        beside = abs(x * frame.right_x + y * frame.right_y + z * frame.right_z) * per_pixel
        above = abs(x * frame.down_x + y * frame.down_y + z * frame.down_z) * per_pixel
        inside = (beside <= depth * wide + radius * widest) & (above <= depth * high + radius * highest)
        near_view_B[b] = np.int32(inside & (depth >= -radius))


@kernel
def gather_boxes(scenes: Scenes, s: int, frame: Frame, height: int, width: int, scratch: Scratch) -> int:
    """Write down the boxes that a picture may show: where in it, and the camera in their own axes.

    Returns:
        How many they are.
    """
    total = scenes.settings_S[s].boxes
    ball_4_B, half_B_3, axes_B_3_3 = scenes.ball_S_4_B[s], scenes.half_S_B_3[s], scenes.axes_S_B_3_3[s]
    _find_near_view(scratch.near_view_B, ball_4_B, total, frame, height, width)
    across, along = np.float32(width - 1) * _HALF, np.float32(height - 1) * _HALF
    last_column, last_row = np.float32(width - 1), np.float32(height - 1)
    per_square = _ONE / (frame.pixel * frame.pixel)
    count = 0
    for b in range(total):
        if scratch.near_view_B[b] == 0:
            continue
        to_x, to_y, to_z = ball_4_B[0, b] - frame.x, ball_4_B[1, b] - frame.y, ball_4_B[2, b] - frame.z
        view = scratch.view_B_15[count]
        for k in range(3):
            x, y, z = axes_B_3_3[b, k, 0], axes_B_3_3[b, k, 1], axes_B_3_3[b, k, 2]
            view[k] = -(to_x * x + to_y * y + to_z * z)
            view[3 + k] = frame.first_x * x + frame.first_y * y + frame.first_z * z
            view[6 + k] = frame.right_x * x + frame.right_y * y + frame.right_z * z
            view[9 + k] = frame.down_x * x + frame.down_y * y + frame.down_z * z
            view[12 + k] = half_B_3[b, k]
        forward_x = view[3] + across * view[6] + along * view[9]
        forward_y = view[4] + across * view[7] + along * view[10]
        forward_z = view[5] + across * view[8] + along * view[11]
        right_x, right_y, right_z = view[6] * per_square, view[7] * per_square, view[8] * per_square
        down_x, down_y, down_z = view[9] * per_square, view[10] * per_square, view[11] * per_square
        nearest = _INFINITE
        least_row, most_row, least_column, most_column = _INFINITE, -_INFINITE, _INFINITE, -_INFINITE
        for corner in range(8):
            x = (view[12] if corner & 1 else -view[12]) - view[0]
            y = (view[13] if corner & 2 else -view[13]) - view[1]
            z = (view[14] if corner & 4 else -view[14]) - view[2]
            deep = x * forward_x + y * forward_y + z * forward_z
            nearest = deep if deep < nearest else nearest
            per_deep = _ONE / deep
            column = across + (x * right_x + y * right_y + z * right_z) * per_deep
            row = along + (x * down_x + y * down_y + z * down_z) * per_deep
            least_column = column if column < least_column else least_column
            most_column = column if column > most_column else most_column
            least_row = row if row < least_row else least_row
            most_row = row if row > most_row else most_row
        top, bottom, left, right = 0, height - 1, 0, width - 1
        if nearest > NEAR:
            if least_column > last_column or least_row > last_row or most_column < _ZERO or most_row < _ZERO:
                continue
            left, right = clamp(least_column, last_column), clamp(np.ceil(most_column), last_column)
            top, bottom = clamp(least_row, last_row), clamp(np.ceil(most_row), last_row)
        in_view = scratch.in_view_B_5[count]
        in_view[0], in_view[1], in_view[2], in_view[3], in_view[4] = top, bottom, left, right, b
        count += 1
    return count


@kernel
def forget_boxes(integers: np.ndarray, count: int) -> None:
    """Fill the plane BOX with -1."""
    for p in range(min(count, TILE)):
        integers[BOX + p] = _NOWHERE


def _meeter(lanes: int) -> Callable[..., None]:
    @kernel
    def meet_box(
        floats: np.ndarray,
        integers: np.ndarray,
        columns: int,
        which: int,
        view: np.ndarray,
        origin_row: int,
        origin_column: int,
        top: int,
        bottom: int,
        left: int,
        right: int,
    ) -> None:
        x, y, z, box = view[0], view[1], view[2], np.int32(which)
        right_x, right_y, right_z = view[6], view[7], view[8]
        half_x, half_y, half_z = view[12], view[13], view[14]
        for r in range(top, bottom):
            along = np.float32(origin_row + r)
            for ahead in range(left, right, lanes):
                # the last lanes of a row go over some pixels again rather than into the next row
                c = min(ahead, columns - lanes)
                across = np.float32(origin_column + c)
                first_x = view[3] + across * view[6] + along * view[9]
                first_y = view[4] + across * view[7] + along * view[10]
                first_z = view[5] + across * view[8] + along * view[11]
                first = r * columns + c
                for k in range(lanes):
                    p = first + k
                    a = np.float32(np.int32(k))
                    ray_x, ray_y, ray_z = first_x + a * right_x, first_y + a * right_y, first_z + a * right_z
                    per_x = _ONE / select(abs(ray_x) > PARALLEL, ray_x, PARALLEL)
                    per_y = _ONE / select(abs(ray_y) > PARALLEL, ray_y, PARALLEL)
                    per_z = _ONE / select(abs(ray_z) > PARALLEL, ray_z, PARALLEL)
                    reach_x, reach_y, reach_z = abs(half_x * per_x), abs(half_y * per_y), abs(half_z * per_z)
                    enter_x, enter_y, enter_z = -x * per_x - reach_x, -y * per_y - reach_y, -z * per_z - reach_z
                    leave_x, leave_y, leave_z = reach_x - x * per_x, reach_y - y * per_y, reach_z - z * per_z
                    enter = select(enter_x > enter_y, enter_x, enter_y)
                    enter = select(enter > enter_z, enter, enter_z)
                    leave = select(leave_x < leave_y, leave_x, leave_y)
                    leave = select(leave < leave_z, leave, leave_z)
                    before, was = take(floats, DEPTH + p), take(integers, BOX + p)
                    nearer = (enter < leave) & (enter > _ZERO) & (enter < before)
                    put(floats, DEPTH + p, select(nearer, enter, before))
                    put(integers, BOX + p, select(nearer, box, was))

    return meet_box


LANES = 8
"""Pixels that `meet_box` looks at together."""

meet_box = _meeter(LANES)
"""Put a box before what is behind it (slabs: Kay and Kajiya 1986).

Args:
    floats, integers: the tile.
    columns: of the tile, `LANES` at least.
    which: the box, of those in view.
    view: the box's row of `Scratch.view_B_15`.
    origin_row, origin_column: of the tile's first pixel in the picture.
    top, bottom, left, right: the part of the tile to look at, from the first row and column to before the last.
"""

meet_box_narrow = _meeter(1)
"""The same in tiles of any width."""


@kernel
def resolve_boxes(
    floats: np.ndarray,
    integers: np.ndarray,
    count: int,
    frame: Frame,
    scene: Any,
    scratch: Scratch,
    row: int,
    column: int,
) -> None:
    """Fill U, V, SPREAD, CLEAR, FACE, SURFACE and PLACE where a box is seen.

    Args:
        floats, integers: the tile.
        count: its pixels.
        frame: the camera.
        scene: its settings.
        scratch: has the boxes in view.
        row, column: of the tile's first pixel in the picture.
    """
    first_row, first_column = np.float32(row), np.float32(column)
    per_light_x, per_light_y = np.float32(scene.light_x) / scene.size_x, np.float32(scene.light_y) / scene.size_y
    for p in range(min(count, TILE)):
        box = integers[BOX + p]
        if box < 0:
            continue
        view = scratch.view_B_15[box]
        depth = floats[DEPTH + p]
        down, across = first_row + floats[ROW + p], first_column + floats[COLUMN + p]
        axis, outermost, facing = 0, -_ONE, _ONE
        place_x = place_y = place_z = _ZERO
        for k in range(3):
            ray = view[3 + k] + across * view[6 + k] + down * view[9 + k]
            place = view[k] + depth * ray
            if k == 0:
                place_x = place
            elif k == 1:
                place_y = place
            else:
                place_z = place
            share = abs(place) / view[12 + k]
            if share > outermost:
                axis, outermost, facing = 2 * k + (1 if ray > _ZERO else 0), share, abs(ray)
        if axis < 2:
            u = view[13] + (place_y if axis == 0 else -place_y)
        else:
            u = view[12] + (-place_x if axis == 2 else place_x)
        floats[U + p] = u
        floats[V + p] = view[13] + place_y if axis >= 4 else view[14] - place_z
        ray_x, ray_y, ray_z = floats[RAY_X + p], floats[RAY_Y + p], floats[RAY_Z + p]
        length = math.sqrt(ray_x * ray_x + ray_y * ray_y + ray_z * ray_z)
        floats[SPREAD + p] = depth * frame.pixel * length / facing
        floats[CLEAR + p] = clearness(depth * length, scene.fog_density)
        which = scratch.in_view_B_5[box, 4]
        integers[FACE + p] = FIRST_BOX_FACE + 6 * which + axis
        integers[SURFACE + p] = scene.first_box + which
        light_x = min(max(int((frame.x + depth * ray_x) * per_light_x), 0), scene.light_x - 1)
        light_y = min(max(int((frame.y + depth * ray_y) * per_light_y), 0), scene.light_y - 1)
        integers[PLACE + p] = 1 + light_y * scene.light_x + light_x
