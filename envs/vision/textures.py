"""Sets of textures, with levels of detail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..core.arguments import check_integer, check_number
from ..core.names import did_you_mean
from .kernels.layout import Texels


@dataclass(frozen=True, eq=False)
class Textures:
    """Square pictures that repeat, by name. `textures["brick"]` is the number by which scenes name it.

    Attributes:
        names: of the textures.
        texels: as the kernels read them.
    """

    names: tuple[str, ...]
    texels: Texels

    def __getitem__(self, name: str) -> int:
        """The number of a texture.

        Raises:
            ValueError: there is none of this name.
        """
        if name not in self.names:
            raise ValueError(f"no texture is named {name!r}{did_you_mean(name, list(self.names))}")
        return self.names.index(name)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.names)


def make_textures(images: Mapping[str, Any], *, metres: float | Mapping[str, float] = 1.0, size: int = 128) -> Textures:
    """A set of textures from pictures: yours, or those of `procedural.draw_textures`.

    Every picture is brought to one size. Each level of detail averages four texels of the one before in linear light,
    so that a chequered floor does not darken where it is far.

    Args:
        images: pictures by name, `uint8` of shape (height, width, 3), or grey (height, width).
        metres: how long and wide one repetition is, for all or by name (1 for those not named).
        size: texels along a side, a power of two up to 1024.

    Raises:
        ValueError: an argument is not as described.
    """
    if not images:
        raise ValueError("images must be one picture at least, got none")
    check_integer("size", size, 1, 1024)
    if size & (size - 1):
        raise ValueError(f"size must be a power of two, got {size}")
    lengths = dict(metres) if isinstance(metres, Mapping) else dict.fromkeys(images, metres)
    for name in lengths:
        if name not in images:
            raise ValueError(f"metres names {name!r}, which is no picture{did_you_mean(name, list(images))}")
        if check_number("metres", lengths[name]) <= 0:
            raise ValueError(f"metres must be over 0, got {lengths[name]!r} for {name!r}")
    return Textures(
        tuple(images),
        Texels(
            np.stack([_levels(_sized(name, image, size)) for name, image in images.items()]),
            np.array([1.0 / lengths.get(name, 1.0) for name in images], np.float32),
            np.int32(size),
            np.int32(size.bit_length() - 1),
        ),
    )


def _sized(name: str, image: Any, size: int) -> NDArray[np.uint8]:
    picture = np.asarray(image)
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or picture.shape[2:] not in ((), (3,)):
        raise ValueError(
            f"the picture {name!r} must be uint8 of shape (height, width, 3) or (height, width), "
            f"got {picture.dtype} {picture.shape}"
        )
    if not picture.size:
        raise ValueError(f"the picture {name!r} must not be empty, got the shape {picture.shape}")
    if picture.ndim == 2:
        picture = np.repeat(picture[:, :, None], 3, axis=2)
    if picture.shape[:2] == (size, size):
        return picture
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BOX))


def _levels(picture_S_S_3: NDArray[np.uint8]) -> NDArray[np.int32]:
    """All levels, from 1 × 1 up, packed and flat."""
    levels = []
    squares = picture_S_S_3.astype(np.float64) ** 2  # light is about the square of the number
    while True:
        rounded = np.sqrt(squares).round().astype(np.int32)
        levels.append((rounded[..., 0] | rounded[..., 1] << 8 | rounded[..., 2] << 16).ravel())
        if len(squares) == 1:
            return np.concatenate(levels[::-1])
        side = len(squares) // 2
        squares = squares.reshape(side, 2, side, 2, 3).mean(axis=(1, 3))
