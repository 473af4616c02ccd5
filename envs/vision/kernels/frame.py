"""Whole pictures: the one kernel that Python calls."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .boxes import LANES, forget_boxes, gather_boxes, meet_box, meet_box_narrow, resolve_boxes
from .columns import cast_columns, is_level, resolve_level
from .compiling import SOURCES, entry_kernel, kernel
from .fan import Fan, fan_of, find_bins
from .layout import DEPTH, SURFACE, TILE, Outputs, Poses, Scenes, Scratch, Texels
from .rays import Frame, cast_rays, frame_of, number_pixels
from .shading import mix, shade
from .surfaces import meet_planes, resolve_open, resolve_walls
from .terrain import cast_terrain, find_rings, meet_terrain
from .walls import cast_fan, find_walls

_MINUS_INFINITE = np.float32(-np.inf)
_ZERO = np.float32(0.0)


@kernel
def _see(
    scenes: Scenes,
    s: int,
    frame: Frame,
    fan: Fan,
    scratch: Scratch,
    count: int,
    row: int,
    column: int,
) -> None:
    """What a tile sees of the world without its boxes, for any pose."""
    scene = scenes.settings_S[s]
    floats, integers = scratch.floats, scratch.integers
    cast_rays(floats, count, frame, row, column)
    terrain = scene.terrain_x > 0
    meet_planes(floats, integers, count, frame.z, _MINUS_INFINITE if terrain else _ZERO, scene.ceiling)
    if terrain or scene.cells_x > 0:
        find_bins(floats, integers, count, fan)
    if terrain:
        find_rings(floats, integers, count, scratch.fan_slope, scratch.ring)
        meet_terrain(floats, integers, count, frame, scenes.height_S_T[s], scene)
    if scene.cells_x > 0:
        find_walls(
            floats,
            integers,
            count,
            scratch.fan_face,
            frame,
            scenes.solid_S_C[s],
            scene.cells_x,
            scene.cells_y,
            scene.cell,
            scene.lowest,
            scene.wall_height,
        )
        resolve_walls(floats, integers, count, frame, scene)
    else:
        resolve_open(floats, integers, count, frame, scene)


@kernel
def _add_boxes(
    scene: Any,
    frame: Frame,
    scratch: Scratch,
    boxes: int,
    level: bool,
    row: int,
    rows: int,
    column: int,
    columns: int,
) -> None:
    """Put the boxes in view before what a tile sees so far."""
    floats, integers = scratch.floats, scratch.integers
    drawn = 0
    for which in range(boxes):
        in_view = scratch.in_view_B_5[which]
        top, bottom = max(in_view[0] - row, 0), min(in_view[1] + 1 - row, rows)
        left, right = max(in_view[2] - column, 0), min(in_view[3] + 1 - column, columns)
        if top >= bottom or left >= right:
            continue
        if drawn == 0:
            forget_boxes(integers, rows * columns)
        drawn += 1
        view = scratch.view_B_15[which]
        if columns >= LANES:
            meet_box(floats, integers, columns, which, view, row, column, top, bottom, left, right)
        else:
            meet_box_narrow(floats, integers, columns, which, view, row, column, top, bottom, left, right)
    if drawn > 0:
        if level:
            cast_rays(floats, rows * columns, frame, row, column)
        resolve_boxes(floats, integers, rows * columns, frame, scene, scratch, row, column)


@kernel
def _render_one(
    n: int,
    poses: Poses,
    scenes: Scenes,
    texels: Texels,
    scratch: Scratch,
    outputs: Outputs,
    height: int,
    width: int,
    by_columns: bool,
) -> None:
    """Render camera n."""
    s = poses.scene_N[n]
    scene = scenes.settings_S[s]
    frame = frame_of(poses, n, height, width)
    floats, integers = scratch.floats, scratch.integers
    boxes = gather_boxes(scenes, s, frame, height, width, scratch)
    level = by_columns and is_level(poses, n, scene)
    fan = Fan(1, 0, 1)
    if not level:
        fan = fan_of(frame, height, width)
        if scene.cells_x > 0:
            x, y = frame.x / scene.cell, frame.y / scene.cell
            cast_fan(scratch.fan_face, fan, scenes.solid_S_C[s], scene.cells_x, scene.cells_y, x, y)
        if scene.terrain_x > 0:
            cast_terrain(scratch.fan_slope, scratch.ring, fan, frame, scenes.height_S_T[s], scene)
    red, green, blue = int(scene.fog_red), int(scene.fog_green), int(scene.fog_blue)
    for column in range(0, width, TILE):
        columns = min(TILE, width - column)
        rows = max(1, TILE // columns)
        number_pixels(floats, rows, columns)
        if level:
            cast_columns(floats, integers, column, columns, frame, scenes.solid_S_C[s], scene)
        for row in range(0, height, rows):
            rows_here = min(rows, height - row)
            count = rows_here * columns
            if level:
                resolve_level(floats, integers, row, rows_here, column, columns, frame, scene)
            else:
                _see(scenes, s, frame, fan, scratch, count, row, column)
            if boxes > 0:
                _add_boxes(scene, frame, scratch, boxes, level, row, rows_here, column, columns)
            if outputs.rgb_N_P.size > 0:
                lights = scenes.face_light_S_L[s], scenes.place_light_S_L[s]
                shade(floats, integers, count, texels, scenes.texture_S_F[s], *lights)
            # a tile as wide as the picture is one run of pixels, else every row is one
            runs, length = (1, count) if columns == width else (rows_here, columns)
            for run in range(runs):
                first = (row + run) * width + column
                if outputs.rgb_N_P.size > 0:
                    rgb = outputs.rgb_N_P[n, 3 * first : 3 * (first + length)]
                    mix(floats, integers, run * columns, rgb, red, green, blue)
                if outputs.depth_N_P.size > 0:
                    start = DEPTH + run * columns
                    outputs.depth_N_P[n, first : first + length] = floats[start : start + length]
                if outputs.label_N_P.size > 0:
                    for k in range(length):
                        label = scenes.label_S_F[s, integers[SURFACE + run * columns + k]]
                        outputs.label_N_P[n, first + k] = label


def _entry(sources: int) -> Callable[..., int]:
    @entry_kernel
    def render_cameras(
        first: int,
        last: int,
        poses: Poses,
        scenes: Scenes,
        texels: Texels,
        scratch: Scratch,
        outputs: Outputs,
        height: int,
        width: int,
        by_columns: bool,
    ) -> int:
        """Render cameras from the first to before the last.

        Args:
            first, last: of the cameras.
            poses: of all cameras.
            scenes: all scenes.
            texels: the textures.
            scratch: of this thread.
            outputs: of all cameras.
            height, width: of pictures.
            by_columns: whether level cameras are drawn column by column.

        Returns:
            How many were not rendered, since a number of their pose is not finite.
        """
        refused = 0 * sources
        for n in range(first, last):
            total = poses.position_N_3[n].sum() + poses.angles_N_3[n].sum() + poses.fov_N[n]
            if math.isfinite(total):
                _render_one(n, poses, scenes, texels, scratch, outputs, height, width, by_columns)
            else:
                refused += 1
        return refused

    return render_cameras


render_cameras = _entry(SOURCES)
