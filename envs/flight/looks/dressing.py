"""From a floor plan and looks to a scene for the renderer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from ...vision import Boxes, Ceiling, Fog, Light, Scene, Walls
from ..floors.plan import EXTENT, MOST_BLOCKS, SIDE, FloorPlan
from .textures import TEXTURES, Style

_WALL_KINDS = 3
_ZONES = 3
_MATERIALS = ("furniture", "door", "stair", "gate", "lamp")
_MAP = 2 * SIDE  # places of the light map along a side


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How a floor looks in one episode.

    Attributes:
        surfaces: a seed, from which textures and the colours of furniture are drawn.
        brightness: of the light from everywhere.
        contrast: of the light from one side.
        azimuth: where that light comes from, radians.
        warmth: how far the light is red rather than blue.
        lamps: strength of the lamps, or of the bands of light.
        spacing: metres between them.
        haze: fog of a metre.
    """

    surfaces: int
    brightness: float
    contrast: float
    azimuth: float
    warmth: float
    lamps: float
    spacing: float
    haze: float


def dress(plan: FloorPlan, looks: Looks, style: Style, textures: int) -> Scene:
    """The scene of a floor.

    In the style `train` lamps hang in rows and light fades around them; in `held_out` bands of sunlight fall across the
    floor and everything beside them is dim.

    Args:
        plan: what is built.
        looks: how it looks.
        style: the lighting model.
        textures: how many of the pool's textures are used, from the first one on.
    """
    rng = np.random.default_rng(looks.surfaces)
    chosen = rng.integers(min(textures, TEXTURES), size=_WALL_KINDS + _ZONES + 1 + len(_MATERIALS))
    walls, zones = chosen[:_WALL_KINDS], chosen[_WALL_KINDS : _WALL_KINDS + _ZONES]
    ceiling, materials = chosen[_WALL_KINDS + _ZONES], chosen[_WALL_KINDS + _ZONES + 1 :]
    light_3 = 1.0 + looks.warmth * np.array([1.0, 0.0, -1.0])
    return Scene(
        size=(EXTENT, EXTENT),
        floor_Y_X=zones[plan.zone_Y_X].astype(np.int32),
        walls=Walls(plan.kind_Y_X, tuple(int(k) for k in walls), height=plan.ceiling),
        ceiling=Ceiling(plan.ceiling, int(ceiling)),
        sky=int(ceiling),
        boxes=_boxes(plan, materials, rng),
        light=Light(
            ambient=_colour(looks.brightness * light_3),
            sun=_colour(looks.contrast * light_3),
            direction=(float(np.cos(looks.azimuth)), float(np.sin(looks.azimuth)), 0.6),
            map_Y_X_3=_lamps(looks, plan) if style == "train" else _bands(looks, rng),
        ),
        fog=Fog(looks.haze, _colour(np.clip(0.6 * light_3, 0, 1))),
    )


def _boxes(plan: FloorPlan, texture_M: NDArray[np.integer], rng: np.random.Generator) -> Boxes:
    """The blocks, with colours drawn for all there could be: their number changes nothing else that is drawn."""
    tint_B_3 = rng.uniform(0.45, 1.0, (MOST_BLOCKS, 1)) * rng.uniform(0.75, 1.0, (MOST_BLOCKS, 3))
    blocks = plan.blocks
    return Boxes(
        centre_B_3=np.array([block.centre for block in blocks], np.float32).reshape(-1, 3),
        size_B_3=np.array([block.size for block in blocks], np.float32).reshape(-1, 3),
        texture_B=np.array([texture_M[_MATERIALS.index(block.material)] for block in blocks], np.int32),
        angles_B_3=np.array([(block.yaw, 0.0, 0.0) for block in blocks], np.float32).reshape(-1, 3),
        tint_B_3=tint_B_3[: len(blocks)].astype(np.float32),
    )


def _lamps(looks: Looks, plan: FloorPlan) -> NDArray[np.float32]:
    """Lamps in rows, `spacing` metres apart, and darkness beside walls."""
    at = (np.arange(_MAP) + 0.5) * EXTENT / _MAP
    wave = np.abs((at + looks.azimuth) % looks.spacing - looks.spacing / 2)
    away_Y_X = wave[:, None] ** 2 + wave**2
    lit_Y_X = 1.0 - 0.3 * looks.lamps + looks.lamps / (1.0 + away_Y_X)
    walls_Y_X = np.repeat(np.repeat(plan.kind_Y_X > 0, 2, axis=0), 2, axis=1).astype(np.float64)
    corners_Y_X = uniform_filter(walls_Y_X, 5, mode="nearest")
    lit_Y_X *= 1.0 - 0.35 * corners_Y_X
    return np.repeat(np.clip(lit_Y_X, 0.0, 1.99)[..., None], 3, axis=2).astype(np.float32)


def _bands(looks: Looks, rng: np.random.Generator) -> NDArray[np.float32]:
    """Bands of coloured light across the floor, and dimness between them."""
    at = (np.arange(_MAP) + 0.5) * EXTENT / _MAP
    along_Y_X = at[:, None] * np.sin(looks.azimuth) + at * np.cos(looks.azimuth)
    is_lit_Y_X = (along_Y_X % looks.spacing) < 0.4 * looks.spacing
    colour_3 = rng.uniform(0.5, 1.0, 3)
    lit = 0.75 + looks.lamps * is_lit_Y_X[..., None] * colour_3
    return np.clip(lit, 0.0, 1.99).astype(np.float32)


def _colour(colour_3: NDArray[np.float64]) -> tuple[float, float, float]:
    red, green, blue = np.maximum(colour_3, 0.0).tolist()
    return red, green, blue
