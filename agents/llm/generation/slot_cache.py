"""Keys and values of many conversations of different length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache

from ..shapes import bucket


class SlotCache(Cache):
    """One row a conversation, each with its own length; any Hugging Face decoder with full attention can use it.

    The rows are filled from the left. Before a forward pass `advance` says at which positions its tokens stand; the
    mask it returns hides everything behind a token's own position, so what padding wrote there is never seen and is
    overwritten when the row grows. Storage grows in steps, so that growing is rare.

    Args:
        layers: how many layers the model has.
        dtype: of the keys and values.
        device: where they are.
    """

    _STEP = 64  # positions

    def __init__(self, layers: int, *, dtype: torch.dtype, device: torch.device) -> None:
        self._dtype, self._device = dtype, device
        self._keys: list[torch.Tensor | None] = [None] * layers  # B, H, T, D each
        self._values: list[torch.Tensor | None] = [None] * layers
        self._row_count = 0  # one more is stored, for padding to write to
        self._rows: torch.Tensor | slice = slice(0)
        self._written_rows = torch.zeros(0, 1, dtype=torch.long, device=device)
        self._positions_B_Q = torch.zeros(0, 0, dtype=torch.long, device=device)
        self._visible = 0

    @property
    def layers(self) -> list[Any]:
        """No per-layer objects: the layers are tensors here."""
        return []

    def clear(self, rows: int) -> None:
        """Forget everything and make room for a number of rows."""
        if bucket(rows) != self._row_count:
            self._row_count = bucket(rows)
            self._keys[:] = self._values[:] = [None] * len(self._keys)

    def select(self, sources: Sequence[int]) -> None:
        """Make row i a copy of what row `sources[i]` was; rows not named are dropped."""
        self._row_count = bucket(len(sources))
        filler = [0] * (self._row_count + 1 - len(sources))
        chosen = torch.tensor([*sources, *filler], device=self._device)
        for storage in (self._keys, self._values):
            storage[:] = [None if tensor is None else tensor[chosen] for tensor in storage]

    def copy_rows(self, sources: torch.Tensor, targets: torch.Tensor, length: int) -> None:
        """Copy the first `length` positions of rows `sources` into rows `targets`."""
        for tensor in (*self._keys, *self._values):
            if tensor is not None:
                tensor[targets, :, :length] = tensor[sources, :, :length]

    def advance(self, positions_B_Q: torch.Tensor, rows: Sequence[int] | None = None) -> torch.Tensor:
        """Prepare a forward pass.

        Args:
            positions_B_Q: where each of its tokens stands in its row.
            rows: which row each sequence of the pass belongs to, where they are fewer than B the others are padding;
                None for the first B rows.

        Returns:
            The boolean mask of shape (B, 1, Q, T): which position each token may look at.
        """
        count = len(positions_B_Q)
        if rows is None:
            self._rows = slice(count)
            self._written_rows = torch.arange(count, device=self._device)[:, None]
        else:
            padded = [*rows, *[self._row_count] * (count - len(rows))]
            self._rows = torch.tensor(padded, device=self._device)
            self._written_rows = self._rows[:, None]
        self._positions_B_Q = positions_B_Q
        self._visible = bucket(int(positions_B_Q.max()) + 1)
        keys_T = torch.arange(self._visible, device=self._device)
        return (keys_T <= positions_B_Q[..., None])[:, None]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Store a layer's new keys and values; return all that may be looked at."""
        views = []
        for storage, new_B_H_Q_D in ((self._keys, key_states), (self._values, value_states)):
            tensor = self._grown(storage[layer_idx], new_B_H_Q_D)
            storage[layer_idx] = tensor
            tensor[self._written_rows, :, self._positions_B_Q] = new_B_H_Q_D.transpose(1, 2)
            views.append(tensor[self._rows, :, : self._visible])
        return views[0], views[1]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """How many positions are visible."""
        return self._visible

    def get_mask_sizes(self, query_length: int, layer_idx: int) -> tuple[int, int]:
        """Visible positions, and the offset of the first."""
        return self._visible, 0

    def _grown(self, tensor: torch.Tensor | None, new_B_H_Q_D: torch.Tensor) -> torch.Tensor:
        if tensor is not None and tensor.shape[2] >= self._visible:
            return tensor
        length = -(-self._visible // self._STEP) * self._STEP
        heads, width = new_B_H_Q_D.shape[1], new_B_H_Q_D.shape[3]
        grown = torch.zeros(self._row_count + 1, heads, length, width, dtype=self._dtype, device=self._device)
        if tensor is not None:
            grown[:, :, : tensor.shape[2]] = tensor
        return grown
