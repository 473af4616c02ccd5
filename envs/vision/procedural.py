"""Textures made from numbers alone: every picture repeats without a seam, and a seed fixes every texel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.arguments import check_integer, check_number
from .textures import Textures, make_textures

Picture = NDArray[np.float64]


def standard_textures(seed: int = 0, *, size: int = 128, variety: float = 0.0) -> Textures:
    """All textures of this file, ready for a renderer.

    Args:
        seed: fixes them.
        size: texels along a side, a power of two.
        variety: how far colours stray from those of the names: 0 not at all, 1 as far as they can.

    Raises:
        ValueError: an argument is not as described.
    """
    return make_textures(draw_textures(seed, size=size, variety=variety), metres=METRES, size=size)


def draw_textures(seed: int = 0, *, size: int = 128, variety: float = 0.0) -> dict[str, NDArray[np.uint8]]:
    """All textures of this file as pictures (size, size, 3), by name.

    Args:
        seed: fixes them.
        size: texels along a side.
        variety: how far colours stray from those of the names: 0 not at all, 1 as far as they can.

    Raises:
        ValueError: an argument is not as described.
    """
    check_integer("size", size, 8, 1024)
    if not 0 <= check_number("variety", variety) <= 1:
        raise ValueError(f"variety must be from 0 to 1, got {variety!r}")
    pictures = {}
    for number, (name, draw) in enumerate(_DRAWN.items()):
        rng = np.random.default_rng([check_integer("seed", seed, 0), number])
        picture = draw(rng, size)
        stray = rng.uniform(-1.0, 1.0, (2, 3))
        picture = picture * (1 + 0.6 * variety * stray[0]) + 0.25 * variety * stray[1]
        pictures[name] = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
    return pictures


def _noise(rng: np.random.Generator, size: int, roughness: float, coarsest: float = 1.0) -> Picture:
    """Fractal noise of mean 0 and deviation 1.

    Args:
        rng: draws it.
        size: texels along a side.
        roughness: amplitudes fall with frequency to the power of minus this.
        coarsest: waves a side that the longest has; longer ones are left out.
    """
    waves = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)) * size
    amplitudes = np.where(waves < coarsest, 0.0, np.maximum(waves, 1.0) ** -roughness)
    noise = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) * amplitudes, (size, size))
    return (noise - noise.mean()) / noise.std()


def _places(size: int) -> tuple[Picture, Picture]:
    """Rows and columns of texels' centres, from 0 to 1."""
    centres = (np.arange(size) + 0.5) / size
    return np.meshgrid(centres, centres, indexing="ij")


def _stones(rng: np.random.Generator, size: int, count: int) -> tuple[Picture, NDArray[np.intp]]:
    """A mosaic: how deep inside its stone each texel lies, 0 at the rim, and which stone it is."""
    points = rng.random((count, 2))
    rows, columns = _places(size)
    away = np.stack([rows, columns], axis=-1)[:, :, None] - points
    distance = np.hypot(*np.moveaxis(away - np.rint(away), -1, 0))
    nearest = np.partition(distance, 1, axis=-1)
    return (nearest[..., 1] - nearest[..., 0]) * np.sqrt(count), distance.argmin(axis=-1)


def _bond(
    rng: np.random.Generator, size: int, rows: int, columns: int, joint: float
) -> tuple[Picture, Picture, Picture]:
    """Bricks in a running bond: 0 in joints and 1 in bricks, a number from -1 to 1 a brick, height over its middle."""
    down, across = _places(size)
    course = np.floor(down * rows).astype(int)
    shifted = (across * columns + 0.5 * (course % 2)) % columns
    brick = np.floor(shifted).astype(int)
    inside_y, inside_x = down * rows - course, shifted - brick
    rim = np.minimum(np.minimum(inside_y, 1 - inside_y) / rows, np.minimum(inside_x, 1 - inside_x) / columns)
    body = np.clip((rim - joint / 2) * size / 1.5 + 0.5, 0, 1)
    shade = rng.uniform(-1, 1, (rows, columns))[course, brick]
    return body, shade, 0.5 - inside_y


def _coloured(base: ArrayLike, shade: Picture) -> Picture:
    """A colour, lighter and darker."""
    return np.asarray(base) * (1 + shade[..., None])


def _between(first: Picture, second: Picture, share: Picture) -> Picture:
    return first + (second - first) * share[..., None]


def _brick(rng: np.random.Generator, size: int) -> Picture:
    body, shade, height = _bond(rng, size, 16, 4, 0.012)
    grain = _noise(rng, size, 0.6)
    bricks = _coloured((0.62, 0.29, 0.21), 0.16 * shade + 0.06 * grain + 0.12 * height)
    bricks += shade[..., None] * np.array([0.02, 0.03, 0.03])
    return _between(_coloured((0.70, 0.67, 0.62), 0.05 * grain), bricks, body)


def _stone(rng: np.random.Generator, size: int) -> Picture:
    body, shade, height = _bond(rng, size, 4, 2, 0.02)
    grain = _noise(rng, size, 1.1)
    return _coloured((0.60, 0.58, 0.54), 0.10 * shade + 0.08 * grain + 0.10 * height) * (0.55 + 0.45 * body[..., None])


def _planks(rng: np.random.Generator, size: int) -> Picture:
    body, shade, _ = _bond(rng, size, 8, 1, 0.006)
    down, across = _places(size)
    fibre = _noise(rng, size, 0.9)
    stretched = np.take(fibre, (np.arange(size) // 8 * 5) % size, axis=1)
    waves = np.sin(2 * np.pi * (down * 40 + 0.6 * fibre + 3 * shade + np.sin(2 * np.pi * across)))
    wood = _coloured((0.64, 0.44, 0.27), 0.13 * shade + 0.05 * stretched + 0.05 * waves)
    return wood * (0.5 + 0.5 * body[..., None])


def _tiles(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    rim = np.minimum.reduce([(across * 2) % 1, 1 - (across * 2) % 1, (down * 2) % 1, 1 - (down * 2) % 1]) / 2
    body = np.clip((rim - 0.006) * size / 1.5 + 0.5, 0, 1)
    which = (np.floor(across * 2) + np.floor(down * 2)) % 2
    veins = np.exp(-np.abs(_noise(rng, size, 1.7)) * 9)
    cloudy = _noise(rng, size, 1.4)
    light = _coloured((0.84, 0.81, 0.76), 0.03 * cloudy - 0.14 * veins)
    dark = _coloured((0.47, 0.49, 0.52), 0.07 * cloudy + 0.18 * veins)
    return _between(np.full((size, size, 3), 0.35), _between(light, dark, which), body)


def _concrete(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    stains, grain = _noise(rng, size, 1.5), _noise(rng, size, 0.3)
    seam = np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down)) * size
    hole = np.hypot((across * 2) % 1 - 0.5, (down * 2) % 1 - 0.5)
    shade = 0.05 * stains + 0.025 * grain - 0.25 * (seam < 1) - 0.35 * np.clip(1 - hole / 0.035, 0, 1)
    return _coloured((0.64, 0.64, 0.62), shade)


def _plaster(rng: np.random.Generator, size: int) -> Picture:
    return _coloured((0.90, 0.86, 0.78), 0.02 * _noise(rng, size, 1.2) + 0.012 * _noise(rng, size, 0.2))


def _wallpaper(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    stripe = 0.5 + 0.5 * np.tanh(8 * np.sin(2 * np.pi * 4 * across))
    row = np.floor(down * 4)
    petals = np.hypot((across * 4 + 0.5 * (row % 2)) % 1 - 0.5, (down * 4) % 1 - 0.5)
    angle = np.arctan2((down * 4) % 1 - 0.5, (across * 4 + 0.5 * (row % 2)) % 1 - 0.5)
    flower = np.clip((0.20 + 0.09 * np.cos(6 * angle) - petals) * 14, 0, 1)
    dark, light, gold = (np.array(colour) for colour in ((0.36, 0.50, 0.50), (0.42, 0.57, 0.56), (0.88, 0.80, 0.60)))
    painted = _between(_between(dark, light, stripe), gold, 0.8 * flower)
    return painted * (1 + 0.02 * _noise(rng, size, 0.3)[..., None])


def _panels(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    rim = np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down)) * size
    pores = _noise(rng, size, 0.1)
    shade = 0.015 * _noise(rng, size, 0.8) - 0.12 * (pores > 1.7) - 0.22 * (rim < 1.5)
    return _coloured((0.90, 0.90, 0.88), shade)


def _carpet(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    pile = _noise(rng, size, 0.15)
    diamonds = np.abs((across * 4) % 1 - 0.5) + np.abs((down * 4) % 1 - 0.5)
    figure = np.clip((0.16 - np.abs(diamonds - 0.5)) * 20, 0, 1)
    ground = _coloured((0.42, 0.15, 0.18), 0.10 * pile)
    return _between(ground, _coloured((0.74, 0.58, 0.36), 0.08 * pile), 0.55 * figure)


def _grass(rng: np.random.Generator, size: int) -> Picture:
    blades, tufts, dry = _noise(rng, size, 0.35), _noise(rng, size, 1.2), _noise(rng, size, 1.6)
    green = _coloured((0.29, 0.44, 0.16), 0.22 * blades + 0.10 * tufts)
    return _between(green, _coloured((0.50, 0.47, 0.22), 0.2 * blades), np.clip(0.12 + 0.16 * dry, 0, 0.6))


def _gravel(rng: np.random.Generator, size: int) -> Picture:
    depth, stone = _stones(rng, size, 420)
    shade = rng.uniform(-0.25, 0.25, 420)[stone]
    warm = rng.uniform(0, 1, 420)[stone]
    colour = _between(_coloured((0.52, 0.50, 0.47), shade), _coloured((0.60, 0.52, 0.42), shade), warm)
    return colour * (0.55 + 0.45 * np.clip(depth * 2.5, 0, 1))[..., None]


def _asphalt(rng: np.random.Generator, size: int) -> Picture:
    grain, patches = _noise(rng, size, 0.1), _noise(rng, size, 1.6)
    return _coloured((0.27, 0.27, 0.28), 0.14 * grain + 0.05 * patches + 0.25 * (grain > 2.0))


def _dirt(rng: np.random.Generator, size: int) -> Picture:
    clods, grain = _noise(rng, size, 1.3), _noise(rng, size, 0.4)
    return _between(
        _coloured((0.47, 0.34, 0.22), 0.10 * grain),
        _coloured((0.60, 0.47, 0.32), 0.10 * grain),
        np.clip(0.5 + 0.35 * clods, 0, 1),
    )


def _bark(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    rough = _noise(rng, size, 1.0)
    ridges = np.sin(2 * np.pi * (across * 7 + 0.12 * rough + 0.15 * np.sin(4 * np.pi * down)))
    return _coloured((0.36, 0.26, 0.18), 0.28 * ridges + 0.10 * rough)


def _leaves(rng: np.random.Generator, size: int) -> Picture:
    depth, leaf = _stones(rng, size, 160)
    shade = rng.uniform(-0.35, 0.35, 160)[leaf]
    yellow = rng.uniform(0, 1, 160)[leaf] ** 2
    colour = _between(_coloured((0.16, 0.33, 0.11), shade), _coloured((0.42, 0.50, 0.16), shade), yellow)
    return colour * (0.45 + 0.55 * np.clip(depth * 1.6, 0, 1))[..., None]


def _crate(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    boards = 6
    board = np.floor(down * boards).astype(int)
    gap = np.abs((down * boards) % 1 - 0.5) > 0.46
    fibre = np.roll(_noise(rng, size, 0.9), 3)
    shade = 0.12 * rng.uniform(-1, 1, boards)[board] + 0.05 * fibre - 0.5 * gap
    wood = _coloured((0.62, 0.45, 0.26), shade)
    rim = np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down))
    brace = np.abs(across - down) < 0.07
    frame = (rim < 0.11) | brace
    edge = (np.abs(rim - 0.11) < 0.012) | ((np.abs(np.abs(across - down) - 0.07) < 0.012) & (rim > 0.11))
    timber = _coloured((0.72, 0.54, 0.33), 0.06 * fibre)
    return _between(wood, timber, frame.astype(float)) * (1 - 0.45 * edge[..., None])


def _metal(rng: np.random.Generator, size: int) -> Picture:
    down, across = _places(size)
    brushed = _noise(rng, size, 0.2).mean(axis=1, keepdims=True) * 6 + 0.3 * _noise(rng, size, 1.2)
    rim = np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down))
    corner = np.hypot(np.minimum(across, 1 - across) - 0.07, np.minimum(down, 1 - down) - 0.07)
    shade = 0.04 * brushed - 0.3 * (np.abs(rim - 0.02) < 0.01) + 0.35 * np.clip(1 - corner / 0.025, 0, 1)
    return _coloured((0.56, 0.60, 0.65), shade)


def _stripes(rng: np.random.Generator, size: int) -> Picture:
    _, across = _places(size)
    worn = _noise(rng, size, 0.9)
    red, white = _coloured((0.80, 0.13, 0.12), 0.05 * worn), _coloured((0.92, 0.91, 0.88), 0.04 * worn)
    return _between(red, white, (across < 0.5).astype(float))


def _paint(rng: np.random.Generator, size: int) -> Picture:
    return _coloured((0.92, 0.92, 0.92), 0.012 * _noise(rng, size, 0.8))


def _sky(rng: np.random.Generator, size: int) -> Picture:
    billows, wisps = _noise(rng, size, 1.9), _noise(rng, size, 1.3)
    cover = np.clip((billows + 0.35 * wisps - 0.15) * 0.75, 0, 1)
    cover = cover * cover * (3 - 2 * cover)
    cloud = _coloured((0.97, 0.97, 0.98), -0.10 * np.clip(billows - 1.0, 0, 1))
    return _between(np.broadcast_to((0.33, 0.55, 0.86), (size, size, 3)), cloud, 0.9 * cover)


_DRAWN: dict[str, Callable[[np.random.Generator, int], Picture]] = {
    "brick": _brick,
    "stone": _stone,
    "planks": _planks,
    "tiles": _tiles,
    "concrete": _concrete,
    "plaster": _plaster,
    "wallpaper": _wallpaper,
    "panels": _panels,
    "carpet": _carpet,
    "grass": _grass,
    "gravel": _gravel,
    "asphalt": _asphalt,
    "dirt": _dirt,
    "bark": _bark,
    "leaves": _leaves,
    "crate": _crate,
    "metal": _metal,
    "stripes": _stripes,
    "paint": _paint,
    "sky": _sky,
}

METRES = {
    "brick": 1.6,
    "stone": 1.6,
    "planks": 1.6,
    "concrete": 2.4,
    "plaster": 2.0,
    "panels": 0.6,
    "carpet": 2.0,
    "wallpaper": 1.2,
    "grass": 4.0,
    "gravel": 1.6,
    "asphalt": 1.6,
    "dirt": 4.0,
    "leaves": 1.5,
    "sky": 600.0,
}
"""How long and wide a repetition of each is in the world; 1 m for the others."""
