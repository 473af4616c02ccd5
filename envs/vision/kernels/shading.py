"""From what a pixel sees to its colour."""

from __future__ import annotations

import math

import numpy as np

from .compiling import kernel
from .layout import (
    CLEAR,
    COLOUR,
    FACE,
    FACE_LIGHT,
    PLACE,
    PLACE_LIGHT,
    REPEATS,
    SPREAD,
    SURFACE,
    TEXEL,
    TEXTURE,
    TILE,
    U,
    V,
)

_ZERO, _HALF, _256 = np.float32(0.0), np.float32(0.5), np.float32(256.0)
_BYTE = np.int32(255)
_THIRD = np.uint32(0xAAAAAAAB)  # the inverse of 3 modulo 2^32


@kernel
def find_textures(
    floats: np.ndarray, integers: np.ndarray, count: int, texture_F: np.ndarray, repeats_T: np.ndarray
) -> None:
    """Fill the planes TEXTURE and REPEATS."""
    for p in range(min(count, TILE)):
        texture = texture_F[np.uint32(integers[SURFACE + p])]
        integers[TEXTURE + p] = texture
        floats[REPEATS + p] = repeats_T[np.uint32(texture)]


@kernel
def find_texels(
    floats: np.ndarray, integers: np.ndarray, count: int, size: np.int32, levels: np.int32, stride: int
) -> None:
    """Fill the plane TEXEL: the nearest of the level whose texels are about as large as the pixel (Williams 1983).

    Levels are stored from 1 × 1 up, so the level of s × s begins at (s² - 1) / 3.
    """
    largest, most, each = np.int32(size), np.int32(levels), np.int32(stride)
    texels = np.float32(size)
    for p in range(min(count, TILE)):
        repeats = floats[REPEATS + p]
        halvings = np.int32((np.float32(floats[SPREAD + p] * repeats * texels).view(np.int32) >> 23) - 126)
        halvings = halvings if halvings > np.int32(0) else np.int32(0)
        halvings = halvings if halvings < most else most
        side = np.int32(largest >> halvings)
        u, v = floats[U + p] * repeats, floats[V + p] * repeats
        column = np.int32(np.int32((u - np.floor(u)) * np.float32(side)) & np.int32(side - 1))
        row = np.int32(np.int32((v - np.floor(v)) * np.float32(side)) & np.int32(side - 1))
        level = np.int32(np.uint32(np.uint32(side * side - 1) * _THIRD))
        integers[TEXEL + p] = np.int32(integers[TEXTURE + p] * each + level + row * side + column)


@kernel
def fetch(integers: np.ndarray, count: int, texel_M: np.ndarray, light_table: np.ndarray, light_L: np.ndarray) -> None:
    """Fill the planes COLOUR, FACE_LIGHT and PLACE_LIGHT."""
    for p in range(min(count, TILE)):
        integers[COLOUR + p] = texel_M[np.uint32(integers[TEXEL + p])]
    for p in range(min(count, TILE)):
        integers[FACE_LIGHT + p] = light_table[np.uint32(integers[FACE + p])]
        integers[PLACE_LIGHT + p] = light_L[np.uint32(integers[PLACE + p])]


@kernel
def mix(floats: np.ndarray, integers: np.ndarray, start: int, rgb: np.ndarray, red: int, green: int, blue: int) -> None:
    """The colours of pixels: texture times both lights, then fog.

    Args:
        floats, integers: the tile.
        start: the first of the pixels.
        rgb: where they go, three bytes each.
        red, green, blue: the fog.
    """
    fog_red, fog_green, fog_blue = np.int32(red), np.int32(green), np.int32(blue)
    first = np.uintp(start) & np.uintp(TILE - 1)
    for k in range(min(rgb.shape[0] // 3, TILE)):
        p = first + np.uintp(k)
        colour = integers[np.uintp(COLOUR) + p]
        face = integers[np.uintp(FACE_LIGHT) + p]
        place = integers[np.uintp(PLACE_LIGHT) + p]
        clear = np.int32(floats[np.uintp(CLEAR) + p] * _256 + _HALF)
        fog = np.int32(np.int32(256) - clear)
        rgb[3 * k] = np.uint8(np.int32(_lit(colour, face, place) * clear + fog_red * fog) >> 8)
        rgb[3 * k + 1] = np.uint8(np.int32(_lit(colour >> 8, face >> 8, place >> 8) * clear + fog_green * fog) >> 8)
        rgb[3 * k + 2] = np.uint8(np.int32(_lit(colour >> 16, face >> 16, place >> 16) * clear + fog_blue * fog) >> 8)


@kernel
def _lit(colour: int, face: int, place: int) -> np.int32:
    """One channel of a texel under two lights, each of which leaves it as it is at 128."""
    product = np.int32(np.int32(np.int32(colour & _BYTE) * np.int32(face & _BYTE)) * np.int32(place & _BYTE))
    shade = np.int32(product >> 14)
    return shade if shade < _BYTE else _BYTE


@kernel
def pack(red: float, green: float, blue: float) -> int:
    """Three lights, 1 leaves a colour as it is, in one number."""
    packed = 0
    for shift, light in ((0, red), (8, green), (16, blue)):
        packed |= min(max(math.floor(light * 128.0 + 0.5), 0), 255) << shift
    return packed
