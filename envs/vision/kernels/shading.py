"""From what a pixel sees to its colour."""

from __future__ import annotations

import numpy as np

from .compiling import kernel
from .lanes import look_up, put, select, take
from .layout import (
    CLEAR,
    COLOUR,
    FACE,
    FACE_LIGHT,
    PLACE,
    PLACE_LIGHT,
    SPREAD,
    SURFACE,
    TILE,
    Texels,
    U,
    V,
)

_ZERO, _HALF, _256 = np.float32(0.0), np.float32(0.5), np.float32(256.0)
_BYTE = np.int32(255)
_THIRD = np.uint32(0xAAAAAAAB)  # the inverse of 3 modulo 2^32


@kernel
def shade(
    floats: np.ndarray,
    integers: np.ndarray,
    count: int,
    texels: Texels,
    texture_F: np.ndarray,
    face_light_L: np.ndarray,
    place_light_L: np.ndarray,
) -> None:
    """Fill the planes COLOUR, FACE_LIGHT and PLACE_LIGHT.

    The texel is the nearest of the level whose texels are about as large as the pixel (Williams 1983). Levels are
    stored from 1 × 1 up, so the level of s × s begins at (s² - 1) / 3.
    """
    largest, most, each = np.int32(texels.size), np.int32(texels.levels), np.int32(texels.texel_T_M.shape[1])
    texel_M, repeats_T, size = texels.texel_T_M.reshape(-1), texels.repeats_T, np.float32(texels.size)
    for p in range(min(count, TILE)):
        texture = look_up(texture_F, take(integers, SURFACE + p))
        repeats = look_up(repeats_T, texture)
        halvings = np.int32((np.float32(take(floats, SPREAD + p) * repeats * size).view(np.int32) >> 23) - 126)
        halvings = select(halvings > np.int32(0), halvings, np.int32(0))
        halvings = select(halvings < most, halvings, most)
        side = np.int32(largest >> halvings)
        u, v = take(floats, U + p) * repeats, take(floats, V + p) * repeats
        column = np.int32(np.int32((u - np.floor(u)) * np.float32(side)) & np.int32(side - 1))
        row = np.int32(np.int32((v - np.floor(v)) * np.float32(side)) & np.int32(side - 1))
        level = np.int32(np.uint32(np.uint32(side * side - 1) * _THIRD))
        put(integers, COLOUR + p, look_up(texel_M, np.int32(texture * each + level + row * side + column)))
        put(integers, FACE_LIGHT + p, look_up(face_light_L, take(integers, FACE + p)))
        put(integers, PLACE_LIGHT + p, look_up(place_light_L, take(integers, PLACE + p)))


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
