"""Finite decision processes with a finite horizon, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class TabularMDP:
    """A Markov decision process with S states, A actions and T steps; a step has at most K outcomes.

    Few outcomes follow a pair of state and action, so they are listed; `P_S_A_S` and `R_S_A` are the dense forms.
    A list shorter than K is filled up with outcomes of probability 0. Nothing follows a terminal state.

    Attributes:
        probability_S_A_K: of each outcome.
        successor_S_A_K: the state that follows.
        reward_S_A_K: the reward with it.
        start_S: the distribution of the first state.
        terminal_S: whether the episode ends when the state is entered.
        horizon: the number of steps T after which every episode ends.

    Raises:
        ValueError: shapes do not fit, probabilities do not add up to 1, or a start is terminal; the message says which.
    """

    probability_S_A_K: NDArray[np.float64]
    successor_S_A_K: NDArray[np.int64]
    reward_S_A_K: NDArray[np.float64]
    start_S: NDArray[np.float64]
    terminal_S: NDArray[np.bool_]
    horizon: int

    def __post_init__(self) -> None:
        shape = self.probability_S_A_K.shape
        if len(shape) != 3 or self.successor_S_A_K.shape != shape or self.reward_S_A_K.shape != shape:
            raise ValueError(
                "probability_S_A_K, successor_S_A_K and reward_S_A_K must have one shape (S, A, K), got "
                f"{shape}, {self.successor_S_A_K.shape} and {self.reward_S_A_K.shape}"
            )
        if self.start_S.shape != shape[:1] or self.terminal_S.shape != shape[:1]:
            raise ValueError(
                f"start_S and terminal_S must have shape ({shape[0]},), got {self.start_S.shape} and "
                f"{self.terminal_S.shape}"
            )
        if self.horizon < 1:
            raise ValueError(f"horizon must be 1 or more, got {self.horizon}")
        if self.successor_S_A_K.min() < 0 or self.successor_S_A_K.max() >= shape[0]:
            raise ValueError(f"successor_S_A_K must hold states from 0 to {shape[0] - 1}")
        _check_distribution("start_S", self.start_S)
        _check_distribution("probability_S_A_K", self.probability_S_A_K[~self.terminal_S])
        if (self.start_S[self.terminal_S] > 0).any():
            raise ValueError("start_S must be 0 where terminal_S is true: an episode has a first step")
        for array in (self.probability_S_A_K, self.successor_S_A_K, self.reward_S_A_K, self.start_S, self.terminal_S):
            array.setflags(write=False)

    @classmethod
    def from_dense(
        cls,
        P_S_A_S: NDArray[Any],
        R: NDArray[Any],
        *,
        start_S: NDArray[Any],
        horizon: int,
        terminal_S: NDArray[Any] | None = None,
    ) -> TabularMDP:
        """A process from dense arrays.

        Args:
            P_S_A_S: the probability of each state after each pair of state and action.
            R: the reward of a pair, shape (S, A), or of a pair and the state after it, shape (S, A, S).
            start_S: the distribution of the first state.
            horizon: the number of steps.
            terminal_S: which states end an episode; none unless given.

        Raises:
            ValueError: shapes do not fit, or probabilities do not add up to 1.
        """
        S, A, _ = P_S_A_S.shape
        R_S_A_S = np.broadcast_to(R if R.ndim == 3 else R[:, :, None], P_S_A_S.shape)
        return cls(
            np.array(P_S_A_S, np.float64),
            np.broadcast_to(np.arange(S), (S, A, S)).copy(),
            np.array(R_S_A_S, np.float64),
            np.array(start_S, np.float64),
            np.zeros(S, np.bool_) if terminal_S is None else np.array(terminal_S, np.bool_),
            horizon,
        )

    @property
    def n_states(self) -> int:
        """S."""
        return self.probability_S_A_K.shape[0]

    @property
    def n_actions(self) -> int:
        """A."""
        return self.probability_S_A_K.shape[1]

    @property
    def P_S_A_S(self) -> NDArray[np.float64]:
        """The probability of each state after each pair of state and action; 0 after a terminal state."""
        S, A, _ = self.probability_S_A_K.shape
        dense_S_A_S = np.zeros((S, A, S))
        np.add.at(dense_S_A_S, (np.arange(S)[:, None, None], np.arange(A)[:, None], self.successor_S_A_K), self._live)
        return dense_S_A_S

    @property
    def R_S_A(self) -> NDArray[np.float64]:
        """The expected reward of each pair of state and action; 0 in a terminal state."""
        return (self._live * self.reward_S_A_K).sum(axis=-1)

    @property
    def _live(self) -> NDArray[np.float64]:
        return np.where(self.terminal_S[:, None, None], 0.0, self.probability_S_A_K)


def _check_distribution(name: str, probability: NDArray[np.float64]) -> None:
    if (probability < 0).any() or (abs(probability.sum(axis=-1) - 1) > _ROUNDING).any():
        raise ValueError(f"{name} must be 0 or more and add up to 1 along its last axis")
