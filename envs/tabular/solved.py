"""Counted processes with their solutions, each worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .mdp import TabularMDP
from .process import CountedProcess, count_states
from .solvers import expected_return, greedy, optimal_q, random_policy
from .table import PROCESSES


@dataclass(frozen=True, slots=True, eq=False)
class SolvedProcess:
    """A process, what is best in it, and what it is worth.

    Attributes:
        counted: the process.
        cumulative_S_A_K: the sums of the outcomes' probabilities; from the last possible outcome on, exactly 1.
        best_action_T_S: the action of the least number among the best ones.
        optimal_return: expected, of the best policy.
        random_return: expected, of choosing every action alike.
    """

    counted: CountedProcess
    cumulative_S_A_K: NDArray[np.float64]
    best_action_T_S: NDArray[np.int64]
    optimal_return: float
    random_return: float

    @property
    def mdp(self) -> TabularMDP:
        """The arrays."""
        return self.counted.mdp

    @property
    def halfway(self) -> float:
        """The return halfway from random play to the best."""
        return (self.random_return + self.optimal_return) / 2


@cache
def solved_process(name: str, level: int, sticky: float) -> SolvedProcess:
    """The process of a name and a level, counted and solved."""
    counted = count_states(PROCESSES[name][level], sticky)
    mdp = counted.mdp
    best_T_S_A = greedy(mdp, optimal_q(mdp))
    cumulative_S_A_K = mdp.probability_S_A_K.cumsum(axis=-1)
    # what follows the last possible outcome is never drawn, and the sum may lie below 1 by a rounding
    possible_after_S_A_K = np.flip(np.flip(mdp.probability_S_A_K, -1).cumsum(axis=-1), -1) - mdp.probability_S_A_K > 0
    cumulative_S_A_K[~possible_after_S_A_K] = 1.0
    return SolvedProcess(
        counted,
        cumulative_S_A_K,
        (best_T_S_A > 0).argmax(axis=-1),
        expected_return(mdp, best_T_S_A),
        expected_return(mdp, random_policy(mdp)),
    )
