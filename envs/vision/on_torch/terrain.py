"""Terrain: where rays come down to the hills, and where `kernels.march_terrain` finds that they meet the ground.

The ground goes on level beyond the edge: patches there have no end. It ends at the horizon, which is as far away as in
`kernels.terrain` of the first back end.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ..kernels.layout import GROUND_FACE
from ..kernels.terrain import HORIZON
from .kernels import follow, march_terrain
from .rays import Rays, Views
from .scenes import DeviceScenes, Settings
from .surfaces import Hits


class March(NamedTuple):
    """R rays in their first patch.

    Lengths along the ground are in samples, heights and places on the ray in metres.
    """

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
    walks: Tensor  # whether it meets anything at all
    depth: Tensor  # where it has met the ground
    facing: Tensor


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
    follow(march_terrain, march.x.numel(), scenes.row["height_S_T"], scenes.patch_top_S_T, scenes.highest_S, *march)
    depth, facing = march.depth.view_as(rays.x), march.facing.view_as(rays.x)
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


def _begin(limit: Tensor, rays: Rays, views: Views, settings: Settings, scenes: DeviceScenes) -> March:
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
    return March(
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
        walks=walks,
        depth=torch.full_like(x, math.inf),
        facing=torch.ones_like(x),
    )


def _patch(place: Tensor, last: Tensor) -> Tensor:
    return torch.minimum(place.floor().clamp(min=-1), last.float()).long()
