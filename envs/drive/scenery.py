"""What a course looks like."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..vision import Boxes, Ceiling, Fog, Lamp, Light, Scene, Textures, Walls, bake_light, make_textures
from ..vision.procedural import METRES, draw_textures
from .course import Course
from .kernels.layout import DIRT, GRAVEL

STYLES = 4
"""Sets of textures."""

_CELL = 0.2
_CEILING, _WALL = 2.4, 0.8
_SECTIONS = 16  # of an indoor course, whose walls differ
_WALL_TEXTURES = ("brick", "planks", "plaster", "stripes", "concrete", "crate")


@dataclass(frozen=True, slots=True)
class Looks:
    """How a course is shown.

    Attributes:
        style: the set of textures, from 0 to `STYLES` - 1.
        brightness: what all light is multiplied by.
        fog: density, see `palaestra.envs.vision.Fog`.
    """

    style: int
    brightness: float
    fog: float


@functools.cache
def drive_textures() -> Textures:
    """All sets of textures; the one of number k has names that end with `-k`."""
    pictures, metres = {}, {}
    for style in range(STYLES):
        for name, picture in draw_textures(style, size=64, variety=0.15 * style).items():
            pictures[f"{name}-{style}"] = picture
            metres[f"{name}-{style}"] = METRES.get(name, 1.0)
    return make_textures(pictures, metres=metres, size=64)


def show(course: Course, looks: Looks, light_Y_X_3: NDArray[np.float32]) -> Scene:
    """The scene of a course.

    Args:
        course: what is shown.
        looks: how.
        light_Y_X_3: the map of the light, from `light_of`.
    """
    scene = _plain_scene(course, looks.style)
    light = scene.light
    bright = replace(
        light,
        ambient=tuple(looks.brightness * part for part in light.ambient),
        sun=tuple(looks.brightness * part for part in light.sun),
        map_Y_X_3=light_Y_X_3,
    )
    return replace(scene, light=bright, fog=replace(scene.fog, density=looks.fog))


def light_of(course: Course) -> NDArray[np.float32]:
    """The map of a course's light, which is the same in all looks; it takes much longer than the rest."""
    scene = _plain_scene(course, 0)
    if course.kind == "indoor":
        places = course.line_L_2[:: len(course.line_L_2) // 6]
        lamps = [Lamp((float(x), float(y), _CEILING - 0.2), (0.8, 0.7, 0.5), 1.5) for x, y in places]
        lit = bake_light(scene, lamps, resolution=64, base=0.7)
    else:
        lit = bake_light(scene, resolution=192, shadow=0.5)
    assert lit.light.map_Y_X_3 is not None
    return lit.light.map_Y_X_3


@functools.lru_cache(maxsize=256)
def _plain_scene(course: Course, style: int) -> Scene:
    """A course under ordinary light, in clear air."""
    return _indoor(course, style) if course.kind == "indoor" else _outdoor(course, style)


def _indoor(course: Course, style: int) -> Scene:
    textures = drive_textures()
    cells = int(np.ceil(course.side / _CELL))
    centres = (np.arange(cells) + 0.5) * course.side / cells
    y, x = np.meshgrid(centres, centres, indexing="ij")
    squares = np.stack([(x[..., None] - course.line_L_2[::4, 0]), (y[..., None] - course.line_L_2[::4, 1])])
    distance = np.hypot(*squares)
    section = distance.argmin(axis=-1) * _SECTIONS // distance.shape[-1]
    # neighbours differ, and a lap has no two stretches alike
    kind = 1 + (section + section // len(_WALL_TEXTURES)) % len(_WALL_TEXTURES)
    return Scene(
        size=(course.side, course.side),
        floor_Y_X=textures[f"tiles-{style}"],
        sky=textures[f"sky-{style}"],
        walls=Walls(
            np.where(distance.min(axis=-1) > course.lane / 2, kind, 0),
            tuple(textures[f"{name}-{style}"] for name in _WALL_TEXTURES),
            height=_WALL,
        ),
        ceiling=Ceiling(_CEILING, textures[f"panels-{style}"]),
        light=Light(ambient=(0.62, 0.62, 0.64), sun=(0.55, 0.53, 0.50), direction=(0.45, 0.25, 0.8)),
        fog=Fog(0.0, (0.82, 0.82, 0.84)),
    )


def _outdoor(course: Course, style: int) -> Scene:
    textures, surface = drive_textures(), course.arrays.surface_P_Y_X[0]
    names = {GRAVEL: "gravel", DIRT: "dirt"}
    floor = np.full(surface.shape, textures[f"grass-{style}"])
    for kind, name in names.items():
        floor[surface == kind] = textures[f"{name}-{style}"]
    return Scene(
        size=(course.side, course.side),
        floor_Y_X=floor,
        terrain_Y_X=course.terrain_Y_X,
        sky=textures[f"sky-{style}"],
        boxes=_trees(course.trees_T_3, style),
        light=Light(ambient=(0.52, 0.56, 0.64), sun=(0.75, 0.70, 0.60), direction=(0.6, 0.35, 0.55)),
        fog=Fog(0.0, (0.78, 0.85, 0.92)),
    )


def _trees(trees_T_3: NDArray[np.float64], style: int) -> Boxes:
    """A trunk and a crown each."""
    textures, count = drive_textures(), len(trees_T_3)
    height_T = 1.6 + 0.8 * np.abs(np.sin(7.0 * trees_T_3[:, 0]))
    trunk_T_3 = trees_T_3 + np.array([0.0, 0.0, 0.5])
    crown_T_3 = trees_T_3 + np.stack([np.zeros(count), np.zeros(count), 0.8 + height_T / 2], axis=-1)
    angles = np.zeros((2 * count, 3), np.float32)
    angles[:, 0] = np.tile(5.0 * trees_T_3[:, 1], 2)
    crown_size_T_3 = np.stack([np.full(count, 1.3), np.full(count, 1.3), height_T], axis=-1)
    return Boxes(
        centre_B_3=np.concatenate([trunk_T_3, crown_T_3]).astype(np.float32),
        size_B_3=np.concatenate([np.tile([0.3, 0.3, 1.4], (count, 1)), crown_size_T_3]),
        texture_B=np.repeat([textures[f"bark-{style}"], textures[f"leaves-{style}"]], count),
        angles_B_3=angles,
    )
