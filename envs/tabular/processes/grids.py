"""Processes on a grid that is drawn as a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..process import Outcome, Process

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Rows and columns to add for up, right, down and left."""

Cell = tuple[int, int]


def find(rows: tuple[str, ...], symbol: str) -> Cell:
    """Where the first such symbol of a map is.

    Raises:
        ValueError: there is none.
    """
    for r, row in enumerate(rows):
        if symbol in row:
            return r, row.index(symbol)
    raise ValueError(f"the map must have a {symbol!r}, got {rows}")


def move(rows: tuple[str, ...], cell: Cell, action: int, walls: str = "#") -> Cell:
    """The neighbouring cell; the same one where a wall or the edge is in the way."""
    r, c = cell[0] + MOVES[action][0], cell[1] + MOVES[action][1]
    inside = 0 <= r < len(rows) and 0 <= c < len(rows[0])
    return (r, c) if inside and rows[r][c] not in walls else cell


def draw(rows: tuple[str, ...], marks: dict[Cell, str]) -> tuple[str, ...]:
    """A map with some cells marked; the start is floor."""
    return tuple(
        "".join(marks.get((r, c), "." if symbol == "S" else symbol) for c, symbol in enumerate(row))
        for r, row in enumerate(rows)
    )


def place(rows: tuple[str, ...], cell: Cell) -> tuple[float, float]:
    """Row and column, from 0 to 1."""
    return cell[0] / max(len(rows) - 1, 1), cell[1] / max(len(rows[0]) - 1, 1)


@dataclass(frozen=True, slots=True)
class Crossing(Process[Cell]):
    """A way over a map from S to G past places x, at which it ends badly.

    Attributes:
        rows: the map.
        horizon: the number of steps.
    """

    actions: ClassVar[tuple[str, ...]] = ("up", "right", "down", "left")
    rows: tuple[str, ...]
    horizon: int

    def starts(self) -> list[tuple[float, Cell]]:
        """The start."""
        return [(1.0, find(self.rows, "S"))]

    def is_terminal(self, state: Cell) -> bool:
        """Whether it is the goal, or an x."""
        return self.rows[state[0]][state[1]] in "Gx"

    def features(self, state: Cell) -> tuple[float, ...]:
        """Row and column."""
        return place(self.rows, state)

    def picture(self, state: Cell) -> tuple[str, ...]:
        """The map."""
        return draw(self.rows, {state: "A"})


@dataclass(frozen=True, slots=True)
class CliffWalk(Crossing):
    """Walk along a cliff to the goal; every step costs a little, a fall is the end.

    Attributes:
        rows: the map: S start, G goal, x cliff.
        horizon: the number of steps.
        wind: how often a step goes down instead.
        step_cost: of each step; the goal earns 1, a fall costs 1.
    """

    wind: float = 0.1
    step_cost: float = 0.02

    def outcomes(self, state: Cell, action: int) -> list[Outcome]:
        """The step, or the wind's."""
        worth = {"G": 1.0, "x": -1.0}
        steps = [(1.0 - self.wind, move(self.rows, state, action)), (self.wind, move(self.rows, state, 2))]
        return [Outcome(p, cell, worth.get(self.rows[cell[0]][cell[1]], 0.0) - self.step_cost) for p, cell in steps]


@dataclass(frozen=True, slots=True)
class FrozenGrid(Crossing):
    """Cross a slippery lake to the goal without falling into a hole.

    Attributes:
        rows: the map: S start, G goal, x hole.
        horizon: the number of steps.
        slip: how often a step goes to a side instead, half of that to each.
    """

    slip: float = 1 / 3

    def outcomes(self, state: Cell, action: int) -> list[Outcome]:
        """The step, or one to a side."""
        steps = ((1.0 - self.slip, 0), (self.slip / 2, 1), (self.slip / 2, 3))
        cells = [(probability, move(self.rows, state, (action + turn) % 4)) for probability, turn in steps]
        return [Outcome(probability, cell, float(self.rows[cell[0]][cell[1]] == "G")) for probability, cell in cells]


@dataclass(frozen=True, slots=True)
class KeyDoor(Process[tuple[Cell, bool]]):
    """Fetch a key, which opens the door on the way to the goal.

    Attributes:
        rows: the map: S start, K key, D door, G goal, # wall.
        horizon: the number of steps.
        slip: how often a step is not taken.
    """

    actions: ClassVar[tuple[str, ...]] = ("up", "right", "down", "left")
    rows: tuple[str, ...]
    horizon: int
    slip: float = 0.1

    def starts(self) -> list[tuple[float, tuple[Cell, bool]]]:
        """The start, without the key."""
        return [(1.0, (find(self.rows, "S"), False))]

    def outcomes(self, state: tuple[Cell, bool], action: int) -> list[Outcome]:
        """The step, or none; the key is picked up in passing."""
        cell, has_key = state
        after = move(self.rows, cell, action, walls="#" if has_key else "#D")
        symbol = self.rows[after[0]][after[1]]
        return [
            Outcome(1.0 - self.slip, (after, has_key or symbol == "K"), float(symbol == "G")),
            Outcome(self.slip, state),
        ]

    def is_terminal(self, state: tuple[Cell, bool]) -> bool:
        """Whether it is the goal."""
        (r, c), _ = state
        return self.rows[r][c] == "G"

    def features(self, state: tuple[Cell, bool]) -> tuple[float, ...]:
        """Row, column, and whether there is the key."""
        cell, has_key = state
        return *place(self.rows, cell), float(has_key)

    def picture(self, state: tuple[Cell, bool]) -> tuple[str, ...]:
        """The map; what was picked up or opened is floor."""
        cell, has_key = state
        gone = {find(self.rows, symbol): "." for symbol in "KD"} if has_key else {}
        return draw(self.rows, gone | {cell: "A"})
