"""What a lens, a sensor and a codec do to a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...envs.core.randomization import Range

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PictureEffects:
    """Effects on pictures; the defaults leave a picture as it is.

    Attributes:
        distortion: k of a lens that shows at the radius r what belongs at r (1 + k r²), where r is 1 in the corners;
            over 0 is a barrel, below a cushion.
        blur: the standard deviation of a Gaussian, in pixels.
        hue: degrees by which hues turn.
        saturation: what the saturation is multiplied by.
        contrast: what the distance from middle grey is multiplied by.
        brightness: what is added, as a share of white.
        gamma: the power that values, from 0 to 1, are raised to.
        noise: the standard deviation of what is added to every number, as a share of white.
        jpeg: the quality to which a picture is compressed, 1 to 100; None does not compress it.
    """

    distortion: float = 0.0
    blur: float = 0.0
    hue: float = 0.0
    saturation: float = 1.0
    contrast: float = 1.0
    brightness: float = 0.0
    gamma: float = 1.0
    noise: float = 0.0
    jpeg: int | None = None

    def apply(self, picture_H_W_3: Picture, rng: np.random.Generator) -> Picture:
        """The picture as it comes out; the one that is given is left alone.

        Args:
            picture_H_W_3: red, green and blue.
            rng: draws the noise.
        """
        picture: Any = picture_H_W_3
        if self.distortion != 0.0:
            maps = _lens(*picture.shape[:2], self.distortion)
            picture = cv2.remap(picture, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if self.blur > 0.0:
            picture = cv2.GaussianBlur(picture, (0, 0), self.blur, borderType=cv2.BORDER_REPLICATE)
        if self.hue != 0.0 or self.saturation != 1.0:
            picture = self._coloured(picture)
        if (self.contrast, self.brightness, self.gamma) != (1.0, 0.0, 1.0):
            picture = cv2.LUT(np.ascontiguousarray(picture), self._tones())
        if self.noise > 0.0:
            noise = 255.0 * self.noise * rng.standard_normal(picture.shape, np.float32)
            picture = np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)
        if self.jpeg is not None:
            _, packed = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), (1, self.jpeg))
            unpacked: Any = cv2.imdecode(packed, cv2.IMREAD_COLOR)
            picture = cv2.cvtColor(unpacked, cv2.COLOR_BGR2RGB)
        return picture

    def _coloured(self, picture_H_W_3: Picture) -> Picture:
        hsv: Any = cv2.cvtColor(picture_H_W_3, cv2.COLOR_RGB2HSV)  # hues are half degrees
        hsv[..., 0] = (hsv[..., 0] + round(self.hue / 2)) % 180
        hsv[..., 1] = np.clip(np.rint(hsv[..., 1] * self.saturation), 0, 255)
        coloured: Any = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
        return coloured

    def _tones(self) -> NDArray[np.uint8]:
        share = (np.arange(256) / 255.0 - 0.5) * self.contrast + 0.5 + self.brightness
        return np.rint(255.0 * np.clip(share, 0.0, 1.0) ** self.gamma).astype(np.uint8)


NO_EFFECTS = PictureEffects()

EFFECTS: Mapping[str, Range] = {
    "distortion": Range(-0.3, 1.0),
    "blur": Range(0.0, 20.0),
    "hue": Range(-180.0, 180.0),
    "saturation": Range(0.0, 10.0),
    "contrast": Range(0.0, 10.0),
    "brightness": Range(-1.0, 1.0),
    "gamma": Range(0.05, 20.0),
    "noise": Range(0.0, 1.0),
    "jpeg": Range(1, 100, is_integer=True),
}
"""What each effect can be."""


def with_effects(values: Mapping[str, Any]) -> PictureEffects:
    """Effects of these values by name; the others leave a picture as it is."""
    return replace(NO_EFFECTS, **values)


@lru_cache(maxsize=32)
def _lens(height: int, width: int, distortion: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Which column and row every pixel shows."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    from_x, from_y = x - middle_x, y - middle_y
    square = (from_x**2 + from_y**2) / max(middle_x**2 + middle_y**2, 1.0)
    factor = (1.0 + distortion * square).astype(np.float32)
    return (
        (middle_x + from_x * factor).astype(np.float32),
        (middle_y + from_y * factor).astype(np.float32),
    )
