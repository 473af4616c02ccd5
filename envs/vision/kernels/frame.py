"""Whole pictures: the one kernel that Python calls."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .boxes import forget_boxes, gather_boxes, meet_box, resolve_boxes
from .columns import cast_columns, is_level, resolve_level
from .compiling import SOURCES, entry_kernel, kernel
from .fan import Fan, fan_of, find_bins
from .layout import DEPTH, SURFACE, TILE, Outputs, Poses, Scenes, Scratch, Texels
from .lights import light_faces
from .rays import Frame, cast_rays, frame_of, number_pixels
from .shading import fetch, find_texels, find_textures, mix
from .surfaces import meet_planes, resolve
from .terrain import cast_terrain, meet_terrain
from .walls import cast_fan, find_walls, no_walls

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
    lowest: np.float32,
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
        meet_terrain(floats, integers, count, scratch.fan_slope, scratch.ring, frame, scenes.height_S_T[s], scene)
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
            lowest,
            scene.wall_height,
        )
    else:
        no_walls(integers, count)
    resolve(floats, integers, count, frame, scene)


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
    if level:
        cast_rays(floats, rows * columns, frame, row, column)
    forget_boxes(integers, rows * columns)
    for which in range(boxes):
        in_view = scratch.in_view_B_5[which]
        left, right = max(in_view[2], column), min(in_view[3] + 1, column + columns)
        if left >= right:
            continue
        for r in range(max(in_view[0], row), min(in_view[1] + 1, row + rows)):
            start = (r - row) * columns + left - column
            meet_box(floats, integers, start, right - left, which, scratch.view_B_15[which], r, left)
    resolve_boxes(floats, integers, rows * columns, frame, scene, scratch, row, column, columns)


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
    light_faces(scratch.light_table, scene)
    boxes = gather_boxes(scenes, s, frame, height, width, scratch)
    level = by_columns and is_level(poses, n, scene)
    fan = Fan(1, 0, 1)
    lowest = _ZERO
    if not level:
        fan = fan_of(frame, height, width)
        if scene.cells_x > 0:
            x, y = frame.x / scene.cell, frame.y / scene.cell
            cast_fan(scratch.fan_face, fan, scenes.solid_S_C[s], scene.cells_x, scene.cells_y, x, y)
        if scene.terrain_x > 0:
            lowest = scenes.height_S_T[s].min()
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
                _see(scenes, s, frame, fan, scratch, count, row, column, lowest)
            if boxes > 0:
                _add_boxes(scene, frame, scratch, boxes, level, row, rows_here, column, columns)
            if outputs.rgb_N_P.size > 0:
                find_textures(floats, integers, count, scenes.texture_S_F[s], texels.repeats_T)
                find_texels(floats, integers, count, texels.size, texels.levels, texels.texel_T_M.shape[1])
                fetch(integers, count, texels.texel_T_M.reshape(-1), scratch.light_table, scenes.light_S_L[s])
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
