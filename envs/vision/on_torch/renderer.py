"""The renderer on torch: scenes and textures in, pictures of any number of cameras out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike

from ...core.arguments import check_integer
from ..cameras import Cameras
from ..kernels.layout import Poses
from ..scene import Scene
from ..store import SceneStore
from ..textures import Textures
from .boxes import add_boxes
from .frames import TorchFrames
from .rays import cast_rays, views_of
from .scenes import DeviceScenes, DeviceTexels
from .shading import shade
from .surfaces import meet_planes, resolve
from .terrain import meet_terrain
from .walls import meet_walls

RAYS_AT_ONCE = {"cpu": 1 << 16, "others": 1 << 22}
"""Rays that go through the scene together. On a processor more were no faster; elsewhere memory is the limit, of which
a ray takes some hundred bytes."""


class TorchRenderer:
    """Renders what cameras see, as `Renderer` does, on any device of torch.

    Every pixel's own ray is followed: through the grid, through the patches of the terrain, into boxes. Pictures depend
    on scene, textures and pose alone, and repeat to the bit on the same device; between devices, and from those of
    `Renderer`, they differ as rounding has it.

    Args:
        scenes: what can be seen; a camera says in which it is.
        textures: which the scenes name by number.
        height, width: of a picture, in pixels.
        boxes: room for so many boxes a scene at least, for scenes that come later.
        device: where pictures are drawn, and where the tensors are that they go to.

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
        boxes: int = 0,
        device: torch.device | str = "cpu",
    ) -> None:
        self.height, self.width = check_integer("height", height, 1), check_integer("width", width, 1)
        store = SceneStore(scenes, textures=len(textures), boxes=check_integer("boxes", boxes, 0))
        self._texels = DeviceTexels(textures.texels, torch.device(device))
        self._scenes = DeviceScenes(store, torch.device(device))
        self.device = self._texels.texel_M.device

    def put(self, index: int, scene: Scene) -> None:
        """Put a scene in place of another; it may need no more room than the largest of the first ones.

        Raises:
            ValueError: there is no such index or not enough room.
        """
        self._scenes.put(index, scene)

    def move_boxes(self, index: int, centre_B_3: ArrayLike, angles_B_3: ArrayLike | None = None) -> None:
        """Move the first B boxes of a scene, and turn them where angles are given.

        Raises:
            ValueError: there is no such index, there are fewer boxes or a shape does not fit.
        """
        self._scenes.move_boxes(index, centre_B_3, angles_B_3)

    def render(self, cameras: Cameras, frames: TorchFrames) -> None:
        """Write the pictures of all cameras.

        Args:
            cameras: N of them.
            frames: where N pictures go.

        Raises:
            ValueError: frames do not fit, a camera is in a scene that is not there, or a number of its pose is not
                finite.
        """
        count, poses = len(cameras), cameras.poses
        frames.check(count, self.height, self.width, self.device)
        if count == 0:
            return
        self._scenes.store.check_scenes(poses.scene_N)
        finite = (
            np.isfinite(poses.position_N_3).all(1) & np.isfinite(poses.angles_N_3).all(1) & np.isfinite(poses.fov_N)
        )
        if not finite.all():
            raise ValueError(
                f"position_N_3, angles_N_3 and fov_N must be finite, {count - finite.sum()} cameras have others"
            )
        most = RAYS_AT_ONCE["cpu" if self.device.type == "cpu" else "others"]
        together = max(1, most // (self.height * self.width))
        for first in range(0, count, together):
            part = slice(first, first + together)
            some = Poses(poses.position_N_3[part], poses.angles_N_3[part], poses.fov_N[part], poses.scene_N[part])
            self._render(some, frames.part(part))

    def _render(self, poses: Poses, frames: TorchFrames) -> None:
        """Write the pictures of as many cameras as are rendered together."""
        views = views_of(poses, self.height, self.width, self.device)
        present = self._scenes.store.packed.settings_S[poses.scene_N]
        settings = self._scenes.settings(views.scene_N)
        rays = cast_rays(views, self.height, self.width)
        hits = meet_planes(rays, views, settings)
        if present["terrain_x"].any():
            hits = meet_terrain(hits, rays, views, settings, self._scenes)
        walls = meet_walls(hits, rays, views, settings, self._scenes) if present["cells_x"].any() else None
        seen = resolve(hits, walls, rays, views, settings)
        if present["boxes"].any():
            add_boxes(seen, rays, views, settings, self._scenes, self.height, self.width)
        if frames.rgb_N_H_W_3 is not None:
            shade(seen, views, settings, self._scenes, self._texels, frames.rgb_N_H_W_3)
        if frames.depth_N_H_W is not None:
            frames.depth_N_H_W.copy_(seen.depth.view_as(frames.depth_N_H_W))
        if frames.label_N_H_W is not None:
            labels = self._scenes.look_up("label_S_F", views.scene_N[:, None], seen.surface)
            frames.label_N_H_W.copy_(labels.view_as(frames.label_N_H_W))
