"""Terrain: every ray meets the bilinear patches of the height field one after another, all rays in step.

A patch whose highest corner lies below a ray is passed by. In the others the ray's height over the ground is a
quadratic of the place along it, whose first root is where they meet. Beyond the edge the ground goes on level: patches
there have no end. It ends at the horizon, which is as far away as in `kernels.terrain`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ..kernels.layout import GROUND_FACE
from ..kernels.terrain import HORIZON, LEAST_FACING
from .rays import Rays, Views
from .scenes import DeviceScenes, Settings
from .stepping import STEPS, inverse, kept
from .surfaces import Hits

_LEAST_FACING = float(LEAST_FACING)


class _March(NamedTuple):
    """Rays on their way, R of them.

    Lengths along the ground are in samples, heights and places on the ray in metres.
    """

    ray: Tensor  # which of all rays
    scene: Tensor
    x: Tensor  # where the camera is
    y: Tensor
    z: Tensor
    ray_x: Tensor
    ray_y: Tensor
    rise: Tensor
    last_x: Tensor  # the last column and row of samples
    last_y: Tensor
    limit: Tensor  # where the ray ends at something else
    column: Tensor  # of its patch, from -1 to the last; these two go on without end
    row: Tensor
    passed: Tensor  # how far along the ray its patch begins
    depth: Tensor  # where it has met the ground
    facing: Tensor
    walks: Tensor  # whether it is still on its way


def meet_terrain(hits: Hits, rays: Rays, views: Views, settings: Settings, scenes: DeviceScenes) -> Hits:
    """Put the ground before ceiling and sky.

    A camera below the ground sees nothing else.

    Args:
        hits: ceiling and sky.
        rays: of all pixels.
        views: the cameras.
        settings: of their scenes.
        scenes: has the heights.
    """
    limit = torch.minimum(hits.depth, _horizon(rays, views, settings))
    march = _begin(limit, rays, views, settings, scenes)
    depth, facing = march.depth.clone(), march.facing.clone()
    while True:
        march = kept(march, march.walks)
        if not len(march.ray):
            break
        for _ in range(STEPS):
            march = _pass_by(march, scenes)
        march = _meet(march, scenes)
        depth[march.ray], facing[march.ray] = march.depth, march.facing
    depth, facing = depth.view_as(rays.x), facing.view_as(rays.x)
    met = depth < limit
    return Hits(
        torch.where(met, depth, hits.depth),
        torch.where(met, facing, hits.facing),
        torch.where(met, GROUND_FACE, hits.face),
    )


def _horizon(rays: Rays, views: Views, settings: Settings) -> Tensor:
    """How far along each ray there is ground."""
    beyond = [
        ((views.position_N_3[:, k : k + 1] - settings[name] / 2).abs() - settings[name] / 2).clamp(min=0)
        for k, name in enumerate(("size_x", "size_y"))
    ]
    farthest = HORIZON * (settings["size_x"] + settings["size_y"] + beyond[0] + beyond[1])
    return farthest / (rays.x.abs() + rays.y.abs())


def _begin(limit: Tensor, rays: Rays, views: Views, settings: Settings, scenes: DeviceScenes) -> _March:
    """Rays in their first patch: from above all hills, where they come down to the highest."""
    last_x, last_y = settings["terrain_x"] - 1, settings["terrain_y"] - 1
    per_x, per_y = last_x / settings["size_x"], last_y / settings["size_y"]
    highest = scenes.highest_S[views.scene_N][:, None]
    scene, x, y, z, columns, rows, above, walks = (
        each.expand_as(rays.x).reshape(-1)
        for each in (
            views.scene_N[:, None],
            views.position_N_3[:, 0:1] * per_x,
            views.position_N_3[:, 1:2] * per_y,
            views.position_N_3[:, 2:],
            last_x,
            last_y,
            (views.position_N_3[:, 2:] - highest).clamp(min=0),
            settings["terrain_x"] > 0,
        )
    )
    ray_x, ray_y, rise = (rays.x * per_x).view(-1), (rays.y * per_y).view(-1), rays.z.reshape(-1)
    passed = torch.where(above > 0, above / (-rise), 0.0)
    walks = walks & ((above == 0) | (rise < 0))
    passed = torch.where(walks, passed, 0.0)
    return _March(
        ray=torch.arange(len(x), device=x.device),
        scene=scene,
        x=x,
        y=y,
        z=z,
        ray_x=ray_x,
        ray_y=ray_y,
        rise=rise,
        last_x=columns,
        last_y=rows,
        limit=limit.reshape(-1),
        column=_patch(x + passed * ray_x, columns),
        row=_patch(y + passed * ray_y, rows),
        passed=passed,
        depth=torch.full_like(x, math.inf),
        facing=torch.ones_like(x),
        walks=walks,
    )


def _patch(place: Tensor, last: Tensor) -> Tensor:
    return torch.minimum(place.floor().clamp(min=-1), last.float()).long()


def _lines(march: _March) -> tuple[Tensor, Tensor]:
    """How far along the ray its patch ends in x and in y; there is no line of the grid beyond the edges."""
    places = []
    for column, at, ray, last in (
        (march.column, march.x, march.ray_x, march.last_x),
        (march.row, march.y, march.ray_y, march.last_y),
    ):
        line = column + (ray > 0).long()
        places.append(torch.where((line >= 0) & (line <= last), (line - at) * inverse(ray), math.inf))
    return places[0], places[1]


def _go_on(march: _March, goes: Tensor, next_x: Tensor, next_y: Tensor) -> _March:
    """Those that go are in their next patch, or at their end."""
    by_x, leaves = next_x < next_y, torch.minimum(next_x, next_y)
    step_x = torch.where(goes & by_x, torch.where(march.ray_x > 0, 1, -1), 0)
    step_y = torch.where(goes & ~by_x, torch.where(march.ray_y > 0, 1, -1), 0)
    ends = leaves >= march.limit.clamp(max=torch.finfo(leaves.dtype).max)
    return march._replace(
        column=march.column + step_x,
        row=march.row + step_y,
        passed=torch.where(goes, leaves, march.passed),
        walks=march.walks & ~(goes & ends),
    )


def _pass_by(march: _March, scenes: DeviceScenes) -> _March:
    """Go on where the ray stays over its patch; wait where it may meet it."""
    next_x, next_y = _lines(march)
    leaves = torch.minimum(next_x, next_y)
    lowest = torch.where(march.rise < 0, march.z + march.rise * leaves, march.z + march.rise * march.passed)
    row = torch.minimum(march.row.clamp(min=0), march.last_y - 1)
    column = torch.minimum(march.column.clamp(min=0), march.last_x - 1)
    over = lowest > scenes.patch_top(march.scene, row * march.last_x + column)
    clear = (march.rise >= 0) & (march.z + march.rise * march.passed > scenes.highest_S[march.scene])
    march = march._replace(walks=march.walks & ~clear)
    return _go_on(march, march.walks & over, next_x, next_y)


def _meet(march: _March, scenes: DeviceScenes) -> _March:
    """Find where rays meet their patch; those that do not go on."""
    next_x, next_y = _lines(march)
    x, y = march.x + march.passed * march.ray_x, march.y + march.passed * march.ray_y
    columns = [torch.minimum((march.column + k).clamp(min=0), march.last_x) for k in (0, 1)]
    rows = [torch.minimum((march.row + k).clamp(min=0), march.last_y) for k in (0, 1)]
    (near, near_next), (far, far_next) = (
        [scenes.look_up("height_S_T", march.scene, row * (march.last_x + 1) + column) for column in columns]
        for row in rows
    )
    along, across, twist = near_next - near, far - near, far_next - far - near_next + near
    a, b = x - march.column, y - march.row
    # over the ground at s beyond the patch's beginning: above + slope * s + bend * s²
    above = march.z + march.passed * march.rise - (near + a * along + b * (across + a * twist))
    slope = march.rise - march.ray_x * (along + b * twist) - march.ray_y * (across + a * twist)
    bend = -twist * march.ray_x * march.ray_y
    square = slope * slope - 4.0 * bend * above
    root = square.clamp(min=0).sqrt()
    half = torch.where(slope < 0, root - slope, -root - slope) / 2  # without cancellation
    reach = torch.where(slope < 0, above / half, torch.where(bend < 0, half / bend, math.inf))
    reach = torch.where(square >= 0, reach, math.inf)
    reach = torch.where(above <= 0, 0.0, reach)
    met = march.walks & (reach <= torch.minimum(next_x, next_y) - march.passed) & (reach < math.inf)
    facing = (slope + 2.0 * bend * reach).abs().clamp(min=_LEAST_FACING)
    march = march._replace(
        depth=torch.where(met, march.passed + reach, march.depth),
        facing=torch.where(met, facing, march.facing),
        walks=march.walks & ~met,
    )
    return _go_on(march, march.walks, next_x, next_y)
