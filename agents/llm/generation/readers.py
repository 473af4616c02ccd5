"""Two ways to read new tokens into a cache: any model of Hugging Face's with padding, a plain Llama without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch.nn.functional import linear, pad

from ..llama import PackedLlama, attention, hidden_from
from ..policy import Policy
from ..shapes import bucket
from .slot_cache import SlotCache


@dataclass(frozen=True, slots=True, eq=False)
class NewTokens:
    """Tokens that follow what the cache holds: R rows, up to Q tokens each.

    Attributes:
        tokens_R_Q: their ids, padded on the right.
        start_R: the position of the first of each row.
        count_R: how many there are in each row, at least 1.
        rows: the rows of the cache they belong to; None for the first R.
    """

    tokens_R_Q: torch.Tensor
    start_R: torch.Tensor
    count_R: torch.Tensor
    rows: torch.Tensor | None = None


class Reader(Protocol):
    """Reads with a policy's weights. Once they are written to, it needs a successor: it may hold copies of some."""

    cache: SlotCache

    def read(self, new: NewTokens) -> torch.Tensor:
        """Logits (R, V) of what follows each row's last new token, whose keys and values then are in the cache."""
        ...


def make_reader(policy: Policy) -> Reader:
    """The fastest reader for a policy."""
    return PaddedReader(policy) if policy.packed is None else PackedReader(policy, policy.packed)


class PaddedReader:
    """Calls the model's own forward pass."""

    def __init__(self, policy: Policy) -> None:
        self._policy, self._model = policy, policy.model
        layers = policy.model.config.get_text_config().num_hidden_layers
        self.cache = SlotCache(layers, dtype=policy.model.dtype, device=policy.device)

    def read(self, new: NewTokens) -> torch.Tensor:
        """As the protocol says."""
        count, width = new.tokens_R_Q.shape
        # sizes are rounded up; what stands beyond a row's last token is hidden, and overwritten when the row grows
        more_rows, more_columns = bucket(count) - count, bucket(width) - width
        tokens_R_Q = pad(new.tokens_R_Q, (0, more_columns, 0, more_rows), value=self._policy.pad_token)
        columns_Q = torch.arange(width + more_columns, device=tokens_R_Q.device)
        positions_R_Q = pad(new.start_R, (0, more_rows))[:, None] + columns_Q
        last_R = pad(new.count_R - 1, (0, more_rows))
        self.cache.reserve(1, int(positions_R_Q.max()) + 1)
        rows_R, read = _rows(new, self.cache, more_rows)
        self.cache.advance(rows_R.repeat_interleave(len(columns_Q)), positions_R_Q.flatten(), read)
        mask_R_1_Q_T = _visible(positions_R_Q, self.cache.length)
        if self._model.config._attn_implementation == "eager":  # it adds its mask
            mask_R_1_Q_T = hidden_from(mask_R_1_Q_T, self._model.dtype)
        logits_R_V = self._policy.next_logits(
            tokens_R_Q,
            last_R,
            attention_mask=mask_R_1_Q_T,
            position_ids=positions_R_Q.clamp(max=self._policy.context_length - 1),  # padding may stand beyond
            cache=self.cache,
        )
        return logits_R_V[:count]


class PackedReader:
    """Computes new tokens alone, without the padding between them."""

    def __init__(self, policy: Policy, llama: PackedLlama) -> None:
        self._llama = llama
        self._pad_token = policy.pad_token
        self._weights = llama.weights()
        self.cache = SlotCache(llama.layers, dtype=policy.model.dtype, device=policy.device)

    def read(self, new: NewTokens) -> torch.Tensor:
        """As the protocol says."""
        count, width = new.tokens_R_Q.shape
        more_rows = bucket(count) - count
        rows_R, read = _rows(new, self.cache, more_rows)
        if width == 1:
            tokens_N, positions_N = pad(new.tokens_R_Q[:, 0], (0, more_rows)), pad(new.start_R, (0, more_rows))
            positions_R_Q, rows_N, last_R = positions_N[:, None], rows_R, slice(count)
            layout = None
        else:
            columns_Q = torch.arange(width, device=rows_R.device)
            positions_R_Q = pad(new.start_R, (0, more_rows))[:, None] + columns_Q
            cells_N = (columns_Q < new.count_R[:, None]).flatten().nonzero().squeeze(-1)
            last_R = new.count_R.cumsum(0) - 1
            index_R_Q = pad((last_R + 1 - new.count_R), (0, more_rows))[:, None] + columns_Q
            more = bucket(len(cells_N)) - len(cells_N)
            index_R_Q = index_R_Q.clamp(max=len(cells_N) - 1)  # where a row has no token, any other will do
            tokens_N = pad(new.tokens_R_Q.flatten()[cells_N], (0, more), value=self._pad_token)
            positions_N = pad(positions_R_Q.flatten()[cells_N], (0, more))
            rows_N = pad(rows_R[cells_N // width], (0, more), value=self.cache.spare_row)
            layout = _Layout(index_R_Q, pad(cells_N, (0, more)))
        self.cache.advance(rows_N, positions_N, read)
        attend = _CachedAttention(self.cache, _visible(positions_R_Q, self.cache.length), layout)
        hidden_N_W = self._llama(self._weights, tokens_N, positions_N, attend)
        return linear(hidden_N_W[last_R], self._weights.head_V_W)


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Between N packed tokens and R rows of Q.

    Attributes:
        index_R_Q: the packed token at each cell.
        cells_N: the cell of each packed token.
    """

    index_R_Q: torch.Tensor
    cells_N: torch.Tensor


class _CachedAttention:
    """Lets new tokens look at their rows of a cache, themselves included; without a layout there is one a row."""

    def __init__(self, cache: SlotCache, visible_R_1_Q_T: torch.Tensor, layout: _Layout | None) -> None:
        self._cache, self._visible_R_1_Q_T, self._layout = cache, visible_R_1_Q_T, layout
        self._hidden_R_H_Q_T: torch.Tensor | None = None

    def __call__(
        self, layer: int, query_N_H_D: torch.Tensor, key_N_J_D: torch.Tensor, value_N_J_D: torch.Tensor
    ) -> torch.Tensor:
        """What each token sees, as `Attend` says."""
        key_R_J_T_D, value_R_J_T_D = self._cache.append(layer, key_N_J_D, value_N_J_D)
        if self._hidden_R_H_Q_T is None:  # the same for all layers, so it is laid out for all heads once
            hidden_R_1_Q_T = hidden_from(self._visible_R_1_Q_T, query_N_H_D.dtype)
            self._hidden_R_H_Q_T = hidden_R_1_Q_T.expand(-1, query_N_H_D.shape[1], -1, -1).contiguous()
        if self._layout is None:
            return attention(query_N_H_D.unsqueeze(2), key_R_J_T_D, value_R_J_T_D, self._hidden_R_H_Q_T).squeeze(2)
        query_R_H_Q_D = query_N_H_D[self._layout.index_R_Q].transpose(1, 2)
        seen_R_H_Q_D = attention(query_R_H_Q_D, key_R_J_T_D, value_R_J_T_D, self._hidden_R_H_Q_T)
        return seen_R_H_Q_D.transpose(1, 2).flatten(0, 1).index_select(0, self._layout.cells_N)


def _rows(new: NewTokens, cache: SlotCache, more: int) -> tuple[torch.Tensor, torch.Tensor | int]:
    """The row each sequence is written to, and the rows that are read; `more` sequences of padding follow."""
    count = len(new.tokens_R_Q)
    rows_R = torch.arange(count, device=new.tokens_R_Q.device) if new.rows is None else new.rows
    rows_R = pad(rows_R, (0, more), value=cache.spare_row)
    return rows_R, (count + more if new.rows is None else rows_R)


def _visible(positions_R_Q: torch.Tensor, length: int) -> torch.Tensor:
    """Which positions of its row each token may look at, of shape (R, 1, Q, T)."""
    keys_T = torch.arange(length, device=positions_R_Q.device)
    return (keys_T <= positions_R_Q[..., None])[:, None]
