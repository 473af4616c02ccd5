"""Weights in memory that two processes see."""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import torch

_ALIGNMENT = 64  # bytes


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where a tensor lies.

    Attributes:
        name: what the model calls it.
        dtype: of its numbers.
        shape: of it.
        start: its first byte.
    """

    name: str
    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int


class SharedWeights:
    """Tensors on a file without a name, which lives as long as a process has it open.

    Attributes:
        file: its descriptor is what the other process inherits.
        places: where each tensor lies.
        tensors: the tensors by name; who writes to one writes to the other process's too.

    Args:
        file: large enough.
        places: of the tensors.
    """

    def __init__(self, file: BinaryIO, places: Sequence[TensorPlace]) -> None:
        self.file = file
        self.places = tuple(places)
        memory = mmap.mmap(file.fileno(), 0)
        self.tensors: Mapping[str, torch.Tensor] = {
            place.name: torch.frombuffer(
                memory, dtype=place.dtype, count=math.prod(place.shape), offset=place.start
            ).view(place.shape)
            for place in places
        }

    @classmethod
    def like(cls, weights: Iterable[tuple[str, torch.Tensor]]) -> SharedWeights:
        """New memory with room for weights; they are not written yet."""
        places, end = [], 0
        for name, tensor in weights:
            places.append(TensorPlace(name, tensor.dtype, tuple(tensor.shape), end))
            end += -(-tensor.nbytes // _ALIGNMENT) * _ALIGNMENT
        file = os.fdopen(os.memfd_create("palaestra-weights"), "r+b")
        file.truncate(end)
        return cls(file, places)

    def write(self, weights: Iterable[tuple[str, torch.Tensor]]) -> None:
        """Copy weights in, from any device.

        Raises:
            ValueError: they are not those that there is room for.
        """
        given = dict(weights)
        if _shapes(given) != _shapes(self.tensors):
            raise ValueError("policy must have weights of the names and shapes of the one the engine was made for")
        for name, tensor in given.items():
            self.tensors[name].copy_(tensor)


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in weights.items()}
