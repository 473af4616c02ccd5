"""Processes in which something is driven."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar, NamedTuple

from ..process import Outcome, Process
from .grids import Cell, draw, find, move, place

_ABOARD = -1


class TaxiState(NamedTuple):
    """Where everything is.

    Attributes:
        cell: of the taxi.
        passenger: the number of the stop where the passenger waits; -1 aboard.
        destination: the number of a stop.
        is_delivered: whether the passenger is where it wanted to go.
    """

    cell: Cell
    passenger: int
    destination: int
    is_delivered: bool = False


@dataclass(frozen=True, slots=True)
class Taxi(Process[TaxiState]):
    """Pick up a passenger at a stop, and put it down at another.

    Attributes:
        rows: the map: S where the taxi starts, digits for the stops, # wall.
        stops: how many stops there are, at most 3.
        horizon: the number of steps.
        mistake_cost: of picking up or putting down in the wrong place; the delivery earns 1.
    """

    actions: ClassVar[tuple[str, ...]] = ("up", "right", "down", "left", "pick up", "put down")
    rows: tuple[str, ...]
    stops: int
    horizon: int
    mistake_cost: float = 0.1

    def starts(self) -> list[tuple[float, TaxiState]]:
        """Any two stops, alike."""
        start, pairs = find(self.rows, "S"), list(permutations(range(self.stops), 2))
        return [(1 / len(pairs), TaxiState(start, origin, destination)) for origin, destination in pairs]

    def outcomes(self, state: TaxiState, action: int) -> list[Outcome]:
        """The action does what it says."""
        if action < 4:
            return [Outcome(1.0, state._replace(cell=move(self.rows, state.cell, action)))]
        here = self.rows[state.cell[0]][state.cell[1]]
        if action == 4 and here == str(state.passenger):
            return [Outcome(1.0, state._replace(passenger=_ABOARD))]
        if action == 5 and state.passenger == _ABOARD and here == str(state.destination):
            return [Outcome(1.0, state._replace(is_delivered=True), 1.0)]
        return [Outcome(1.0, state, -self.mistake_cost)]

    def is_terminal(self, state: TaxiState) -> bool:
        """Whether the passenger is delivered."""
        return state.is_delivered

    def features(self, state: TaxiState) -> tuple[float, ...]:
        """Row and column, one number for each place of the passenger, and one for each destination."""
        passenger = [float(state.passenger == stop) for stop in (_ABOARD, 0, 1, 2)]
        destination = [float(state.destination == stop) for stop in range(3)]
        return *place(self.rows, state.cell), *passenger, *destination

    def picture(self, state: TaxiState) -> tuple[str, ...]:
        """The map: P the passenger, G where it wants to go."""
        marks = {find(self.rows, str(stop)): "." for stop in range(self.stops)}
        marks[find(self.rows, str(state.destination))] = "G"
        if state.passenger != _ABOARD:
            marks[find(self.rows, str(state.passenger))] = "P"
        return draw(self.rows, marks | {state.cell: "A" if state.passenger != _ABOARD else "T"})


class CarState(NamedTuple):
    """Where a car is, and how fast.

    Attributes:
        cell: of the car.
        velocity: rows and columns a step.
    """

    cell: Cell
    velocity: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Racetrack(Process[CarState]):
    """Drive round a corner to the finish; off the track the race is over.

    Attributes:
        rows: the map: S start, G finish, # off the track.
        horizon: the number of steps.
        top_speed: rows or columns a step, at most.
        step_cost: of each step; the finish earns 1.
    """

    actions: ClassVar[tuple[str, ...]] = ("coast", "up", "right", "down", "left")
    rows: tuple[str, ...]
    horizon: int
    top_speed: int = 2
    step_cost: float = 0.02

    def starts(self) -> list[tuple[float, CarState]]:
        """At the start, at rest."""
        return [(1.0, CarState(find(self.rows, "S"), (0, 0)))]

    def outcomes(self, state: CarState, action: int) -> list[Outcome]:
        """The velocity changes by one, and the car moves."""
        change = ((0, 0), (-1, 0), (0, 1), (1, 0), (0, -1))[action]
        limit = self.top_speed
        velocity = tuple(max(-limit, min(limit, v + d)) for v, d in zip(state.velocity, change, strict=True))
        cell = self._drive(state.cell, (velocity[0], velocity[1]))
        finished = self._symbol(cell) == "G"
        return [Outcome(1.0, CarState(cell, (velocity[0], velocity[1])), float(finished) - self.step_cost)]

    def is_terminal(self, state: CarState) -> bool:
        """Whether the car has finished, or left the track."""
        return self._symbol(state.cell) in "G#"

    def features(self, state: CarState) -> tuple[float, ...]:
        """Row, column, and the velocity along both."""
        speeds = [(v + self.top_speed) / (2 * self.top_speed) for v in state.velocity]
        r, c = place(self.rows, state.cell)
        return min(max(r, 0.0), 1.0), min(max(c, 0.0), 1.0), *speeds

    def picture(self, state: CarState) -> tuple[str, ...]:
        """The track."""
        return draw(self.rows, {state.cell: "A"})

    def _drive(self, cell: Cell, velocity: tuple[int, int]) -> Cell:
        """The first cell on the way that ends the race, or the last one: rows and columns are driven in turn."""
        left = list(velocity)
        while left[0] or left[1]:
            for axis in (0, 1):
                if left[axis]:
                    sign = 1 if left[axis] > 0 else -1
                    left[axis] -= sign
                    cell = (cell[0] + sign, cell[1]) if axis == 0 else (cell[0], cell[1] + sign)
                    if self._symbol(cell) in "G#":
                        return cell
        return cell

    def _symbol(self, cell: Cell) -> str:
        r, c = cell
        return self.rows[r][c] if 0 <= r < len(self.rows) and 0 <= c < len(self.rows[0]) else "#"
