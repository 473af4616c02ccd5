"""What floor, ceiling, sky and walls are at the points where rays meet them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from ..kernels.layout import DOWN, EAST, NO_AXIS, NORTH, SKY_FACE, SKY_HEIGHT, SOUTH, TOP_AXIS, UP, WEST
from ..kernels.surfaces import HAZE, NUDGE
from .rays import Rays, Views
from .scenes import Settings

_HAZE, _NUDGE = float(HAZE), float(NUDGE)


class Hits(NamedTuple):
    """The first thing that each ray meets.

    Attributes:
        depth: how far along the ray.
        facing: the ray along the normal of what it hits.
        face: which row of the table of lights.
    """

    depth: Tensor
    facing: Tensor
    face: Tensor


class WallHits(NamedTuple):
    """The first wall that each ray meets.

    Attributes:
        axis: 0 and 1 are sides, 2 is its top, 3 is none.
        plane: where the wall stands, along its axis.
    """

    axis: Tensor
    plane: Tensor


@dataclass(slots=True)
class Seen:
    """What pixels show; see the planes of the same names in `kernels.layout`."""

    depth: Tensor
    u: Tensor
    v: Tensor
    spread: Tensor
    clear: Tensor
    face: Tensor
    surface: Tensor
    place: Tensor


def clearness(distance: Tensor, density: Tensor) -> Tensor:
    """The share of light that fog leaves: (1 - d/8)^8 for exp(-d)."""
    share = (1.0 - distance * density * 0.125).clamp(min=0.0)
    share = share * share
    share = share * share
    return share * share


def clamp(place: Tensor, last: Tensor) -> Tensor:
    """The whole number below, from 0 to the last; of what is no number, 0."""
    return torch.minimum(torch.where(place > 0, place, 0.0), last.to(place.dtype)).long()


def light_place(x: Tensor, y: Tensor, settings: Settings) -> Tensor:
    """Where in the light map a point of the scene is; the first entry belongs to none."""
    column = clamp(x * (settings["light_x"] / settings["size_x"]), settings["light_x"] - 1)
    row = clamp(y * (settings["light_y"] / settings["size_y"]), settings["light_y"] - 1)
    return 1 + row * settings["light_x"] + column


def meet_planes(rays: Rays, views: Views, settings: Settings) -> Hits:
    """Floor, where it is flat, ceiling and sky."""
    z = views.position_N_3[:, 2:]
    below, above = torch.where(settings["terrain_x"] > 0, -math.inf, -z), settings["ceiling"] - z
    falling = rays.z < 0
    depth = torch.where(falling, below, above) / rays.z
    depth = torch.where(depth > 0, depth, math.inf)
    face = torch.where(falling, UP, DOWN)
    return Hits(depth, rays.z.abs(), torch.where(depth < math.inf, face, SKY_FACE))


def resolve(hits: Hits, walls: WallHits | None, rays: Rays, views: Views, settings: Settings) -> Seen:
    """Put walls before what is behind them, and work out what pixels show.

    Args:
        hits: floor, ceiling, sky and terrain.
        walls: None where no scene has any.
        rays: of all pixels.
        views: the cameras.
        settings: of their scenes.
    """
    x0, y0, z0 = views.position_N_3.split(1, dim=1)
    depth, facing, face = hits
    if walls is None:
        wall = torch.zeros_like(face, dtype=torch.bool)
    else:
        along = torch.where(walls.axis == 0, rays.x, torch.where(walls.axis == TOP_AXIS, rays.z, rays.y))
        origin = torch.where(walls.axis == 0, x0, torch.where(walls.axis == TOP_AXIS, z0, y0))
        wall_depth = (walls.plane - origin) / along
        missed = (walls.axis < TOP_AXIS) & (z0 + wall_depth * rays.z > settings["wall_height"])
        wall = ~missed & (walls.axis != NO_AXIS) & (wall_depth > 0) & (wall_depth < depth)
        side_x, side_y = torch.where(rays.x < 0, EAST, WEST), torch.where(rays.y < 0, NORTH, SOUTH)
        side = torch.where(walls.axis == 0, side_x, torch.where(walls.axis == TOP_AXIS, UP, side_y))
        depth = torch.where(wall, wall_depth, depth)
        facing = torch.where(wall, along.abs(), facing)
        face = torch.where(wall, side, face)
    sky, rising, upright = face == SKY_FACE, rays.z > 0, face < UP
    reach = torch.where(sky, torch.where(rising, SKY_HEIGHT / rays.z, 0.0), depth)
    x = torch.where(sky, 0.0, x0) + reach * rays.x
    y = torch.where(sky, 0.0, y0) + reach * rays.y
    z = z0 + reach * rays.z
    east, west, north, south = (face == side for side in (EAST, WEST, NORTH, SOUTH))
    # so that what is painted on a wall is not seen in a mirror
    u = torch.where(east, y, torch.where(west, -y, torch.where(north, -x, x)))
    square = rays.x * rays.x + rays.y * rays.y + rays.z * rays.z
    length = square.sqrt()
    steep = torch.where(rising, rays.z * rays.z, 0.0)
    clear = torch.where(sky, steep / (steep + _HAZE * square), clearness(depth * length, settings["fog_density"]))
    nudge = _NUDGE * settings["cell"]
    into_x = nudge * (west.float() - east.float())
    into_y = nudge * (south.float() - north.float())
    return Seen(
        depth=depth,
        u=u,
        v=torch.where(upright, -z, y),
        spread=reach * views.pixel_N_1 * length / facing,
        clear=clear,
        face=face,
        surface=_surface(x, y, x + into_x, y + into_y, face, wall, settings),
        place=torch.where(sky, 0, light_place(x - into_x, y - into_y, settings)),
    )


def _surface(
    x: Tensor, y: Tensor, inside_x: Tensor, inside_y: Tensor, face: Tensor, wall: Tensor, settings: Settings
) -> Tensor:
    """Which of the scene's surfaces; a wall's point lies inside its cell."""
    column = clamp(x * (settings["ground_x"] / settings["size_x"]), settings["ground_x"] - 1)
    row = clamp(y * (settings["ground_y"] / settings["size_y"]), settings["ground_y"] - 1)
    surface = settings["first_ground"] + row * settings["ground_x"] + column
    surface = torch.where(face == DOWN, settings["ceiling_surface"], surface)
    surface = torch.where(face == SKY_FACE, settings["sky_surface"], surface)
    cell_x = clamp(inside_x * (settings["cells_x"] / settings["size_x"]), settings["cells_x"] - 1)
    cell_y = clamp(inside_y * (settings["cells_y"] / settings["size_y"]), settings["cells_y"] - 1)
    return torch.where(wall, cell_y * settings["cells_x"] + cell_x, surface)
