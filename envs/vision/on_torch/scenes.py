"""Scenes and textures on the device: a mirror of the arrays that the kernels of the processor read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ..kernels.layout import SETTINGS, Scenes, Texels
from ..scene import Scene
from ..store import SceneStore

Settings = Mapping[str, Tensor]
"""What is one number a scene, by the names of `SETTINGS`: columns with one row a camera, of 32-bit floats or 64-bit
integers."""


class DeviceScenes:
    """Scenes side by side, in the memory of a device.

    Attributes:
        store: the same scenes in the processor's memory, which checks what comes and works it out.
        row: the store's arrays as tensors, but for the settings.
        highest_S: the highest point of each scene's terrain.
        patch_top_S_T: the highest corner of its patches, numbered row by row, one fewer a row than there are samples.

    Args:
        store: the scenes.
        device: where to.
    """

    def __init__(self, store: SceneStore, device: torch.device) -> None:
        self.store = store
        packed = store.packed
        self.row = {name: _upload(getattr(packed, name), device) for name in Scenes._fields[1:]}
        count = len(store)
        self.highest_S = torch.zeros(count, device=device)
        self._settings = {
            name: torch.zeros(count, dtype=torch.float32 if SETTINGS[name].kind == "f" else torch.int64, device=device)
            for name in SETTINGS.names or ()
        }
        self.patch_top_S_T = torch.zeros(packed.height_S_T.shape, device=device)
        for s in range(count):
            self._describe(s)

    def put(self, s: int, scene: Scene) -> None:
        """As `SceneStore.put`."""
        self.store.put(s, scene)
        self._copy(s, Scenes._fields[1:])
        self._describe(s)

    def move_boxes(self, s: int, centre_B_3: ArrayLike, angles_B_3: ArrayLike | None = None) -> None:
        """As `SceneStore.move_boxes`."""
        self.store.move_boxes(s, centre_B_3, angles_B_3)
        self._copy(s, ("ball_S_4_B",) if angles_B_3 is None else ("ball_S_4_B", "axes_S_B_3_3", "face_light_S_L"))

    def settings(self, scene_N: Tensor) -> Settings:
        """The settings of the scenes in which cameras are."""
        return {name: setting_S[scene_N, None] for name, setting_S in self._settings.items()}

    def look_up(self, name: str, scene: Tensor, index: Tensor) -> Tensor:
        """What stands in a table at places of a scene's row.

        Args:
            name: of a table with one dimension a scene.
            scene: which scene, of a shape that fits that of the index.
            index: where in its row.
        """
        table = self.row[name]
        return table.view(-1)[scene * table.shape[1] + index]

    def _copy(self, s: int, names: tuple[str, ...]) -> None:
        for name in names:
            self.row[name][s].copy_(torch.from_numpy(getattr(self.store.packed, name)[s]))

    def _describe(self, s: int) -> None:
        """Write down a scene's settings, and how high its patches of terrain are."""
        settings = self.store.packed.settings_S[s]
        for name, setting_S in self._settings.items():
            setting_S[s] = settings[name].item()
        rows, columns = int(settings["terrain_y"]), int(settings["terrain_x"])
        if rows:
            heights = self.store.packed.height_S_T[s, : rows * columns].reshape(rows, columns)
            tops = _tops(heights).ravel()
            self.patch_top_S_T[s, : len(tops)].copy_(torch.from_numpy(tops))
            self.highest_S[s] = float(heights.max())


class DeviceTexels:
    """Textures in the memory of a device.

    Attributes:
        texel_M: the levels of all textures, one after another.
        repeats_T: how often a texture is repeated a metre.
        each: texels of all levels of one texture.
        size: texels along a side of the largest level.
        levels: how often the size can be halved.

    Args:
        texels: as the kernels of the processor read them.
        device: where to.
    """

    def __init__(self, texels: Texels, device: torch.device) -> None:
        self.texel_M = _upload(texels.texel_T_M.reshape(-1), device)
        self.repeats_T = _upload(texels.repeats_T, device)
        self.each = texels.texel_T_M.shape[1]
        self.size, self.levels = int(texels.size), int(texels.levels)


def _upload(array: NDArray, device: torch.device) -> Tensor:
    return torch.from_numpy(array).to(device, copy=True)


def _tops(height_Y_X: NDArray[np.float32]) -> NDArray[np.float32]:
    along = np.maximum(height_Y_X[:, 1:], height_Y_X[:, :-1])
    return np.maximum(along[1:], along[:-1])
