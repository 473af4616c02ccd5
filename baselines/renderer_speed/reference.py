"""The same loops in C++, compiled on this machine for it: the physical reference."""

from __future__ import annotations

import atexit
import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from ...envs.vision import Cameras, Scene
from ...envs.vision.store import SceneStore
from ...envs.vision.textures import Textures
from ..errors import RunError

# what Numba's code assumes as well: nobody looks at errno or at floating-point traps
_OPTIONS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")


class Reference:
    """Draws one scene of walls, floor, ceiling and sky for all cameras, on one thread.

    Args:
        scene: without boxes and terrain, with walls; cameras are inside their map.
        textures: of the scene.
        cameras: all level or none.
        size: pixels along a side, a power of two.

    Raises:
        RunError: there is no C++ compiler, or it fails.
    """

    def __init__(self, scene: Scene, textures: Textures, cameras: Cameras, size: int) -> None:
        self.rgb_N_H_W_3 = np.zeros((len(cameras), size, size, 3), np.uint8)
        self._draw = _library().render
        packed, poses, texels = SceneStore([scene], textures=len(textures)).packed, cameras.poses, textures.texels
        arrays = [
            poses.position_N_3,
            poses.angles_N_3,
            poses.fov_N,
            packed.settings_S,
            packed.solid_S_C,
            packed.texture_S_F,
            packed.face_light_S_L,
            packed.place_light_S_L,
            texels.texel_T_M,
            texels.repeats_T,
        ]
        self._alive = arrays
        level = int(not poses.angles_N_3[:, 1:].any())
        numbers = [len(cameras), size, size, level]
        detail = [int(texels.size), int(texels.levels), texels.texel_T_M.shape[1]]
        self._arguments = [
            *(ctypes.c_int(number) for number in numbers),
            *(ctypes.c_void_p(array.ctypes.data) for array in arrays),
            *(ctypes.c_int(number) for number in detail),
            ctypes.c_void_p(self.rgb_N_H_W_3.ctypes.data),
        ]

    def draw(self) -> None:
        """Draw all cameras' pictures into `rgb_N_H_W_3`."""
        self._draw(*self._arguments)


@cache
def _library() -> ctypes.CDLL:
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        raise RunError("the renderer is measured beside C++: install g++ or clang++")
    folder = tempfile.mkdtemp(prefix="palaestra-renderer-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = Path(folder) / "reference.so"
    source = Path(__file__).with_name("reference.cpp")
    made = subprocess.run(
        [compiler, *_OPTIONS, "-o", str(target), str(source)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise RunError(f"{compiler} could not compile the reference: {made.stderr[-500:]}")
    library = ctypes.CDLL(str(target))
    library.render.restype = None
    return library
