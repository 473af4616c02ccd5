"""Kernels that follow one ray to its end, compiled by Warp for processors and for GPUs.

A search along a ray is a loop whose length each ray has for itself. In torch's operations all rays take steps together,
and every step reads and writes all of them; here a ray stays in registers.
"""

# what stands in a kernel is Warp's language, of which a checker of Python knows little
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false
# pyright: reportIndexIssue=false, reportOperatorIssue=false

from typing import Any

import torch
from torch import Tensor

from ..kernels.layout import NO_AXIS, TOP_AXIS
from ..kernels.terrain import LEAST_FACING

try:
    import warp as wp
except ImportError as error:
    raise ImportError("palaestra.envs.vision.on_torch needs Warp; pip install 'palaestra[gpu]' brings it") from error

wp.config.log_level = max(wp.config.log_level, wp.LOG_WARNING)  # not when it begins and what it compiles
wp.init()

SEARCHING = -1
"""The axis of a ray that is on its way."""

PARALLEL = 1e-20
"""To a grid line: what is 0 would reach it at no number."""

_SEARCHING, _NO_AXIS, _TOP_AXIS = wp.constant(SEARCHING), wp.constant(int(NO_AXIS)), wp.constant(int(TOP_AXIS))
_LEAST_FACING = wp.constant(float(LEAST_FACING))
_PARALLEL = wp.constant(PARALLEL)
_FARTHEST = wp.constant(torch.finfo(torch.float32).max)


def follow(kernel: Any, rays: int, *arguments: Tensor) -> None:
    """Run a kernel with a thread for each ray.

    Args:
        kernel: one of those below.
        rays: how many.
        arguments: the kernel's, all on one device; it writes to some of them in place.
    """
    device, inputs = arguments[0].device, [wp.from_torch(tensor) for tensor in arguments]
    if device.type == "cuda":
        with wp.ScopedStream(wp.stream_from_torch(torch.cuda.current_stream(device))):
            wp.launch(kernel, dim=rays, inputs=inputs, device=wp.device_from_torch(device))
    else:
        wp.launch(kernel, dim=rays, inputs=inputs, device="cpu")


@wp.func
def _inverse(ray: float) -> float:
    """1 / ray, with its sign; of 0 a large number."""
    return 1.0 / wp.where(wp.abs(ray) > _PARALLEL, ray, _PARALLEL)


@wp.func
def _is_solid(solid_S_C: wp.array2d[wp.uint8], scene: int, row: int, column: int, columns: int) -> bool:
    """Whether a cell is a wall; what has left the grid is sent to any cell of it."""
    return int(solid_S_C[scene, wp.clamp(row * columns + column, 0, solid_S_C.shape[1] - 1)]) > 0


@wp.kernel(enable_backward=False)
def walk_grid(
    solid_S_C: wp.array2d[wp.uint8],
    scene_R: wp.array[wp.int64],
    x_R: wp.array[float],
    y_R: wp.array[float],
    z_R: wp.array[float],
    per_x_R: wp.array[float],
    per_y_R: wp.array[float],
    rise_R: wp.array[float],
    cells_x_R: wp.array[wp.int64],
    cells_y_R: wp.array[wp.int64],
    top_R: wp.array[float],
    limit_R: wp.array[float],
    column_R: wp.array[wp.int64],
    row_R: wp.array[wp.int64],
    passed_R: wp.array[float],
    axis_R: wp.array[wp.int64],
    line_R: wp.array[wp.int64],
):
    """Find what rays meet in the grid, cell by cell (Amanatides and Woo 1987): `axis_R` and `line_R` are written.

    The other arguments are those of `walls.Search`.
    """
    i = wp.tid()
    if axis_R[i] != wp.int64(_SEARCHING):
        return
    scene, columns, rows = int(scene_R[i]), int(cells_x_R[i]), int(cells_y_R[i])
    x, y, z, rise, top, limit = x_R[i], y_R[i], z_R[i], rise_R[i], top_R[i], limit_R[i]
    per_x, per_y = per_x_R[i], per_y_R[i]
    # 1 where the next line is that of the next cell, 0 where it is the cell's own
    ahead_x, ahead_y = wp.where(per_x > 0.0, 1, 0), wp.where(per_y > 0.0, 1, 0)
    column = int(column_R[i])
    row = int(row_R[i])
    passed = float(passed_R[i])
    axis = int(_SEARCHING)
    line = int(0)  # noqa: RUF046, UP018  (a variable, where 0 were a constant)
    while axis == _SEARCHING:
        next_x = (float(column + ahead_x) - x) * per_x
        next_y = (float(row + ahead_y) - y) * per_y
        leaves = wp.min(next_x, next_y)
        height = z + leaves * rise
        if z + passed * rise > top and height <= top and _is_solid(solid_S_C, scene, row, column, columns):
            axis = _TOP_AXIS
        by_x = next_x < next_y
        if by_x:
            column += 2 * ahead_x - 1
            line = column + 1 - ahead_x
        else:
            row += 2 * ahead_y - 1
            line = row + 1 - ahead_y
        if axis == _SEARCHING:
            within = column >= 0 and column < columns and row >= 0 and row < rows
            if not within or leaves >= limit or (height > top and rise >= 0.0):
                axis = _NO_AXIS
            elif height <= top and _is_solid(solid_S_C, scene, row, column, columns):
                axis = wp.where(by_x, 0, 1)
        passed = leaves
    axis_R[i] = wp.int64(axis)
    line_R[i] = wp.int64(line)


@wp.func
def _line_ahead(at: float, ray: float, column: int, last: int) -> float:
    """How far along a ray its patch ends; there is no line of the grid beyond the edges."""
    line = column + wp.where(ray > 0.0, 1, 0)
    return wp.where(line >= 0 and line <= last, (float(line) - at) * _inverse(ray), wp.inf)


@wp.kernel(enable_backward=False)
def march_terrain(
    height_S_T: wp.array2d[float],
    patch_top_S_T: wp.array2d[float],
    highest_S: wp.array[float],
    scene_R: wp.array[wp.int64],
    x_R: wp.array[float],
    y_R: wp.array[float],
    z_R: wp.array[float],
    ray_x_R: wp.array[float],
    ray_y_R: wp.array[float],
    rise_R: wp.array[float],
    last_x_R: wp.array[wp.int64],
    last_y_R: wp.array[wp.int64],
    limit_R: wp.array[float],
    column_R: wp.array[wp.int64],
    row_R: wp.array[wp.int64],
    passed_R: wp.array[float],
    walks_R: wp.array[wp.bool],
    depth_R: wp.array[float],
    facing_R: wp.array[float],
):
    """Find where rays meet the ground, patch by patch: `depth_R` and `facing_R` are written where they do.

    The other arguments are those of `terrain.March`.
    """
    i = wp.tid()
    scene, last_x, last_y = int(scene_R[i]), int(last_x_R[i]), int(last_y_R[i])
    x, y, z, ray_x, ray_y, rise = x_R[i], y_R[i], z_R[i], ray_x_R[i], ray_y_R[i], rise_R[i]
    limit, highest = wp.min(limit_R[i], _FARTHEST), highest_S[scene]
    column = int(column_R[i])
    row = int(row_R[i])
    passed = float(passed_R[i])
    walks = bool(walks_R[i])
    while walks:
        next_x, next_y = _line_ahead(x, ray_x, column, last_x), _line_ahead(y, ray_y, row, last_y)
        leaves = wp.min(next_x, next_y)
        if rise >= 0.0 and z + rise * passed > highest:
            walks = False
        lowest = z + rise * wp.where(rise < 0.0, leaves, passed)
        patch = wp.clamp(row, 0, last_y - 1) * last_x + wp.clamp(column, 0, last_x - 1)
        if walks and lowest <= patch_top_S_T[scene, patch]:
            # the heights of its corners; beyond the edge the ground goes on level
            left, right = wp.clamp(column, 0, last_x), wp.clamp(column + 1, 0, last_x)
            near_row, far_row = wp.clamp(row, 0, last_y) * (last_x + 1), wp.clamp(row + 1, 0, last_y) * (last_x + 1)
            near, far = height_S_T[scene, near_row + left], height_S_T[scene, far_row + left]
            along, across = height_S_T[scene, near_row + right] - near, far - near
            twist = height_S_T[scene, far_row + right] - far - along
            a, b = x + passed * ray_x - float(column), y + passed * ray_y - float(row)
            # over the ground at s beyond the patch's beginning: above + slope * s + bend * s²
            above = z + passed * rise - (near + a * along + b * (across + a * twist))
            slope = rise - ray_x * (along + b * twist) - ray_y * (across + a * twist)
            bend = -twist * ray_x * ray_y
            square = slope * slope - 4.0 * bend * above
            reach = float(wp.inf)
            if above <= 0.0:
                reach = 0.0
            elif square >= 0.0:
                half = (wp.sqrt(square) + wp.abs(slope)) / 2.0  # without cancellation
                if slope < 0.0:
                    reach = above / half
                elif bend < 0.0:
                    reach = half / -bend
            if reach <= leaves - passed and reach < wp.inf:
                depth_R[i] = passed + reach
                facing_R[i] = wp.max(wp.abs(slope + 2.0 * bend * reach), _LEAST_FACING)
                walks = False
        if next_x < next_y:
            column += wp.where(ray_x > 0.0, 1, -1)
        else:
            row += wp.where(ray_y > 0.0, 1, -1)
        passed = leaves
        if leaves >= limit:
            walks = False
