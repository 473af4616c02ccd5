"""What was found out about directions of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.buffers import BaseBuffer


@dataclass(frozen=True, slots=True)
class Ends:
    """Where flights towards K cells of each of N pictures ended: what is to come from there counts, too.

    Attributes:
        cell_N_K: that was flown to.
        discount_N_K: what the value of the end counts; 0 where nothing is to come.
        picture_N_K_P_H_W: what was seen there, channels first.
    """

    cell_N_K: NDArray[np.int64]
    discount_N_K: NDArray[np.float32]
    picture_N_K_P_H_W: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Tried:
    """N pictures, and what was found out about their cells.

    Attributes:
        picture_N_P_H_W: channels first.
        value_N_C: of each cell; NaN where it was not tried.
        ends: of the flights whose value is known in part only; None where there are none.
    """

    picture_N_P_H_W: NDArray[np.uint8]
    value_N_C: NDArray[np.float32]
    ends: Ends | None = None


class TriedDirections(BaseBuffer):
    """Pictures and the values of some of their cells; the oldest ones go first.

    Args:
        buffer_size: how many pictures there is room for.
        observation_space: of pictures, channels first.
        action_space: of the environment.
        cells: of a picture, C.
        ends: of a picture's flights, K; 0 where values are known as they are found.
    """

    def __init__(
        self, buffer_size: int, observation_space: spaces.Box, action_space: spaces.Space[Any], cells: int, ends: int
    ) -> None:
        super().__init__(buffer_size, observation_space, action_space, device="cpu")
        shape = observation_space.shape
        self.pictures = np.zeros((buffer_size, *shape), np.uint8)
        self.values = np.zeros((buffer_size, cells), np.float32)
        self.end_cells = np.zeros((buffer_size, ends), np.int64)
        self.end_discounts = np.zeros((buffer_size, ends), np.float32)
        self.end_pictures = np.zeros((buffer_size, ends, *shape), np.uint8)

    def remember(self, tried: Tried) -> None:
        """Add pictures, the first ones left out where there is no room for all."""
        N = min(len(tried.picture_N_P_H_W), self.buffer_size)
        rows = (self.pos + np.arange(N)) % self.buffer_size
        self.pictures[rows] = tried.picture_N_P_H_W[-N:]
        self.values[rows] = tried.value_N_C[-N:]
        self.end_discounts[rows] = 0.0
        if tried.ends is not None:
            self.end_cells[rows] = tried.ends.cell_N_K[-N:]
            self.end_discounts[rows] = tried.ends.discount_N_K[-N:]
            self.end_pictures[rows] = tried.ends.picture_N_K_P_H_W[-N:]
        self.full = self.full or self.pos + N >= self.buffer_size
        self.pos = (self.pos + N) % self.buffer_size

    def _get_samples(self, batch_inds: NDArray[np.int64], env: Any = None) -> Tried:  # pyright: ignore[reportIncompatibleMethodOverride]
        ends = None
        if self.end_cells.shape[1]:
            ends = Ends(self.end_cells[batch_inds], self.end_discounts[batch_inds], self.end_pictures[batch_inds])
        return Tried(self.pictures[batch_inds], self.values[batch_inds], ends)
