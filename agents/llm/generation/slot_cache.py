"""Keys and values of many conversations of different length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache

from ..shapes import bucket


class SlotCache(Cache):
    """One row a conversation, each with its own length; any Hugging Face decoder with full attention can use it.

    The rows are filled from the left. A forward pass names the cells its tokens are written to and the rows it reads;
    rows are read in their whole length, so whoever reads hides what stands behind a token's own position. Rows keep
    their place from pass to pass, and the first ones are read without being copied.

    Args:
        layers: how many layers the model has.
        dtype: of the keys and values.
        device: where they are.

    Attributes:
        length: how many positions a row has.
    """

    def __init__(self, layers: int, *, dtype: torch.dtype, device: torch.device) -> None:
        self._layer_count, self._dtype, self._device = layers, dtype, device
        self.reset()

    @property
    def layers(self) -> list[Any]:
        """No per-layer objects: the layers are tensors here."""
        return []

    @property
    def spare_row(self) -> int:
        """A row that belongs to no conversation: padding is written there."""
        return self._row_count

    def reset(self) -> None:
        """Drop all rows, and give their memory back."""
        self.length = 0
        self._keys: list[torch.Tensor | None] = [None] * self._layer_count  # R, J, T, D each
        self._values: list[torch.Tensor | None] = [None] * self._layer_count
        self._row_count = 0
        self._rows_N = torch.zeros(0, dtype=torch.long, device=self._device)
        self._positions_N = torch.zeros(0, dtype=torch.long, device=self._device)
        self._read: torch.Tensor | slice = slice(0)

    def reserve(self, rows: int, length: int) -> None:
        """Make room for a number of rows and positions; what is stored stays."""
        self._row_count = max(self._row_count, bucket(rows))
        self.length = max(self.length, bucket(length))

    def copy_rows(self, sources: Sequence[int], targets: Sequence[int], length: int) -> None:
        """Copy the first `length` positions of rows `sources` into rows `targets`."""
        source_M = torch.tensor(sources, device=self._device)
        target_M = torch.tensor(targets, device=self._device)
        for tensor in (*self._keys, *self._values):
            if tensor is not None:
                tensor[target_M, :, :length] = tensor[source_M, :, :length]

    def advance(self, rows_N: torch.Tensor, positions_N: torch.Tensor, read: torch.Tensor | int) -> None:
        """Prepare a forward pass.

        Args:
            rows_N: which row each of its tokens belongs to.
            positions_N: where it stands there.
            read: the rows that are looked at, or how many of the first ones.
        """
        self._rows_N, self._positions_N = rows_N, positions_N
        self._read = slice(read) if isinstance(read, int) else read

    def append(
        self, layer: int, key_N_J_D: torch.Tensor, value_N_J_D: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Store a layer's new keys and values; return those of the rows that are read, of shape (R, J, T, D)."""
        read = []
        for storage, new_N_J_D in ((self._keys, key_N_J_D), (self._values, value_N_J_D)):
            tensor = storage[layer] = self._grown(storage[layer], new_N_J_D)
            tensor[self._rows_N, :, self._positions_N] = new_N_J_D
            read.append(tensor[self._read])
        return read[0], read[1]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As Hugging Face's models call it: the tokens of the pass as B sequences of Q."""
        key_N_J_D, value_N_J_D = (
            new_B_J_Q_D.transpose(1, 2).flatten(0, 1) for new_B_J_Q_D in (key_states, value_states)
        )
        return self.append(layer_idx, key_N_J_D, value_N_J_D)

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """How many positions are read."""
        return self.length

    def get_mask_sizes(self, query_length: int, layer_idx: int) -> tuple[int, int]:
        """Positions that are read, and the offset of the first."""
        return self.length, 0

    def _grown(self, tensor: torch.Tensor | None, new_N_J_D: torch.Tensor) -> torch.Tensor:
        if tensor is not None and len(tensor) > self._row_count and tensor.shape[2] >= self.length:
            return tensor
        shape = (self._row_count + 1, new_N_J_D.shape[1], self.length, new_N_J_D.shape[2])
        grown = torch.zeros(shape, dtype=self._dtype, device=self._device)
        if tensor is not None:
            grown[: len(tensor), :, : tensor.shape[2]] = tensor
        return grown
