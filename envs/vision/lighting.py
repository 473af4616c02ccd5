"""Light maps: lamps, shadows and the darkness of corners, worked out once for a scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from ..core.arguments import check_integer, check_number
from .arrays import check_floats
from .scene import Colour, Scene

Map = NDArray[np.float64]
_STEPS = 48  # places at which the way to a lamp or to the sun is looked at


@dataclass(frozen=True)
class Lamp:
    """A lamp: at distance d it adds colour / (1 + (d / reach)²) to what light is multiplied by.

    Attributes:
        position: metres.
        colour: red, green and blue of its light.
        reach: metres at which half of it is left.
    """

    position: tuple[float, float, float]
    colour: Colour = (1.0, 0.9, 0.75)
    reach: float = 1.5

    def __post_init__(self) -> None:
        """Check.

        Raises:
            ValueError: a field is not as described.
        """
        check_floats("position", self.position, (3,))
        if check_floats("colour", self.colour, (3,)).min() < 0:
            raise ValueError(f"colour must be 0 or more, got {self.colour!r}")
        if check_number("reach", self.reach) <= 0:
            raise ValueError(f"reach must be over 0, got {self.reach!r}")


def bake_light(
    scene: Scene,
    lamps: Sequence[Lamp] = (),
    *,
    resolution: int = 128,
    base: float = 1.0,
    shadow: float = 0.45,
    corners: float = 0.2,
) -> Scene:
    """The scene with a light map: lamps that walls hide, shadows of the sun, slopes, and darkness beside what is high.

    Args:
        scene: what is lit.
        lamps: what lights it, beside its sun.
        resolution: places along its longer side.
        base: the light where no lamp reaches.
        shadow: how much of the light a shadow of the sun takes away.
        corners: how much of it places lose that lie low among high ones.

    Raises:
        ValueError: an argument is not as described.
    """
    check_integer("resolution", resolution, 4, 4096)
    for name, share, most in (("base", base, 2.0), ("shadow", shadow, 1.0), ("corners", corners, 1.0)):
        if not 0 <= check_number(name, share) <= most:
            raise ValueError(f"{name} must be from 0 to {most:g}, got {share!r}")
    spacing = max(scene.size) / resolution
    rows, columns = (max(1, round(length / spacing)) for length in reversed(scene.size))
    y, x = np.meshgrid(
        (np.arange(rows) + 0.5) * scene.size[1] / rows,
        (np.arange(columns) + 0.5) * scene.size[0] / columns,
        indexing="ij",
    )
    ground = _ground(scene, x, y)
    solid = _walls(scene, x, y)
    things = np.maximum(ground, np.where(solid, _wall_height(scene), -np.inf))
    things = np.maximum(things, _boxes(scene, x, y))
    light = np.full((rows, columns, 3), base)
    for lamp in lamps:
        light += _lamp(lamp, scene, x, y, ground, solid)
    if scene.ceiling is None:
        light *= _sun(scene, x, y, ground, things, shadow)[..., None]
    blurred = gaussian_filter(np.minimum(things, ground + 1.5), 0.45 / spacing, mode="nearest")
    hollow = np.clip((blurred - np.minimum(things, ground + 1.5)) / 1.5, 0, 1)
    light *= 1 - corners * np.sqrt(hollow)[..., None]
    return replace(scene, light=replace(scene.light, map_Y_X_3=np.clip(light, 0, 1.99).astype(np.float32)))


def _ground(scene: Scene, x: Map, y: Map) -> Map:
    if scene.terrain_Y_X is None:
        return np.zeros_like(x)
    rows, columns = scene.terrain_Y_X.shape
    places = [y / scene.size[1] * (rows - 1), x / scene.size[0] * (columns - 1)]
    return map_coordinates(scene.terrain_Y_X.astype(np.float64), places, order=1, mode="nearest")


def _wall_height(scene: Scene) -> float:
    return 0.0 if scene.walls is None else scene.walls.height


def _walls(scene: Scene, x: Map, y: Map) -> NDArray[np.bool_]:
    """Where walls stand; beyond the edges there are none."""
    if scene.walls is None:
        return np.zeros(x.shape, bool)
    kinds = scene.walls.kind_Y_X
    row = np.floor(y / scene.size[1] * kinds.shape[0]).astype(int)
    column = np.floor(x / scene.size[0] * kinds.shape[1]).astype(int)
    inside = (row >= 0) & (row < kinds.shape[0]) & (column >= 0) & (column < kinds.shape[1])
    return inside & (kinds[np.clip(row, 0, kinds.shape[0] - 1), np.clip(column, 0, kinds.shape[1] - 1)] > 0)


def _boxes(scene: Scene, x: Map, y: Map) -> Map:
    """The tops of the boxes, seen from above as if they were not tilted."""
    tops = np.full(x.shape, -np.inf)
    boxes = scene.boxes
    for centre, size, angles in zip(boxes.centre_B_3, boxes.size_B_3, boxes.angles_B_3, strict=True):  # pyright: ignore[reportArgumentType]
        cosine, sine = np.cos(angles[0]), np.sin(angles[0])
        along = (x - centre[0]) * cosine + (y - centre[1]) * sine
        across = (y - centre[1]) * cosine - (x - centre[0]) * sine
        under = (np.abs(along) <= size[0] / 2) & (np.abs(across) <= size[1] / 2)
        tops = np.where(under, np.maximum(tops, centre[2] + size[2] / 2), tops)
    return tops


def _lamp(lamp: Lamp, scene: Scene, x: Map, y: Map, ground: Map, solid: NDArray[np.bool_]) -> Map:
    lamp_x, lamp_y, lamp_z = lamp.position
    square = (x - lamp_x) ** 2 + (y - lamp_y) ** 2 + (ground - lamp_z) ** 2
    hidden = np.zeros(x.shape)
    for share in (np.arange(_STEPS) + 0.5) / _STEPS:
        blocks = _walls(scene, x + share * (lamp_x - x), y + share * (lamp_y - y))
        hidden = np.maximum(hidden, blocks & ~solid)
    lit = gaussian_filter(1.0 - hidden, 1.0)
    return (lit / (1 + square / lamp.reach**2))[..., None] * np.array(lamp.colour)


def _sun(scene: Scene, x: Map, y: Map, ground: Map, things: Map, shadow: float) -> Map:
    """What slopes and shadows leave, 1 on open level ground."""
    direction = np.array(scene.light.direction, np.float64)
    direction /= np.linalg.norm(direction)
    per_row, per_column = (length / count for length, count in zip(reversed(scene.size), x.shape, strict=True))
    slope_y, slope_x = np.zeros_like(x), np.zeros_like(x)
    if scene.terrain_Y_X is not None:
        slope_y, slope_x = np.gradient(ground, per_row, per_column)
    facing = (direction[2] - slope_x * direction[0] - slope_y * direction[1]) / np.sqrt(1 + slope_x**2 + slope_y**2)
    ambient, sun = (np.mean(light) for light in (scene.light.ambient, scene.light.sun))
    share = (ambient + sun * (0.5 + 0.5 * facing) ** 2) / max(ambient + sun * (0.5 + 0.5 * direction[2]) ** 2, 1e-6)
    level = np.hypot(direction[0], direction[1])
    if level < 1e-6 or direction[2] <= 0:
        return share
    highest = things.max() - ground.min()
    farthest = min(highest * level / direction[2], float(np.hypot(*scene.size)))
    hidden = np.zeros(x.shape, bool)
    for distance in farthest * (np.arange(_STEPS) + 0.5) / _STEPS:
        places = [
            (y + distance * direction[1] / level) / per_row - 0.5,
            (x + distance * direction[0] / level) / per_column - 0.5,
        ]
        hidden |= map_coordinates(things, places, order=0, mode="nearest") > things + distance * direction[2] / level
    return share * (1 - shadow * gaussian_filter(hidden.astype(np.float64), 0.7))
