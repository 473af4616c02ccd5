"""Pictures of bodies: one scene a slot, and what each body has seen last."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..cameras import Cameras
from ..frames import Frames
from ..renderer import Renderer
from ..scene import Scene
from ..textures import Textures


class View:
    """A renderer whose scenes come and go, however large they are.

    Args:
        textures: which scenes name by number.
        slots: how many scenes there may be at a time.
        size: width and height of a picture.
        threads: of the renderer; None for what pays.
    """

    def __init__(self, textures: Textures, slots: int, size: int, threads: int | None = None) -> None:
        self._textures, self._size, self._threads = textures, size, threads
        self._scenes: list[Scene | None] = [None] * slots
        self._renderer: Renderer | None = None

    def put(self, slot: int, scene: Scene) -> None:
        """Show a scene in a slot from now on."""
        if self._scenes[slot] is scene:
            return
        self._scenes[slot] = scene
        if self._renderer is not None:
            try:
                self._renderer.put(slot, scene)
            except ValueError:  # larger than any before: a renderer with more room is made when it is needed
                self._renderer = None

    def move_boxes(self, slot: int, centre_B_3: ArrayLike, angles_B_3: ArrayLike) -> None:
        """Move and turn the first B boxes of a slot's scene, until another scene is put there."""
        self._present().move_boxes(slot, centre_B_3, angles_B_3)

    def render(self, cameras: Cameras, pictures_N_H_W_3: NDArray[np.uint8]) -> None:
        """Write the pictures of cameras, which lie one after another in memory."""
        self._present().render(cameras, Frames(pictures_N_H_W_3))

    def render_depth(self, cameras: Cameras, depth_N_H_W: NDArray[np.float32]) -> None:
        """Write how far what cameras see is from them, metres along their optical axes."""
        self._present().render(cameras, Frames(depth_N_H_W=depth_N_H_W))

    def picture(self, camera: Cameras) -> NDArray[np.uint8]:
        """What one camera sees, (size, size, 3)."""
        picture_1_H_W_3 = np.empty((1, self._size, self._size, 3), np.uint8)
        self.render(camera, picture_1_H_W_3)
        return picture_1_H_W_3[0]

    def _present(self) -> Renderer:
        """The renderer, made now where there is none with enough room."""
        if self._renderer is None:
            present = next(scene for scene in self._scenes if scene is not None)
            self._renderer = Renderer(
                [scene or present for scene in self._scenes],
                self._textures,
                height=self._size,
                width=self._size,
                threads=self._threads,
            )
        return self._renderer


class Pictures:
    """What N bodies have seen last: `history` pictures each, the oldest first, beside each other in the channels.

    Args:
        view: what draws.
        bodies: how many, N.
        size: width and height of a picture.
        history: pictures each.
    """

    def __init__(self, view: View, bodies: int, size: int, history: int) -> None:
        self._view, self._size = view, size
        self._seen_N_H_W_C = np.zeros((bodies, size, size, 3 * history), np.uint8)
        self._history = history
        self._has_moved_N = np.zeros(bodies, np.bool_)
        self._is_new_N = np.ones(bodies, np.bool_)
        self._is_handed_out = False

    def moved(self, moving_N: NDArray[np.bool_]) -> None:
        """Bodies of a mask see something else from now on."""
        self._has_moved_N |= moving_N

    def begin(self, body: int, seen_H_W_C: NDArray[np.uint8] | None) -> None:
        """A body is put somewhere, where it has seen this; None for the present picture as often as there is room."""
        self._is_new_N[body] = seen_H_W_C is None
        self._has_moved_N[body] = False
        if seen_H_W_C is not None:
            if self._is_handed_out:
                self._seen_N_H_W_C = self._seen_N_H_W_C.copy()
                self._is_handed_out = False
            self._seen_N_H_W_C[body] = seen_H_W_C

    def has_looked(self, body: int) -> bool:
        """Whether a body has seen something since it was put where it is."""
        return not self._is_new_N[body]

    def look(self, cameras: Cameras) -> NDArray[np.uint8]:
        """What all bodies see, in memory that is never written to again.

        Args:
            cameras: where they stand.
        """
        self._is_handed_out = True
        changed_N = self._has_moved_N | self._is_new_N
        if not changed_N.any():
            return self._seen_N_H_W_C
        is_all = bool(changed_N.all())
        if is_all and self._history == 1:
            seen = np.empty_like(self._seen_N_H_W_C)
            self._view.render(cameras, seen)
        else:
            changed = np.flatnonzero(changed_N)
            newest = np.empty((len(changed), self._size, self._size, 3), np.uint8)
            self._view.render(cameras if is_all else _chosen(cameras, changed), newest)
            seen = self._seen_N_H_W_C.copy()
            pixels = self._size**2
            _push(seen.reshape(len(seen), pixels, -1), newest.reshape(len(newest), pixels, 3), changed, self._is_new_N)
        self._has_moved_N[:] = False
        self._is_new_N[:] = False
        self._seen_N_H_W_C = seen
        return seen


def _chosen(cameras: Cameras, which: NDArray[np.intp]) -> Cameras:
    return Cameras(cameras.position_N_3[which], cameras.angles_N_3[which], cameras.fov_N[which], cameras.scene_N[which])


@numba.njit(cache=True, nogil=True)
def _push(
    seen_N_P_C: NDArray[np.uint8],
    newest_K_P_3: NDArray[np.uint8],
    which_K: NDArray[np.intp],
    is_new_N: NDArray[np.bool_],
) -> None:
    """Put new pictures behind the old ones, whose oldest is forgotten; in the place of all for bodies that begin."""
    channels = seen_N_P_C.shape[2]
    for k in range(len(which_K)):
        n = which_K[k]
        for p in range(seen_N_P_C.shape[1]):
            if is_new_N[n]:
                for c in range(channels):
                    seen_N_P_C[n, p, c] = newest_K_P_3[k, p, c % 3]
            else:
                for c in range(channels - 3):
                    seen_N_P_C[n, p, c] = seen_N_P_C[n, p, c + 3]
                for c in range(3):
                    seen_N_P_C[n, p, channels - 3 + c] = newest_K_P_3[k, p, c]
