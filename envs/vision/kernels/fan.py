"""A fan of directions around a camera, in which what stands upright needs to be looked for only once.

Rays above and below each other share their way through a map seen from above. So the circle is divided into bins, a ray
is followed along each edge between two bins, and a pixel whose bin has the same wall on both edges sees that wall;
otherwise there is a corner in between, and the pixel's own ray is followed.

Bins divide the "diamond angle", which grows from 0 to 4 along the rim of |x| + |y| = 1, so no trigonometry is needed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .compiling import kernel
from .layout import BIN, MOST_BINS, RAY_X, RAY_Y, TILE
from .rays import Frame

_ZERO, _ONE, _TWO, _THREE, _FOUR = (np.float32(number) for number in range(5))


class Fan(NamedTuple):
    """The bins that a picture needs.

    Attributes:
        bins: in the whole circle.
        first: the first bin in view.
        count: how many are in view, one after another.
    """

    bins: int
    first: int
    count: int  # pyright: ignore[reportIncompatibleMethodOverride]


@kernel
def _diamond_angle(x: np.float32, y: np.float32) -> np.float32:
    share = y / (abs(x) + abs(y))
    return _ONE + share if x >= _ZERO else _THREE - share


@kernel
def direction(fan: Fan, place: float) -> tuple[np.float32, np.float32]:
    """The direction, |x| + |y| = 1, at a place among the bins in view; whole numbers are edges between bins."""
    angle = np.float32((fan.first + place) * 4.0 / fan.bins)
    if angle >= _FOUR:
        angle -= _FOUR
    if angle < _TWO:
        share = angle - _ONE
        return _ONE - abs(share), share
    share = _THREE - angle
    return abs(share) - _ONE, share


@kernel
def fan_of(frame: Frame, height: int, width: int) -> Fan:
    """The bins in which a picture's rays lie, one or two to a pixel in the middle of it."""
    wanted = int(8.0 / frame.pixel)
    bins = min(max(wanted, 64), MOST_BINS)
    last_x = frame.first_x + np.float32(width) * frame.right_x
    last_y = frame.first_y + np.float32(width) * frame.right_y
    deep_x, deep_y = np.float32(height) * frame.down_x, np.float32(height) * frame.down_y
    middle_x = np.float32(0.5) * (frame.first_x + last_x + deep_x)
    middle_y = np.float32(0.5) * (frame.first_y + last_y + deep_y)
    # seen from above the rays fill a parallelogram; if the camera's own place is in it, they go all around
    area = frame.right_x * frame.down_y - frame.right_y * frame.down_x
    column = (frame.first_y * frame.down_x - frame.first_x * frame.down_y) / area
    row = (frame.first_x * frame.right_y - frame.first_y * frame.right_x) / area
    if area != _ZERO and -2 < column < width + 1 and -2 < row < height + 1:
        return Fan(bins, 0, bins)
    centre = _diamond_angle(middle_x, middle_y)
    least, most = _ZERO, _ZERO
    for corner in range(4):
        x = frame.first_x if corner % 2 == 0 else last_x
        y = frame.first_y if corner % 2 == 0 else last_y
        if corner >= 2:
            x += deep_x
            y += deep_y
        away = _diamond_angle(x, y) - centre
        away -= _FOUR if away > _TWO else (-_FOUR if away < -_TWO else _ZERO)
        least = min(least, away)
        most = max(most, away)
    first = math.floor((centre + least) * bins / 4.0) - 1
    count = math.floor((centre + most) * bins / 4.0) + 2 - first
    if count >= bins:
        return Fan(bins, 0, bins)
    return Fan(bins, first % bins, count)


@kernel
def find_bins(floats: np.ndarray, integers: np.ndarray, count: int, fan: Fan) -> None:
    """Fill the plane BIN with places among the bins in view."""
    scale = np.float32(fan.bins) / _FOUR
    bins, first, last = np.int32(fan.bins), np.int32(fan.first), np.int32(fan.count - 1)
    for p in range(min(count, TILE)):
        x, y = floats[RAY_X + p], floats[RAY_Y + p]
        share = y / (abs(x) + abs(y))
        angle = _ONE + share if x >= _ZERO else _THREE - share
        place = np.int32(np.int32(angle * scale) - first)
        place = place if place >= np.int32(0) else np.int32(place + bins)
        place = place if place <= last else last
        integers[BIN + p] = place if place >= np.int32(0) else np.int32(0)  # straight up and down there is no angle
