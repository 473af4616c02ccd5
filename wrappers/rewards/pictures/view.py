"""What a judge of pictures looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ....envs.core.arguments import check_integer
from ....envs.robot.picture_observation import check_cameras
from ....envs.robot.rendering import Camera


class View:
    """Pictures of a body by some of its cameras, whatever the agent observes. Its renderers are no part of a pickle.

    Args:
        body: a MuJoCo environment without wrappers, with `model`, `data` and `camera`.
        cameras: names of its cameras; None for its own choice.
        size: width and height of each picture, in pixels.

    Raises:
        ValueError: the environment has no cameras, or an argument is out of range; the message names it.
    """

    def __init__(self, body: gym.Env[Any, Any], cameras: Sequence[str] | None, size: int) -> None:
        model: Any = getattr(body, "model", None)
        if model is None or not hasattr(body, "camera"):
            raise ValueError(f"env must be a body with cameras, such as robot/PegInsert-v0, got {body}")
        check_integer("size", size, 1, min(model.vis.global_.offwidth, model.vis.global_.offheight))
        chosen = (body.get_wrapper_attr("camera"),) if cameras is None else cameras
        self.cameras = check_cameras(model, chosen)
        self.size = size
        self._open: dict[str, Camera] = {}

    def picture(self, body: gym.Env[Any, Any]) -> NDArray[np.uint8]:
        """What the cameras see now, side by side in the channels: (size, size, 3 for each camera).

        Raises:
            RuntimeError: this machine cannot render; the message says what to install.
        """
        model, data = body.get_wrapper_attr("model"), body.get_wrapper_attr("data")
        for name in self.cameras:
            if name not in self._open or self._open[name].model is not model:
                self._open[name] = Camera(model, name, size=self.size)
        return np.concatenate([self._open[name].picture(data) for name in self.cameras], axis=-1)

    def close(self) -> None:
        """Free the renderers; the next picture opens them again."""
        for camera in self._open.values():
            camera.close()

    def __getstate__(self) -> dict[str, Any]:
        """All but the renderers."""
        return self.__dict__ | {"_open": {}}
