"""Processes that are little more than a choice, or a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..process import Outcome, Process


@dataclass(frozen=True, slots=True)
class Signals(Process[int]):
    """Answer each signal with the action of its number; the next signal comes by chance.

    Attributes:
        horizon: the number of steps, and of signals.
        luck: how often a wrong answer is rewarded too.
    """

    actions: ClassVar[tuple[str, ...]] = ("0", "1", "2")
    horizon: int
    luck: float = 0.1

    def starts(self) -> list[tuple[float, int]]:
        """Any signal."""
        return [(1 / 3, signal) for signal in range(3)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """A reward for the right answer, and another signal."""
        rewarded = 1.0 if action == state else self.luck
        return [
            Outcome(chance / 3, signal, reward)
            for signal in range(3)
            for chance, reward in ((rewarded, 1.0), (1.0 - rewarded, 0.0))
        ]

    def features(self, state: int) -> tuple[float, ...]:
        """One number for each signal."""
        return tuple(float(state == signal) for signal in range(3))

    def picture(self, state: int) -> tuple[str, ...]:
        """The signal's lamp."""
        return ("".join("A" if state == signal else "." for signal in range(3)),)


@dataclass(frozen=True, slots=True)
class BanditTree(Process[tuple[int, int]]):
    """Go down a binary tree to a leaf that pays 1 with a probability of its own.

    The best leaf may lie among poor ones, so that whoever is led by averages turns away from it.

    Attributes:
        leaves: how often each leaf pays, from left to right; two to the power of the horizon.
        horizon: the depth of the tree.
    """

    actions: ClassVar[tuple[str, ...]] = ("left", "right")
    leaves: tuple[float, ...]
    horizon: int

    def starts(self) -> list[tuple[float, tuple[int, int]]]:
        """The root."""
        return [(1.0, (0, 0))]

    def outcomes(self, state: tuple[int, int], action: int) -> list[Outcome]:
        """One level down; from the last but one, to a leaf."""
        depth, place = state
        below = (depth + 1, 2 * place + action)
        if depth + 1 < self.horizon:
            return [Outcome(1.0, below)]
        pays = self.leaves[below[1]]
        return [Outcome(pays, below, 1.0), Outcome(1.0 - pays, below)]

    def is_terminal(self, state: tuple[int, int]) -> bool:
        """Whether it is a leaf."""
        return state[0] == self.horizon

    def features(self, state: tuple[int, int]) -> tuple[float, ...]:
        """How deep, and how far to the right."""
        depth, place = state
        return depth / self.horizon, (place + 0.5) / 2**depth

    def picture(self, state: tuple[int, int]) -> tuple[str, ...]:
        """The tree, a row for each depth; the best leaf is marked."""
        width = len(self.leaves)
        best = self.leaves.index(max(self.leaves))
        rows = []
        for depth in range(self.horizon + 1):
            span = width // 2**depth
            cells = ["A" if (depth, place) == state else "." for place in range(2**depth)]
            if depth == self.horizon and cells[best] == ".":
                cells[best] = "G"
            rows.append("".join(cell.center(span) for cell in cells))
        return tuple(rows)
