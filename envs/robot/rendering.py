"""Pictures of MuJoCo bodies without a display."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import atexit
import ctypes
import importlib
import os
import sys
import weakref
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import mujoco

_EGL_PLATFORM_DEVICE = 0x313F
_MOST_EGL_DEVICES = 16
_MOST_GEOMS = 2000


@cache
def choose_backend() -> str | None:
    """What draws without a display on this machine: `egl` or `osmesa`; None where MuJoCo's own choice has to do.

    `MUJOCO_GL` decides where it is set. The choice is made when the first picture is taken, so it does not matter
    whether MuJoCo was imported before.
    """
    wanted = os.environ.get("MUJOCO_GL", "").lower().strip()
    if wanted:
        return wanted if wanted in ("egl", "osmesa") else None
    if not sys.platform.startswith("linux"):
        return None
    if _egl_works():
        return "egl"
    return "osmesa" if _library("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so") is not None else None


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
        self._renderer: _OffscreenRenderer | None = None

    def picture(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """What the camera sees now, of shape (size, size, 3).

        Raises:
            RuntimeError: this machine cannot render; the message says what to install.
        """
        if self._renderer is None:
            self._renderer = self._open()
        fine_HWC = self._renderer.picture(data)
        if self.samples == 1:
            return fine_HWC
        n = self.samples
        summed = fine_HWC.reshape(self.size, n, self.size, n, 3).sum(axis=(1, 3), dtype=np.uint16)
        return (summed // (n * n)).astype(np.uint8)

    def close(self) -> None:
        """Free the renderer; the next picture opens it again."""
        if self._renderer is not None:
            _open_cameras.discard(self)
            self._renderer.close()
            self._renderer = None

    def _open(self) -> _OffscreenRenderer:
        try:
            renderer = _OffscreenRenderer(self.model, self.name, self.size * self.samples, self.shadows)
        except Exception as error:  # every GL backend has exceptions of its own
            raise RuntimeError(
                f"cannot render without a display: {error or type(error).__name__}. Install libegl1 or libosmesa6 "
                "(Debian: `apt install libegl1 libosmesa6`), or set MUJOCO_GL to a backend that works, and start again"
            ) from error
        if not _open_cameras:
            # registered after the GL library's own end, so that it runs before it
            atexit.unregister(_close_cameras)
            atexit.register(_close_cameras)
        _open_cameras.add(self)
        return renderer


class _OffscreenRenderer:
    """A scene, and the GL context it is drawn in. (`mujoco.Renderer` is tied to the backend of the first import.)"""

    def __init__(self, model: mujoco.MjModel, camera: str, pixels: int, shadows: bool) -> None:
        import mujoco

        self._model = model
        self._pixels = pixels
        self._gl = _context_class()(pixels, pixels)
        self._gl.make_current()
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._camera.fixedcamid = model.camera(camera).id
        self._option, self._perturbation = mujoco.MjvOption(), mujoco.MjvPerturb()
        self._scene = mujoco.MjvScene(model, maxgeom=_MOST_GEOMS)
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = shadows
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100.value)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._context)
        self._rectangle = mujoco.MjrRect(0, 0, pixels, pixels)

    def picture(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        import mujoco

        self._gl.make_current()
        everything = mujoco.mjtCatBit.mjCAT_ALL.value
        mujoco.mjv_updateScene(
            self._model, data, self._option, self._perturbation, self._camera, everything, self._scene
        )
        mujoco.mjr_render(self._rectangle, self._scene, self._context)
        upside_down_HWC = np.empty((self._pixels, self._pixels, 3), np.uint8)
        mujoco.mjr_readPixels(upside_down_HWC, None, self._rectangle, self._context)
        return upside_down_HWC[::-1].copy()

    def close(self) -> None:
        self._gl.make_current()
        self._context.free()
        self._gl.free()


def _context_class() -> Any:
    backend = choose_backend()
    if backend is not None:
        return importlib.import_module(f"mujoco.{backend}").GLContext
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        raise RuntimeError("neither EGL nor OSMesa was found, and there is no display")
    import mujoco

    return mujoco.GLContext


_open_cameras: weakref.WeakSet[Camera] = weakref.WeakSet()


def _close_cameras() -> None:
    for camera in list(_open_cameras):
        camera.close()
