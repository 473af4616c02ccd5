"""Devices by name, for every kind of agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def resolve_device(device: str) -> torch.device:
    """The device of a name.

    Args:
        device: `auto` (the GPU if there is one), `cpu`, `cuda`, `cuda:1` …

    Raises:
        ValueError: torch knows no such device, or this machine has none.
    """
    import torch  # here, so that recipes can be checked without the seconds it takes

    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == "auto":
        return torch.device("cuda" if gpus else "cpu")
    try:
        found = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device must be auto, cpu or cuda, got {device!r}") from error
    if found.type == "cuda" and not gpus:
        raise ValueError(f"device {device!r} was asked for but no GPU was found; use device='auto' or 'cpu'")
    if found.type == "cuda" and (found.index or 0) >= gpus:
        raise ValueError(f"device {device!r} was asked for but there are {gpus} GPUs, counted from 0")
    return found
