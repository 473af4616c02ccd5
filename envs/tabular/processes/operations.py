"""Processes of a firm: stock, machines and customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..process import Outcome, Process


@dataclass(frozen=True, slots=True)
class Inventory(Process[int]):
    """Order goods, of which a random number is asked for.

    Attributes:
        capacity: how many goods there is room for.
        horizon: the number of steps.
        demand: how often 0, 1, 2 … goods are asked for.
        price: that each sold one earns.
        cost: of each one ordered.
        keeping: cost of each one that is left.
    """

    actions: ClassVar[tuple[str, ...]] = ("order 0", "order 1", "order 2", "order 3")
    capacity: int
    horizon: int
    demand: tuple[float, ...] = (0.2, 0.3, 0.3, 0.2)
    price: float = 1.0
    cost: float = 0.4
    keeping: float = 0.15

    def starts(self) -> list[tuple[float, int]]:
        """An empty store."""
        return [(1.0, 0)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """What is ordered comes at once, as far as there is room; then customers do."""
        ordered = min(action, self.capacity - state)
        found = []
        for asked, probability in enumerate(self.demand):
            sold = min(asked, state + ordered)
            left = state + ordered - sold
            found.append(Outcome(probability, left, self.price * sold - self.cost * ordered - self.keeping * left))
        return found

    def features(self, state: int) -> tuple[float, ...]:
        """How full the store is."""
        return (state / self.capacity,)

    def picture(self, state: int) -> tuple[str, ...]:
        """The store."""
        return ("o" * state + "." * (self.capacity - state),)


@dataclass(frozen=True, slots=True)
class Replacement(Process[int]):
    """Run a machine that wears out: repair it in time, or replace it.

    Attributes:
        stages: of wear; at the last one it is broken.
        horizon: the number of steps.
        wear: how often a stage is lost in a step.
        repair_cost: of undoing one stage.
        new_cost: of a new machine.
    """

    actions: ClassVar[tuple[str, ...]] = ("run", "repair", "replace")
    stages: int
    horizon: int
    wear: float = 0.4
    repair_cost: float = 0.4
    new_cost: float = 1.5

    def starts(self) -> list[tuple[float, int]]:
        """A new machine."""
        return [(1.0, 0)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """A machine earns 1 a step while it is new, less as it wears, nothing when broken or in repair."""
        if action == 1:
            # a broken machine cannot be repaired
            return [Outcome(1.0, state if state == self.stages else max(state - 1, 0), -self.repair_cost)]
        if action == 2:
            return [Outcome(1.0, 0, -self.new_cost)]
        earned = 1.0 - state / self.stages
        return [
            Outcome(1.0 - self.wear, state, earned),
            Outcome(self.wear, min(state + 1, self.stages), earned),
        ]

    def features(self, state: int) -> tuple[float, ...]:
        """How worn the machine is."""
        return (state / self.stages,)

    def picture(self, state: int) -> tuple[str, ...]:
        """The wear; a machine that is broken is all red."""
        return ("x" * state + "o" * (self.stages - state),)


@dataclass(frozen=True, slots=True)
class Queue(Process[int]):
    """Choose how fast customers are served, who pay for it by waiting less.

    Attributes:
        capacity: how many customers there is room for; others are lost.
        horizon: the number of steps.
        arrival: how often a customer comes in a step.
        served: how often one is served, for each action.
        costs: of each action, a step.
        waiting: cost of each waiting customer, a step.
        lost: cost of a customer for whom there was no room.
    """

    actions: ClassVar[tuple[str, ...]] = ("slow", "medium", "fast")
    capacity: int
    horizon: int
    arrival: float = 0.5
    served: tuple[float, float, float] = (0.3, 0.6, 0.9)
    costs: tuple[float, float, float] = (0.0, 0.2, 0.7)
    waiting: float = 0.15
    lost: float = 1.0

    def starts(self) -> list[tuple[float, int]]:
        """Nobody, or a half full room."""
        return [(0.5, 0), (0.5, self.capacity // 2)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """One may be served, and then one may come."""
        found = []
        for leaves, p in ((1, self.served[action]), (0, 1.0 - self.served[action])):
            for comes, q in ((1, self.arrival), (0, 1.0 - self.arrival)):
                there = max(state - leaves, 0) + comes
                is_lost = there > self.capacity
                cost = self.costs[action] + self.waiting * state + self.lost * is_lost
                found.append(Outcome(p * q, min(there, self.capacity), -cost))
        return found

    def features(self, state: int) -> tuple[float, ...]:
        """How full the room is."""
        return (state / self.capacity,)

    def picture(self, state: int) -> tuple[str, ...]:
        """The queue."""
        return ("P" * state + "." * (self.capacity - state),)
