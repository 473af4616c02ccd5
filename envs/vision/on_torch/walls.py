"""Which wall each ray meets first: cell by cell through the grid, all rays in step (Amanatides and Woo 1987)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..kernels.layout import NO_AXIS, TOP_AXIS
from .rays import Rays, Views
from .scenes import DeviceScenes, Settings
from .stepping import STEPS, inverse, kept
from .surfaces import Hits, WallHits


class _Search(NamedTuple):
    """Rays on their way, R of them.

    Lengths along the ground are in cells, heights and places on the ray in metres.
    """

    ray: Tensor  # which of all rays
    scene: Tensor
    x: Tensor  # where the camera is
    y: Tensor
    z: Tensor
    per_x: Tensor  # places on the ray by cells
    per_y: Tensor
    rise: Tensor
    ahead_x: Tensor  # 1 where the next line is that of the next cell, 0 where it is the cell's own
    ahead_y: Tensor
    cells_x: Tensor
    cells_y: Tensor
    top: Tensor  # of walls
    limit: Tensor  # where the ray ends at something else
    column: Tensor
    row: Tensor
    passed: Tensor  # how far along the ray its cell begins
    axis: Tensor  # what it has met: `_SEARCHING`, or as `WallHits` says
    line: Tensor  # on which line of the grid that is


_SEARCHING = -1


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
    axis, line = search.axis.clone(), search.line.clone()
    while True:
        open_ = search.axis == _SEARCHING
        axis[search.ray], line[search.ray] = search.axis, search.line
        search = kept(search, open_)
        if not len(search.ray):
            break
        for _ in range(STEPS):
            search = _step(search, scenes)
    axis, line = axis.view_as(rays.x), line.view_as(rays.x)
    plane = torch.where(axis == TOP_AXIS, settings["wall_height"], line * settings["cell"])
    return WallHits(axis, plane)


def _begin(hits: Hits, rays: Rays, views: Views, settings: Settings, scenes: DeviceScenes) -> _Search:
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
    per_x, per_y = inverse(ray_x), inverse(ray_y)
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
    search = _Search(
        ray=torch.arange(len(x), device=x.device),
        scene=scene,
        x=x,
        y=y,
        z=z,
        per_x=per_x,
        per_y=per_y,
        rise=rise,
        ahead_x=ahead_x,
        ahead_y=ahead_y,
        cells_x=cells_x,
        cells_y=cells_y,
        top=top,
        limit=hits.depth.reshape(-1),
        column=torch.where(here, column, 0.0).long(),
        row=torch.where(here, row, 0.0).long(),
        passed=passed,
        axis=torch.where(here, _SEARCHING, NO_AXIS),
        line=torch.zeros_like(scene),
    )
    at_edge = here & ~inside & _solid(search, scenes) & (z + passed * rise <= top)
    axis = torch.where(at_edge, torch.where(by_x, 0, 1), search.axis)
    line = torch.where(by_x, cells_x * (1 - ahead_x), cells_y * (1 - ahead_y))
    return search._replace(axis=axis, line=line)


def _step(search: _Search, scenes: DeviceScenes) -> _Search:
    """Every ray that has met nothing yet goes on to its next cell."""
    open_ = search.axis == _SEARCHING
    next_x = (search.column + search.ahead_x - search.x) * search.per_x
    next_y = (search.row + search.ahead_y - search.y) * search.per_y
    by_x = next_x < next_y
    leaves = torch.minimum(next_x, next_y)
    over = search.z + search.passed * search.rise > search.top
    height = search.z + leaves * search.rise
    on_top = over & (height <= search.top) & _solid(search, scenes)
    search = search._replace(
        column=search.column + torch.where(by_x, 2 * search.ahead_x - 1, 0),
        row=search.row + torch.where(by_x, 0, 2 * search.ahead_y - 1),
    )
    within = (search.column >= 0) & (search.column < search.cells_x) & (search.row >= 0) & (search.row < search.cells_y)
    ends = ~within | (leaves >= search.limit) | ((height > search.top) & (search.rise >= 0))
    side = ~ends & (height <= search.top) & _solid(search, scenes)
    met = torch.where(side, torch.where(by_x, 0, 1), torch.where(ends, NO_AXIS, _SEARCHING))
    met = torch.where(on_top, TOP_AXIS, met)
    line = torch.where(by_x, search.column + 1 - search.ahead_x, search.row + 1 - search.ahead_y)
    return search._replace(
        passed=leaves, axis=torch.where(open_, met, search.axis), line=torch.where(open_, line, search.line)
    )


def _solid(search: _Search, scenes: DeviceScenes) -> Tensor:
    """Whether a ray's cell is a wall; rays that have left the grid are sent to any cell of it."""
    last = scenes.row["solid_S_C"].shape[1] - 1
    cell = (search.row * search.cells_x + search.column).clamp(0, last)
    return scenes.look_up("solid_S_C", search.scene, cell) > 0
