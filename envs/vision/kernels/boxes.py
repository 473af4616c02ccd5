"""Boxes in any attitude: which of them a picture shows, where, and what of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .compiling import kernel
from .layout import (
    BOX,
    CLEAR,
    DEPTH,
    FACE,
    FIRST_BOX_FACE,
    PLACE,
    RAY_X,
    RAY_Y,
    RAY_Z,
    SPREAD,
    SURFACE,
    TILE,
    Scenes,
    Scratch,
    U,
    V,
)
from .lights import face_light
from .rays import Frame
from .surfaces import clearness

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_NEAR = np.float32(1e-3)
_PARALLEL = np.float32(1e-9)  # to a face: what is 0 would have its infinite distances cancel
_NOWHERE = np.int32(-1)


@kernel
def gather_boxes(scenes: Scenes, s: int, frame: Frame, height: int, width: int, scratch: Scratch) -> int:
    """Write down the boxes that a picture may show: where in it, and the camera in their own axes.

    Returns:
        How many they are.
    """
    scene = scenes.settings_S[s]
    across, along = np.float32(width - 1) * np.float32(0.5), np.float32(height - 1) * np.float32(0.5)
    forward_x = frame.first_x + across * frame.right_x + along * frame.down_x
    forward_y = frame.first_y + across * frame.right_y + along * frame.down_y
    forward_z = frame.first_z + across * frame.right_z + along * frame.down_z
    per_square = _ONE / (frame.pixel * frame.pixel)
    # the pyramid of view; a ball is outside if it is farther from one of its sides than its radius
    wide, high = np.float32(width) * np.float32(0.5) * frame.pixel, np.float32(height) * np.float32(0.5) * frame.pixel
    widest, highest = math.sqrt(_ONE + wide * wide), math.sqrt(_ONE + high * high)
    count = 0
    for b in range(scene.boxes):
        centre, half, axes = scenes.centre_S_B_3[s, b], scenes.half_S_B_3[s, b], scenes.axes_S_B_3_3[s, b]
        to_x, to_y, to_z = centre[0] - frame.x, centre[1] - frame.y, centre[2] - frame.z
        depth = to_x * forward_x + to_y * forward_y + to_z * forward_z
        radius = math.sqrt(half[0] * half[0] + half[1] * half[1] + half[2] * half[2])
        if depth < -radius:
            continue
        beside = abs(to_x * frame.right_x + to_y * frame.right_y + to_z * frame.right_z) / frame.pixel
        above = abs(to_x * frame.down_x + to_y * frame.down_y + to_z * frame.down_z) / frame.pixel
        if beside > depth * wide + radius * widest or above > depth * high + radius * highest:
            continue
        top, bottom, left, right = 0, height - 1, 0, width - 1
        if depth > radius + _NEAR:
            least_row, most_row = np.float32(height), np.float32(-1.0)
            least_column, most_column = np.float32(width), np.float32(-1.0)
            behind = False
            for corner in range(8):
                a = half[0] if corner & 1 else -half[0]
                b_ = half[1] if corner & 2 else -half[1]
                c = half[2] if corner & 4 else -half[2]
                x = to_x + a * axes[0, 0] + b_ * axes[1, 0] + c * axes[2, 0]
                y = to_y + a * axes[0, 1] + b_ * axes[1, 1] + c * axes[2, 1]
                z = to_z + a * axes[0, 2] + b_ * axes[1, 2] + c * axes[2, 2]
                deep = x * forward_x + y * forward_y + z * forward_z
                if deep < _NEAR:
                    behind = True
                    break
                column = across + (x * frame.right_x + y * frame.right_y + z * frame.right_z) * per_square / deep
                row = along + (x * frame.down_x + y * frame.down_y + z * frame.down_z) * per_square / deep
                least_column, most_column = min(least_column, column), max(most_column, column)
                least_row, most_row = min(least_row, row), max(most_row, row)
            if not behind:
                if least_column > width or least_row > height:
                    continue
                left = max(math.floor(least_column), 0)
                top = max(math.floor(least_row), 0)
                right = int(min(math.ceil(most_column), np.float32(width - 1)))
                bottom = int(min(math.ceil(most_row), np.float32(height - 1)))
                if right < left or bottom < top:
                    continue
        in_view = scratch.in_view_B_5[count]
        in_view[0], in_view[1], in_view[2], in_view[3], in_view[4] = top, bottom, left, right, b
        view = scratch.view_B_15[count]
        for k in range(3):
            x, y, z = axes[k, 0], axes[k, 1], axes[k, 2]
            view[k] = -(to_x * x + to_y * y + to_z * z)
            view[3 + k] = frame.first_x * x + frame.first_y * y + frame.first_z * z
            view[6 + k] = frame.right_x * x + frame.right_y * y + frame.right_z * z
            view[9 + k] = frame.down_x * x + frame.down_y * y + frame.down_z * z
            view[12 + k] = half[k]
            tint = scenes.tint_S_B_3[s, b]
            face = FIRST_BOX_FACE + 6 * count + 2 * k
            scratch.light_table[face] = face_light(scene, x, y, z, tint[0], tint[1], tint[2])
            scratch.light_table[face + 1] = face_light(scene, -x, -y, -z, tint[0], tint[1], tint[2])
        count += 1
    return count


@kernel
def forget_boxes(integers: np.ndarray, count: int) -> None:
    """Fill the plane BOX with -1."""
    for p in range(min(count, TILE)):
        integers[BOX + p] = _NOWHERE


@kernel
def meet_box(
    floats: np.ndarray,
    integers: np.ndarray,
    start: int,
    count: int,
    which: int,
    view: np.ndarray,
    row: int,
    column: int,
) -> None:
    """Put a box before what is behind it, along a part of a row (slabs: Kay and Kajiya 1986).

    Args:
        floats, integers: the tile.
        start: the first pixel of the part.
        count: its pixels.
        which: the box, of those in view.
        view: the box's row of `Scratch.view_B_15`.
        row, column: of the first pixel in the picture.
    """
    across, along = np.float32(column), np.float32(row)
    x, y, z = view[0], view[1], view[2]
    first_x = view[3] + across * view[6] + along * view[9]
    first_y = view[4] + across * view[7] + along * view[10]
    first_z = view[5] + across * view[8] + along * view[11]
    right_x, right_y, right_z = view[6], view[7], view[8]
    half_x, half_y, half_z = view[12], view[13], view[14]
    box = np.int32(which)
    first = np.uintp(start) & np.uintp(TILE - 1)
    for k in range(min(count, TILE)):
        p = first + np.uintp(k)
        a = np.float32(np.int32(k))
        ray_x, ray_y, ray_z = first_x + a * right_x, first_y + a * right_y, first_z + a * right_z
        per_x = _ONE / (ray_x if abs(ray_x) > _PARALLEL else _PARALLEL)
        per_y = _ONE / (ray_y if abs(ray_y) > _PARALLEL else _PARALLEL)
        per_z = _ONE / (ray_z if abs(ray_z) > _PARALLEL else _PARALLEL)
        reach_x, reach_y, reach_z = abs(half_x * per_x), abs(half_y * per_y), abs(half_z * per_z)
        enter_x, enter_y, enter_z = -x * per_x - reach_x, -y * per_y - reach_y, -z * per_z - reach_z
        leave_x, leave_y, leave_z = reach_x - x * per_x, reach_y - y * per_y, reach_z - z * per_z
        enter = enter_x if enter_x > enter_y else enter_y
        enter = enter if enter > enter_z else enter_z
        leave = leave_x if leave_x < leave_y else leave_y
        leave = leave if leave < leave_z else leave_z
        before, was = floats[np.uintp(DEPTH) + p], integers[np.uintp(BOX) + p]
        hit = enter < leave
        depth = enter if hit else before
        depth = depth if enter > _ZERO else before
        nearer = depth < before
        floats[np.uintp(DEPTH) + p] = depth if nearer else before
        integers[np.uintp(BOX) + p] = box if nearer else was


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
    columns: int,
) -> None:
    """Fill U, V, SPREAD, CLEAR, FACE, SURFACE and PLACE where a box is seen.

    Args:
        floats, integers: the tile.
        count: its pixels.
        frame: the camera.
        scene: its settings.
        scratch: has the boxes in view.
        row, column: of the tile's first pixel in the picture.
        columns: of the tile.
    """
    per_light_x, per_light_y = np.float32(scene.light_x) / scene.size_x, np.float32(scene.light_y) / scene.size_y
    for p in range(min(count, TILE)):
        box = integers[BOX + p]
        if box < 0:
            continue
        view = scratch.view_B_15[box]
        depth = floats[DEPTH + p]
        down, across = np.float32(row + p // columns), np.float32(column + p % columns)
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
        integers[FACE + p] = FIRST_BOX_FACE + 6 * box + axis
        integers[SURFACE + p] = scene.first_box + scratch.in_view_B_5[box, 4]
        light_x = min(max(int((frame.x + depth * ray_x) * per_light_x), 0), scene.light_x - 1)
        light_y = min(max(int((frame.y + depth * ray_y) * per_light_y), 0), scene.light_y - 1)
        integers[PLACE + p] = 1 + light_y * scene.light_x + light_x
