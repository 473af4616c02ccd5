"""Which wall each ray meets first: where rays enter the grid, and what `kernels.walk_grid` finds in it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..kernels.layout import NO_AXIS, TOP_AXIS
from .kernels import PARALLEL, SEARCHING, follow, walk_grid
from .rays import Rays, Views
from .scenes import DeviceScenes, Settings
from .surfaces import Hits, WallHits


class Search(NamedTuple):
    """R rays in their first cell.

    Lengths along the ground are in cells, heights and places on the ray in metres.
    """

    scene: Tensor
    x: Tensor  # where the camera is
    y: Tensor
    z: Tensor
    per_x: Tensor  # places on the ray by cells
    per_y: Tensor
    rise: Tensor
    cells_x: Tensor
    cells_y: Tensor
    top: Tensor  # of walls
    limit: Tensor  # where the ray ends at something else
    column: Tensor
    row: Tensor
    passed: Tensor  # how far along the ray its cell begins
    axis: Tensor  # what it has met: `SEARCHING`, or as `WallHits` says
    line: Tensor  # on which line of the grid that is


def meet_walls(hits: Hits, rays: Rays, views: Views, settings: Settings, scenes: DeviceScenes) -> WallHits:
    """The first wall of each ray, as far as the ray goes.

    The cell that the camera is in counts as open.

    Args:
        hits: where rays end if there is no wall.
        rays: of all pixels.
        views: the cameras.
        settings: of their scenes.
        scenes: has the grids.
    """
    search = _begin(hits, rays, views, settings, scenes)
    follow(walk_grid, search.x.numel(), scenes.row["solid_S_C"], *search)
    axis, line = search.axis.view_as(rays.x), search.line.view_as(rays.x)
    plane = torch.where(axis == TOP_AXIS, settings["wall_height"], line * settings["cell"])
    return WallHits(axis, plane)


def _begin(hits: Hits, rays: Rays, views: Views, settings: Settings, scenes: DeviceScenes) -> Search:
    """Rays in their first cell; from outside of the grid they go on to the edge where they enter it."""
    cell = torch.where(settings["cells_x"] > 0, settings["cell"], 1.0)
    place = views.position_N_3 / cell
    scene, x, y, z, cells_x, cells_y, top = (
        each.expand_as(rays.x).reshape(-1)
        for each in (
            views.scene_N[:, None],
            place[:, 0:1],
            place[:, 1:2],
            views.position_N_3[:, 2:],
            settings["cells_x"],
            settings["cells_y"],
            settings["wall_height"],
        )
    )
    ray_x, ray_y, rise = (rays.x / cell).view(-1), (rays.y / cell).view(-1), rays.z.reshape(-1)
    per_x, per_y = _inverse(ray_x), _inverse(ray_y)
    ahead_x, ahead_y = (per_x > 0).long(), (per_y > 0).long()
    inside = (x >= 0) & (x < cells_x) & (y >= 0) & (y < cells_y)
    enter_x = ((cells_x * (1 - ahead_x) - x) * per_x).clamp(min=0)
    enter_y = ((cells_y * (1 - ahead_y) - y) * per_y).clamp(min=0)
    by_x = enter_x > enter_y
    passed = torch.where(inside, 0.0, torch.maximum(enter_x, enter_y))
    across = torch.where(by_x, y + passed * ray_y, x + passed * ray_x)
    enters = (across >= 0) & (across < torch.where(by_x, cells_y, cells_x))
    column = torch.where(inside | ~by_x, torch.where(inside, x, across), (cells_x - 1) * (1 - ahead_x))
    row = torch.where(inside | by_x, torch.where(inside, y, across), (cells_y - 1) * (1 - ahead_y))
    here = inside | enters
    search = Search(
        scene=scene,
        x=x,
        y=y,
        z=z,
        per_x=per_x,
        per_y=per_y,
        rise=rise,
        cells_x=cells_x,
        cells_y=cells_y,
        top=top,
        limit=hits.depth.reshape(-1),
        column=torch.where(here, column, 0.0).long(),
        row=torch.where(here, row, 0.0).long(),
        passed=passed,
        axis=torch.where(here, SEARCHING, NO_AXIS),
        line=torch.zeros_like(scene),
    )
    at_edge = here & ~inside & _solid(search, scenes) & (z + passed * rise <= top)
    axis = torch.where(at_edge, torch.where(by_x, 0, 1), search.axis)
    line = torch.where(by_x, cells_x * (1 - ahead_x), cells_y * (1 - ahead_y))
    return search._replace(axis=axis, line=line)


def _solid(search: Search, scenes: DeviceScenes) -> Tensor:
    """Whether a ray's cell is a wall; rays that have left the grid are sent to any cell of it."""
    last = scenes.row["solid_S_C"].shape[1] - 1
    cell = (search.row * search.cells_x + search.column).clamp(0, last)
    return scenes.look_up("solid_S_C", search.scene, cell) > 0


def _inverse(ray: Tensor) -> Tensor:
    """1 / ray, with its sign; of 0 a large number."""
    return 1.0 / torch.where(ray.abs() > PARALLEL, ray, PARALLEL)
