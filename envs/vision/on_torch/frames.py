"""The pictures of N cameras, in tensors that are used again and again."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, eq=False, slots=True)
class TorchFrames:
    """Where pictures go, as in `Frames`; None is not rendered. Any tensors will do, parts of a larger one for instance.

    Attributes:
        rgb_N_H_W_3: colours, `uint8`.
        depth_N_H_W: metres along the optical axis, `float32`; infinite in the sky.
        label_N_H_W: the label of what is seen, `int32`.
    """

    rgb_N_H_W_3: torch.Tensor | None = None
    depth_N_H_W: torch.Tensor | None = None
    label_N_H_W: torch.Tensor | None = None

    @classmethod
    def new(
        cls,
        count: int,
        height: int,
        width: int,
        *,
        rgb: bool = True,
        depth: bool = False,
        label: bool = False,
        device: torch.device | str = "cpu",
    ) -> TorchFrames:
        """New memory for the pictures of so many cameras.

        Args:
            count: cameras.
            height, width: of a picture.
            rgb, depth, label: what is wanted.
            device: where the memory is: the renderer's.
        """
        shape = (count, height, width)
        return cls(
            torch.zeros((*shape, 3), dtype=torch.uint8, device=device) if rgb else None,
            torch.zeros(shape, dtype=torch.float32, device=device) if depth else None,
            torch.zeros(shape, dtype=torch.int32, device=device) if label else None,
        )

    def part(self, cameras: slice) -> TorchFrames:
        """The pictures of some of the cameras, in the same memory."""
        rgb, depth, label = (
            None if each is None else each[cameras] for each in (self.rgb_N_H_W_3, self.depth_N_H_W, self.label_N_H_W)
        )
        return TorchFrames(rgb, depth, label)

    def check(self, count: int, height: int, width: int, device: torch.device) -> None:
        """Refuse what pixels cannot be written to as they come.

        Raises:
            ValueError: a tensor has another shape or type, or is on another device.
        """
        shape = (count, height, width)
        _check("rgb_N_H_W_3", self.rgb_N_H_W_3, (*shape, 3), torch.uint8, device)
        _check("depth_N_H_W", self.depth_N_H_W, shape, torch.float32, device)
        _check("label_N_H_W", self.label_N_H_W, shape, torch.int32, device)


def _check(
    name: str, tensor: torch.Tensor | None, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device
) -> None:
    if tensor is None:
        return
    if not isinstance(tensor, torch.Tensor):
        raise ValueError(f"{name} must be a tensor of {dtype} {shape} on {device}, got {type(tensor).__name__}")
    if tuple(tensor.shape) != shape or tensor.dtype != dtype or tensor.device != device:
        got = f"{tensor.dtype} {tuple(tensor.shape)} on {tensor.device}"
        raise ValueError(f"{name} must be a tensor of {dtype} {shape} on {device}, got {got}")
