"""Pictures of MuJoCo bodies without a display."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import atexit
import ctypes
import os
import sys
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import mujoco

_EGL_PLATFORM_DEVICE = 0x313F
_MOST_EGL_DEVICES = 16


def choose_gl() -> None:
    """Have MuJoCo render without a display: set `MUJOCO_GL` to `egl` or `osmesa`, whichever works on this machine.

    MuJoCo reads the variable when it is first imported, so this comes before. A value that is set already is kept; on
    other systems than Linux MuJoCo's own choice is right.
    """
    if os.environ.get("MUJOCO_GL") or "mujoco" in sys.modules or not sys.platform.startswith("linux"):
        return
    if _egl_works():
        os.environ["MUJOCO_GL"] = "egl"
    elif _library("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so") is not None:
        os.environ["MUJOCO_GL"] = "osmesa"


def _library(*names: str) -> ctypes.CDLL | None:
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _egl_works() -> bool:
    """Whether an EGL device can be opened: the library alone is not enough, a driver has to answer.

    PyOpenGL settles on one platform for good when it is imported, so this asks the C library itself.
    """
    egl = _library("libEGL.so.1", "libEGL.so")
    if egl is None:
        return False
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    query = egl.eglGetProcAddress(b"eglQueryDevicesEXT")
    open_display = egl.eglGetProcAddress(b"eglGetPlatformDisplayEXT")
    if not query or not open_display:
        return False
    query_devices = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(query)
    get_display = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)(open_display)
    devices = (ctypes.c_void_p * _MOST_EGL_DEVICES)()
    count = ctypes.c_int(0)
    if not query_devices(_MOST_EGL_DEVICES, devices, ctypes.byref(count)):
        return False
    for device in devices[: count.value]:
        display = get_display(_EGL_PLATFORM_DEVICE, device, None)
        # terminated again by MuJoCo at exit, or by the end of the process: closing it here could pull the display
        # from under another user of it
        if display and egl.eglInitialize(ctypes.c_void_p(display), None, None):
            return True
    return False


class Camera:
    """A camera of a model, opened when the first picture is taken.

    Args:
        model: the model.
        name: the camera's name in the model.
        size: width and height of the picture, in pixels.
        samples: samples along each side of a pixel; more smooth the edges.
        shadows: whether lights cast shadows.
    """

    def __init__(self, model: mujoco.MjModel, name: str, *, size: int, samples: int = 1, shadows: bool = False) -> None:
        self.model = model
        self.name = name
        self.size = size
        self.samples = samples
        self.shadows = shadows
        self._renderer: Any = None

    def picture(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """What the camera sees now, of shape (size, size, 3).

        Raises:
            RuntimeError: this machine cannot render; the message says what to install.
        """
        if self._renderer is None:
            self._renderer = self._open()
        self._renderer.update_scene(data, self.name)
        fine_HWC = self._renderer.render()
        if self.samples == 1:
            return fine_HWC.copy()
        n = self.samples
        summed = fine_HWC.reshape(self.size, n, self.size, n, 3).sum(axis=(1, 3), dtype=np.uint16)
        return (summed // (n * n)).astype(np.uint8)

    def close(self) -> None:
        """Free the renderer; the next picture opens it again."""
        if self._renderer is not None:
            _open_cameras.discard(self)
            self._renderer.close()
            self._renderer = None

    def _open(self) -> Any:
        import mujoco

        pixels = self.size * self.samples
        try:
            renderer = mujoco.Renderer(self.model, pixels, pixels)
        except Exception as error:  # every GL backend has exceptions of its own
            backend = os.environ.get("MUJOCO_GL") or "none chosen"
            raise RuntimeError(
                f"cannot render without a display (MUJOCO_GL: {backend}): {error or type(error).__name__}. "
                "Install libegl1 or libosmesa6 (Debian: `apt install libegl1 libosmesa6`) and start again; "
                "where mujoco is imported before palaestra's robots, also set MUJOCO_GL=egl or MUJOCO_GL=osmesa"
            ) from error
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = self.shadows
        if not _open_cameras:
            # registered after MuJoCo's own end of the display, so that it runs before it
            atexit.unregister(_close_cameras)
            atexit.register(_close_cameras)
        _open_cameras.add(self)
        return renderer


_open_cameras: weakref.WeakSet[Camera] = weakref.WeakSet()


def _close_cameras() -> None:
    for camera in list(_open_cameras):
        camera.close()
