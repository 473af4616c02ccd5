"""Pools of textures that floors are covered with, one for training and one that is held out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...vision import Textures, make_textures
from ...vision.procedural import METRES, draw_textures

Style = Literal["train", "held_out"]
Picture = NDArray[np.floating]

TEXTURES = 128
"""How many textures each pool has."""
_SIZE = 64  # texels along a side
_INDOORS = (
    "plaster",
    "planks",
    "brick",
    "tiles",
    "wallpaper",
    "concrete",
    "carpet",
    "panels",
    "stone",
    "crate",
    "metal",
    "stripes",
    "paint",
    "bark",
    "gravel",
    "leaves",
)


@cache
def texture_pool(style: Style) -> Textures:
    """`TEXTURES` textures: each picture of a family in several colourings, the first ones as they are.

    The families of training are the materials of `palaestra.envs.vision.procedural`; those held out are patterns that
    no material has: zigzags, dots, waves, rings, patches, plaids, speckles and triangles.
    """
    if style == "train":
        drawn = draw_textures(0, size=_SIZE)
        pictures = [drawn[name] / 255.0 for name in _INDOORS]
        metres = [METRES.get(name, 1.0) for name in _INDOORS]
    else:
        rng = np.random.default_rng(1)
        pictures = [draw(rng) for draw in _PATTERNS]
        metres = [1.3] * len(pictures)
    rng = np.random.default_rng(2 if style == "train" else 3)
    images, lengths = {}, {}
    for k in range(TEXTURES):
        family, colouring = k % len(pictures), k // len(pictures)
        name = f"{style}-{k}"
        picture = pictures[family] if colouring == 0 else _recoloured(pictures[family], rng)
        images[name] = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
        lengths[name] = metres[family] * (1.0 if colouring == 0 else float(rng.uniform(0.6, 1.8)))
    return make_textures(images, metres=lengths, size=_SIZE)


def _recoloured(picture: Picture, rng: np.random.Generator) -> Picture:
    """A picture with its colours turned about the grey axis, its contrast and its mean colour changed."""
    angle = float(rng.uniform(-np.pi, np.pi))
    axis_3 = np.full(3, 1 / np.sqrt(3))
    cross_3_3 = np.cross(np.eye(3), axis_3)
    turn_3_3 = np.cos(angle) * np.eye(3) + np.sin(angle) * cross_3_3 + (1 - np.cos(angle)) * np.outer(axis_3, axis_3)
    mean_3 = picture.mean(axis=(0, 1))
    detail = (picture - mean_3) * rng.uniform(0.5, 1.4)
    return (rng.uniform(0.25, 0.9) + 0.35 * (mean_3 - mean_3.mean()) + detail) @ turn_3_3 * rng.uniform(0.8, 1.1, 3)


def _places() -> tuple[Picture, Picture]:
    """Rows and columns of texels' middles, from 0 to 1."""
    middles = (np.arange(_SIZE) + 0.5) / _SIZE
    return np.meshgrid(middles, middles, indexing="ij")


def _two(share: Picture, first: tuple[float, float, float], second: tuple[float, float, float]) -> Picture:
    return np.asarray(first) + (np.asarray(second) - np.asarray(first)) * share[..., None]


def _zigzags(rng: np.random.Generator) -> Picture:
    down, across = _places()
    height = down * 4 + 0.5 * np.abs((across * 4) % 1 - 0.5)
    return _two((height % 1 < 0.5).astype(float), (0.15, 0.2, 0.5), (0.85, 0.8, 0.6))


def _dots(rng: np.random.Generator) -> Picture:
    down, across = _places()
    away = np.hypot((down * 4) % 1 - 0.5, (across * 4) % 1 - 0.5)
    return _two((away < 0.3).astype(float), (0.8, 0.75, 0.7), (0.55, 0.1, 0.3))


def _waves(rng: np.random.Generator) -> Picture:
    down, across = _places()
    return _two(
        0.5 + 0.5 * np.sin(2 * np.pi * (3 * down + 0.3 * np.sin(2 * np.pi * 2 * across))),
        (0.1, 0.4, 0.4),
        (0.7, 0.9, 0.8),
    )


def _rings(rng: np.random.Generator) -> Picture:
    down, across = _places()
    return _two(
        0.5 + 0.5 * np.cos(2 * np.pi * 6 * np.hypot(down - 0.5, across - 0.5)), (0.5, 0.3, 0.6), (0.95, 0.85, 0.5)
    )


def _patches(rng: np.random.Generator) -> Picture:
    colours = rng.uniform(0.1, 0.9, (4, 4, 3))
    return np.kron(colours, np.ones((_SIZE // 4, _SIZE // 4, 1)))


def _plaid(rng: np.random.Generator) -> Picture:
    down, across = _places()
    bands = ((down * 3) % 1 < 0.35) * 0.4 + ((across * 3) % 1 < 0.35) * 0.4
    return _two(bands, (0.75, 0.7, 0.6), (0.1, 0.25, 0.15))


def _speckles(rng: np.random.Generator) -> Picture:
    coarse = np.kron(rng.random((16, 16)) < 0.2, np.ones((_SIZE // 16, _SIZE // 16)))
    return _two(coarse, (0.6, 0.65, 0.7), (0.1, 0.1, 0.15))


def _triangles(rng: np.random.Generator) -> Picture:
    down, across = _places()
    return _two(((down * 3) % 1 > (across * 3) % 1).astype(float), (0.2, 0.55, 0.75), (0.9, 0.6, 0.25))


_PATTERNS: tuple[Callable[[np.random.Generator], Picture], ...] = (
    _zigzags,
    _dots,
    _waves,
    _rings,
    _patches,
    _plaid,
    _speckles,
    _triangles,
)
