"""How much light falls on a face."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel
from .layout import GROUND_FACE, SKY_FACE
from .shading import pack

_HALF, _ONE = np.float32(0.5), np.float32(1.0)


@kernel
def face_light(
    scene: Any, x: np.float32, y: np.float32, z: np.float32, red: np.float32, green: np.float32, blue: np.float32
) -> int:
    """The light on a face of this normal, times a tint, packed: ambient + sun · ((1 + cos) / 2)².

    The squared half cosine keeps faces apart that are turned away from the sun ("half Lambert", Mitchell et al. 2006).
    """
    share = _HALF + _HALF * (x * scene.sun_x + y * scene.sun_y + z * scene.sun_z)
    share *= share
    return pack(
        red * (scene.ambient_red + share * scene.sun_red),
        green * (scene.ambient_green + share * scene.sun_green),
        blue * (scene.ambient_blue + share * scene.sun_blue),
    )


@kernel
def light_faces(light_table: np.ndarray, scene: Any) -> None:
    """Fill the rows of the table of lights that do not belong to boxes."""
    for face in range(6):
        sign = _ONE if face % 2 == 0 else -_ONE
        x = sign if face < 2 else np.float32(0.0)
        y = sign if face in (2, 3) else np.float32(0.0)
        z = sign if face >= 4 else np.float32(0.0)
        light_table[face] = face_light(scene, x, y, z, _ONE, _ONE, _ONE)
    light_table[SKY_FACE] = pack(1.0, 1.0, 1.0)
    light_table[GROUND_FACE] = light_table[4]
