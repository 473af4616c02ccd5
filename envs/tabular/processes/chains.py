"""Processes along a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..process import Outcome, Process


@dataclass(frozen=True, slots=True)
class Chain(Process[int]):
    """Go on to a large reward at the end, or back to the start for a small one; either may slip into the other.

    Attributes:
        length: how many states there are.
        horizon: the number of steps.
        slip: how often an action does what the other one would.
        back_reward: for returning; staying at the end earns 1.
    """

    actions: ClassVar[tuple[str, ...]] = ("on", "back")
    length: int
    horizon: int
    slip: float = 0.2
    back_reward: float = 0.2

    def starts(self) -> list[tuple[float, int]]:
        """The first state."""
        return [(1.0, 0)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """One of the two moves."""
        last = self.length - 1
        on = Outcome(1.0 - self.slip, min(state + 1, last), float(state == last))
        back = Outcome(self.slip, 0, self.back_reward)
        if action == 1:
            on, back = on._replace(probability=self.slip), back._replace(probability=1.0 - self.slip)
        return [on, back]

    def features(self, state: int) -> tuple[float, ...]:
        """How far along."""
        return (state / (self.length - 1),)

    def picture(self, state: int) -> tuple[str, ...]:
        """The line, and its end."""
        return (_line(self.length, state, {self.length - 1: "G"}),)


@dataclass(frozen=True, slots=True)
class CombinationLock(Process[int]):
    """Turn the right digits one after the other; a wrong one goes back to the beginning.

    Attributes:
        digits: the combination.
        horizon: the number of steps.
    """

    actions: ClassVar[tuple[str, ...]] = ("0", "1", "2")
    digits: tuple[int, ...]
    horizon: int

    def starts(self) -> list[tuple[float, int]]:
        """Nothing turned yet."""
        return [(1.0, 0)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """One digit further, or back."""
        if action != self.digits[state]:
            return [Outcome(1.0, 0)]
        return [Outcome(1.0, state + 1, float(state + 1 == len(self.digits)))]

    def is_terminal(self, state: int) -> bool:
        """Whether the lock is open."""
        return state == len(self.digits)

    def features(self, state: int) -> tuple[float, ...]:
        """The share of the digits that are turned."""
        return (state / len(self.digits),)

    def picture(self, state: int) -> tuple[str, ...]:
        """How far it is open."""
        return (_line(len(self.digits) + 1, state, {len(self.digits): "G"}),)


@dataclass(frozen=True, slots=True)
class RiverSwim(Process[int]):
    """Swim up a river against the current to a large reward, or be carried down to a tiny one.

    Attributes:
        length: how many places there are.
        horizon: the number of steps.
        down_reward: for staying at the lower end; staying at the upper one earns 1.
    """

    actions: ClassVar[tuple[str, ...]] = ("down", "up")
    length: int
    horizon: int
    down_reward: float = 0.005

    def starts(self) -> list[tuple[float, int]]:
        """The lower end."""
        return [(1.0, 0)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """Down is sure; up mostly holds the place, at best."""
        last = self.length - 1
        if action == 0:
            return [Outcome(1.0, max(state - 1, 0), self.down_reward if state == 0 else 0.0)]
        if state == 0:
            return [Outcome(0.4, 0), Outcome(0.6, 1)]
        if state == last:
            return [Outcome(0.4, last - 1), Outcome(0.6, last, 1.0)]
        return [Outcome(0.05, state - 1), Outcome(0.6, state), Outcome(0.35, state + 1)]

    def features(self, state: int) -> tuple[float, ...]:
        """How far up."""
        return (state / (self.length - 1),)

    def picture(self, state: int) -> tuple[str, ...]:
        """The river, its lower end left."""
        return (_line(self.length, state, {self.length - 1: "G"}),)


def _line(length: int, at: int, marks: dict[int, str]) -> str:
    return "".join("A" if place == at else marks.get(place, ".") for place in range(length))
