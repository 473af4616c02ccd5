"""Decision processes described by their rules, and the arrays that follow from them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from .mdp import TabularMDP

StateT = TypeVar("StateT", bound=Hashable)


class Outcome(NamedTuple):
    """What may follow an action.

    Attributes:
        probability: of this outcome.
        state: that follows.
        reward: with it.
    """

    probability: float
    state: Any
    reward: float = 0.0


class Process(ABC, Generic[StateT]):
    """The rules of a decision process; subclasses are frozen dataclasses whose fields are its size and difficulty.

    Class attributes:
        actions: what each action is called; the same on every level.

    Attributes:
        horizon: after how many steps an episode ends.
    """

    __slots__ = ()
    actions: ClassVar[tuple[str, ...]]
    horizon: int

    @abstractmethod
    def starts(self) -> Sequence[tuple[float, StateT]]:
        """The states that an episode may begin in, each with its probability."""

    @abstractmethod
    def outcomes(self, state: StateT, action: int) -> Iterable[Outcome]:
        """What may follow an action in a state that is not terminal; probabilities add up to 1."""

    def is_terminal(self, state: StateT) -> bool:
        """Whether the episode ends when the state is entered."""
        return False

    @abstractmethod
    def features(self, state: StateT) -> tuple[float, ...]:
        """The state as a few numbers from 0 to 1, as many on every level."""

    @abstractmethod
    def picture(self, state: StateT) -> tuple[str, ...]:
        """The state as rows of symbols, all of one length (see `pictures.COLOURS`)."""


class StickyState(NamedTuple):
    """A state, and the action that the last step carried out.

    Attributes:
        state: of the process.
        last: the action carried out before; None in the first step, and always where actions do not stick.
    """

    state: Any
    last: int | None


@dataclass(frozen=True, slots=True, eq=False)
class CountedProcess:
    """A process whose states are counted.

    Attributes:
        process: the rules.
        mdp: the arrays.
        states: what each state of the arrays is.
        features_S_F: numbers from 0 to 1: the process's features, then one for each action that was the last one.
    """

    process: Process[Any]
    mdp: TabularMDP
    states: tuple[StickyState, ...]
    features_S_F: NDArray[np.float32]


@cache
def count_states(process: Process[Any], sticky: float) -> CountedProcess:
    """Find every state that can be reached, and put the process into arrays.

    With probability `sticky`, each step but the first carries out the action of the step before instead of the chosen
    one, as in the stochastic variants of Laidlaw et al. (2024, ICLR; after Machado et al. 2018). The last action is
    then part of the state, so that the process stays Markov.

    Args:
        process: the rules.
        sticky: the probability, from 0 to below 1.
    """
    starts = [(probability, StickyState(state, None)) for probability, state in process.starts()]
    index: dict[StickyState, int] = {}
    for _, state in starts:
        index.setdefault(state, len(index))
    tables: list[list[list[tuple[float, int, float]]]] = []
    states = list(index)
    for state in states:  # grows while it is walked through
        table = []
        for action in range(len(process.actions)):
            merged: dict[tuple[int, float], float] = {}
            for probability, after, reward in _sticky_outcomes(process, state, action, sticky):
                if after not in index:
                    index[after] = len(index)
                    states.append(after)
                key = (index[after], float(reward))
                merged[key] = merged.get(key, 0.0) + probability
            table.append([(probability, successor, reward) for (successor, reward), probability in merged.items()])
        tables.append(table)
    mdp = _arrays(tables, starts, index, [process.is_terminal(state.state) for state in states], process.horizon)
    return CountedProcess(process, mdp, tuple(states), _features(process, states, sticky))


def _sticky_outcomes(process: Process[Any], state: StickyState, action: int, sticky: float) -> list[Outcome]:
    if process.is_terminal(state.state):
        return [Outcome(1.0, state)]
    chances = [(1.0, action)] if state.last is None else [(1.0 - sticky, action), (sticky, state.last)]
    return [
        Outcome(chance * probability, StickyState(after, carried_out if sticky else None), reward)
        for chance, carried_out in chances
        for probability, after, reward in process.outcomes(state.state, carried_out)
        if chance * probability > 0
    ]


def _arrays(
    tables: list[list[list[tuple[float, int, float]]]],
    starts: list[tuple[float, StickyState]],
    index: dict[StickyState, int],
    terminal: list[bool],
    horizon: int,
) -> TabularMDP:
    S, A, K = len(tables), len(tables[0]), max(len(outcomes) for table in tables for outcomes in table)
    probability_S_A_K = np.zeros((S, A, K))
    successor_S_A_K = np.zeros((S, A, K), np.int64)
    reward_S_A_K = np.zeros((S, A, K))
    for s, table in enumerate(tables):
        for a, outcomes in enumerate(table):
            for k, (probability, successor, reward) in enumerate(outcomes):
                probability_S_A_K[s, a, k], reward_S_A_K[s, a, k] = probability, reward
                successor_S_A_K[s, a, k] = successor
    start_S = np.zeros(S)
    for probability, state in starts:
        start_S[index[state]] += probability
    return TabularMDP(probability_S_A_K, successor_S_A_K, reward_S_A_K, start_S, np.array(terminal), horizon)


def _features(process: Process[Any], states: list[StickyState], sticky: float) -> NDArray[np.float32]:
    rows = []
    for state in states:
        last = [float(state.last == action) for action in range(len(process.actions))] if sticky else []
        rows.append([*process.features(state.state), *last])
    return np.array(rows, np.float32)
