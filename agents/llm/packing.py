"""A batch without padding and without repetition: tokens that share their whole past are computed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .llama import attention, hidden_from


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The distinct tokens of a batch, each with the place it first stands at.

    Two tokens are one where everything up to them is equal: the prompt of a group, the opening of every conversation,
    replies that were given twice. U counts distinct tokens; a cell is a place of the padded batch, row · T + column.

    Attributes:
        tokens_U: their ids.
        positions_U: their columns.
        cell_U: the cell each stands at, in the first row that has it.
        index_B_T: the distinct token at each cell; 0 where the batch has padding.
    """

    tokens_U: torch.Tensor
    positions_U: torch.Tensor
    cell_U: torch.Tensor
    index_B_T: torch.Tensor


def pack(tokens_B_T: torch.Tensor, length_B: torch.Tensor) -> Packed:
    """Find the distinct tokens of a batch.

    Args:
        tokens_B_T: token ids, padded on the right.
        length_B: how many tokens of each row count, at least one in all.
    """
    tokens, length = tokens_B_T.cpu().numpy(), length_B.cpu().numpy()
    count, width = tokens.shape
    real = np.arange(width) < length[:, None]
    tokens = np.where(real, tokens, -1)
    # in lexicographic order, rows that share a prefix are neighbours
    order = np.lexsort(tokens.T[::-1])
    ordered, real = tokens[order], real[order]
    shared = np.zeros((count, width), dtype=bool)
    shared[1:] = np.logical_and.accumulate(ordered[1:] == ordered[:-1], axis=1)
    distinct = real & ~shared
    number = np.cumsum(distinct).reshape(count, width) - 1
    # what a row shares, it has from the last row before it that has it as its own
    owner = np.maximum.accumulate(np.where(distinct, np.arange(count)[:, None], 0), axis=0)
    index = np.empty((count, width), dtype=np.int64)
    index[order] = np.where(real, number[owner, np.arange(width)], 0)
    row_U, column_U = distinct.nonzero()
    device = tokens_B_T.device
    return Packed(
        tokens_U=torch.from_numpy(ordered[distinct]).to(device),
        positions_U=torch.from_numpy(column_U).to(device),
        cell_U=torch.from_numpy(order[row_U] * width + column_U).to(device),
        index_B_T=torch.from_numpy(index).to(device),
    )


class CausalAttention:
    """Lets the distinct tokens of a batch look at their own past.

    Args:
        index_B_T: the distinct token at each cell of the padded batch.
        cells_U: the cell of each distinct token.
        dtype: of the scores.
    """

    def __init__(self, index_B_T: torch.Tensor, cells_U: torch.Tensor, dtype: torch.dtype) -> None:
        self._index_B_T, self._cells_U = index_B_T, cells_U
        width = index_B_T.shape[1]
        past_T_T = torch.ones(width, width, dtype=torch.bool, device=index_B_T.device).tril()
        self._hidden_1_1_T_T = hidden_from(past_T_T[None, None], dtype)

    def __call__(
        self, layer: int, query_U_H_D: torch.Tensor, key_U_J_D: torch.Tensor, value_U_J_D: torch.Tensor
    ) -> torch.Tensor:
        """What each token sees, as `Attend` says."""
        seen_B_H_T_D = attention(
            self._laid_out(query_U_H_D), self._laid_out(key_U_J_D), self._laid_out(value_U_J_D), self._hidden_1_1_T_T
        )
        return seen_B_H_T_D.transpose(1, 2).flatten(0, 1).index_select(0, self._cells_U)

    def _laid_out(self, heads_U_H_D: torch.Tensor) -> torch.Tensor:
        """Of shape (B, H, T, D)."""
        heads_C_H_D = heads_U_H_D.index_select(0, self._index_B_T.flatten())
        return heads_C_H_D.unflatten(0, self._index_B_T.shape).transpose(1, 2)
