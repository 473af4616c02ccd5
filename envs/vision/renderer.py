"""The renderer: scenes and textures in, pictures of any number of cameras out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from numpy.typing import ArrayLike

from ..core.arguments import check_integer
from .cameras import Cameras
from .frames import Frames
from .kernels.frame import render_cameras
from .kernels.layout import Scratch, new_scratch
from .scene import Scene
from .store import SceneStore
from .textures import Textures

PAYS_FROM = 32
"""Cameras from which on threads pay: a second one costs 0.2 to 0.5 ms a call, and 32 pictures take 1.5 to 3 ms."""


class Renderer:
    """Renders what cameras see.

    Pictures depend on scene, textures and pose alone: neither other cameras nor the number of threads change a bit.

    Args:
        scenes: what can be seen; a camera says in which it is.
        textures: which the scenes name by number.
        height, width: of a picture, in pixels.
        threads: None takes all cores from `PAYS_FROM` cameras on, and one below.
        boxes: room for so many boxes a scene at least, for scenes that come later.
        by_columns: whether level cameras are drawn column by column, which is faster; what they see is the same.

    Raises:
        ValueError: an argument is not as described.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        textures: Textures,
        *,
        height: int = 64,
        width: int = 64,
        threads: int | None = None,
        boxes: int = 0,
        by_columns: bool = True,
    ) -> None:
        self.height, self.width = check_integer("height", height, 1), check_integer("width", width, 1)
        self.threads = None if threads is None else check_integer("threads", threads, 1)
        self.by_columns = by_columns
        self._textures = textures
        self._store = SceneStore(scenes, textures=len(textures), boxes=check_integer("boxes", boxes, 0))
        self._scratch: list[Scratch] = []

    def put(self, index: int, scene: Scene) -> None:
        """Put a scene in place of another; it may need no more room than the largest of the first ones.

        Raises:
            ValueError: there is no such index or not enough room.
        """
        self._store.put(index, scene)

    def move_boxes(self, index: int, centre_B_3: ArrayLike, angles_B_3: ArrayLike | None = None) -> None:
        """Move the first B boxes of a scene, and turn them where angles are given.

        Raises:
            ValueError: there is no such index, there are fewer boxes or a shape does not fit.
        """
        self._store.move_boxes(index, centre_B_3, angles_B_3)

    def render(self, cameras: Cameras, frames: Frames) -> None:
        """Write the pictures of all cameras.

        Args:
            cameras: N of them.
            frames: where N pictures go.

        Raises:
            ValueError: frames do not fit, or a camera is in a scene that is not there.
        """
        count = len(cameras)
        outputs = frames.outputs(count, self.height, self.width)
        if count == 0:
            return
        self._store.check_scenes(cameras.scene_N)
        threads = self.threads or (len(os.sched_getaffinity(0)) if count >= PAYS_FROM else 1)
        threads = min(threads, count)
        while len(self._scratch) < threads:
            self._scratch.append(new_scratch(self._store.boxes, self._store.has_terrain))
        poses = cameras.poses

        def part(number: int) -> int:
            return render_cameras(
                number * count // threads,
                (number + 1) * count // threads,
                poses,
                self._store.packed,
                self._textures.texels,
                self._scratch[number],
                outputs,
                self.height,
                self.width,
                self.by_columns,
            )

        others = [_pool(os.getpid(), threads).submit(part, number) for number in range(1, threads)]
        refused = part(0) + sum(other.result() for other in others)
        if refused:
            raise ValueError(f"position_N_3, angles_N_3 and fov_N must be finite, {refused} cameras have others")


@cache
def _pool(process: int, threads: int) -> ThreadPoolExecutor:
    """Threads of this process: those of its parent do not live on in it."""
    return ThreadPoolExecutor(threads - 1, thread_name_prefix=f"renderer-{process}")
