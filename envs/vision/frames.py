"""The pictures of N cameras, in memory that is used again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import check_output
from .kernels.layout import Outputs

_EMPTY_RGB, _EMPTY_DEPTH = np.empty((0, 0), np.uint8), np.empty((0, 0), np.float32)
_EMPTY_LABEL = np.empty((0, 0), np.int32)


@dataclass(frozen=True, eq=False)
class Frames:
    """Where pictures go; None is not rendered. Any array will do, a part of a rollout's buffer for instance.

    Attributes:
        rgb_N_H_W_3: colours, `uint8`.
        depth_N_H_W: metres along the optical axis, `float32`; infinite in the sky.
        label_N_H_W: the label of what is seen, `int32`.
    """

    rgb_N_H_W_3: NDArray[np.uint8] | None = None
    depth_N_H_W: NDArray[np.float32] | None = None
    label_N_H_W: NDArray[np.int32] | None = None

    @classmethod
    def new(
        cls, count: int, height: int, width: int, *, rgb: bool = True, depth: bool = False, label: bool = False
    ) -> Frames:
        """New memory for the pictures of so many cameras.

        Args:
            count: cameras.
            height, width: of a picture.
            rgb, depth, label: what is wanted.
        """
        shape = (count, height, width)
        return cls(
            np.zeros((*shape, 3), np.uint8) if rgb else None,
            np.zeros(shape, np.float32) if depth else None,
            np.zeros(shape, np.int32) if label else None,
        )

    def outputs(self, count: int, height: int, width: int) -> Outputs:
        """As the kernels write them.

        Raises:
            ValueError: an array has another shape or type, or its pictures do not lie one after another.
        """
        shape = (count, height, width)
        if self.rgb_N_H_W_3 is not None:
            check_output("rgb_N_H_W_3", self.rgb_N_H_W_3, (*shape, 3), np.uint8)
        if self.depth_N_H_W is not None:
            check_output("depth_N_H_W", self.depth_N_H_W, shape, np.float32)
        if self.label_N_H_W is not None:
            check_output("label_N_H_W", self.label_N_H_W, shape, np.int32)
        return Outputs(
            _EMPTY_RGB if self.rgb_N_H_W_3 is None else self.rgb_N_H_W_3.reshape(count, -1),
            _EMPTY_DEPTH if self.depth_N_H_W is None else self.depth_N_H_W.reshape(count, -1),
            _EMPTY_LABEL if self.label_N_H_W is None else self.label_N_H_W.reshape(count, -1),
        )
