"""What cameras of a body see, as an observation."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mujoco
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .rendering import Camera

ONE_CAMERA = "pixels"
"""The picture's key beside the state, where only one camera is looked through."""


class PictureObservation:
    """The pictures that one camera or several take, opened when the first ones are taken.

    Args:
        model: the model.
        cameras: names of its cameras.
        size: width and height of each picture, in pixels.

    Raises:
        ValueError: there is no camera, or one is named twice or is not in the model.
    """

    def __init__(self, model: mujoco.MjModel, cameras: Sequence[str], size: int) -> None:
        self.names = check_cameras(model, cameras)
        self._size = size
        self._cameras = {name: Camera(model, name, size=size) for name in self.names}

    def space(self) -> spaces.Box | spaces.Dict:
        """One picture of shape (size, size, 3); of several cameras a dict, by their names."""
        picture = spaces.Box(0, 255, (self._size, self._size, 3), np.uint8)
        return picture if len(self.names) == 1 else spaces.Dict(dict.fromkeys(self.names, picture))

    def take(self, data: mujoco.MjData) -> NDArray[np.uint8] | dict[str, NDArray[np.uint8]]:
        """What the cameras see now.

        Raises:
            RuntimeError: this machine cannot render; the message says what to install.
        """
        pictures = {name: camera.picture(data) for name, camera in self._cameras.items()}
        return pictures[self.names[0]] if len(self.names) == 1 else pictures

    def beside(self, state: Any, pictures: Any) -> dict[str, Any]:
        """State and pictures, or their spaces, under the keys of an observation of both."""
        named = {ONE_CAMERA: pictures} if len(self.names) == 1 else {name: pictures[name] for name in self.names}
        return {"state": state, **named}

    def close(self) -> None:
        """Free the renderers; the next pictures open them again."""
        for camera in self._cameras.values():
            camera.close()


def check_cameras(model: mujoco.MjModel, cameras: Sequence[str]) -> tuple[str, ...]:
    """Names of a model's cameras, each once, as a tuple.

    Raises:
        ValueError: there is none, or one is named twice or is not in the model.
    """
    known = [model.camera(number).name for number in range(model.ncam)]
    names = () if isinstance(cameras, str) else tuple(cameras)
    if not names or len(set(names)) != len(names) or not set(names) <= set(known):
        raise ValueError(f"cameras must be one or more of {', '.join(known)}, each once, got {cameras!r}")
    return names
