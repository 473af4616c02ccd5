"""Things that stand about indoors, each built of a few blocks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .plan import CELL, CRUISE_HEIGHT, MOST_BLOCKS, Block, Cells, Material, turned

_Part = tuple[float, float, float, float, float, float]
"""Place of a part's middle (ahead, left, up) and its lengths along the same axes."""


def furnish(
    rng: np.random.Generator,
    kind_Y_X: Cells,
    *,
    count: int,
    ceiling: float,
    keep_free: list[tuple[float, float]],
    room: float,
    blocks: list[Block],
) -> None:
    """Put things in open places, where there is room to pass them.

    Things are tried at random places; one that leaves less than `room` to the walls on both sides, or comes near to
    what is to be kept free, is put elsewhere, up to eight times.

    Args:
        rng: chooses things, places and turns.
        kind_Y_X: the walls.
        count: how many things.
        ceiling: its height, metres.
        keep_free: places, metres, that nothing comes nearer to than 1.5 m.
        room: metres that are to stay between a thing's middle and what is beside it, on one side at least.
        blocks: what stands there already; things are added.
    """
    open_cells = np.argwhere(kind_Y_X == 0)
    taken = [(block.centre[0], block.centre[1]) for block in blocks]
    for _ in range(count):
        for _ in range(8):
            row, column = open_cells[int(rng.integers(len(open_cells)))]
            x, y = (column + rng.random()) * CELL, (row + rng.random()) * CELL
            if any(math.hypot(x - free_x, y - free_y) < 1.5 for free_x, free_y in keep_free):
                continue
            if any(math.hypot(x - other_x, y - other_y) < room + 0.6 for other_x, other_y in taken):
                continue
            if _widest_side(kind_Y_X, x, y) < room:
                continue
            thing = thing_at(rng, x, y, ceiling)
            if len(blocks) + len(thing) > MOST_BLOCKS:
                return
            blocks.extend(thing)
            taken.append((x, y))
            break


def thing_at(rng: np.random.Generator, x: float, y: float, ceiling: float) -> list[Block]:
    """One thing of any kind."""
    make = _THINGS[int(rng.integers(len(_THINGS)))]
    yaw = float(rng.uniform(-math.pi, math.pi))
    return _assemble(make(rng, ceiling), x, y, yaw)


def staircase(x: float, y: float, yaw: float, *, width: float, steps: int, rise: float = 0.18) -> list[Block]:
    """Steps up to a landing and down again, across the whole width of a way.

    Args:
        x, y: the middle of the landing, metres.
        yaw: the direction of the way, radians.
        width: across it, metres.
        steps: on each side.
        rise: height of a step, metres.
    """
    tread, landing = 0.3, 0.9
    parts: list[_Part] = [(0.0, 0.0, steps * rise / 2, landing, width, steps * rise)]
    for step in range(1, steps):
        away = landing / 2 + (steps - step - 0.5) * tread
        parts += [(side * away, 0.0, step * rise / 2, tread, width, step * rise) for side in (-1.0, 1.0)]
    return _assemble(parts, x, y, yaw, "stair")


def doorway(x: float, y: float, yaw: float, *, width: float, ceiling: float, ajar: float | None) -> list[Block]:
    """A lintel over an opening and, where `ajar` is given, a door that stands open by so many radians.

    Args:
        x, y: the middle of the opening, metres.
        yaw: the direction in which it leads, radians.
        width: of the opening, metres.
        ceiling: its height, metres.
        ajar: from shut (0) to wide open (π / 2).
    """
    top = 2.1
    parts = _assemble([(0.0, 0.0, (top + ceiling) / 2, CELL, width, ceiling - top)], x, y, yaw, "door")
    if ajar is None:
        return parts
    leaf = min(0.9, width - 0.1)
    along, across = turned(leaf / 2, 0.0, math.pi / 2 + ajar)
    hinge_x, hinge_y = turned(along - CELL / 2, across - width / 2, yaw)
    door = Block((x + hinge_x, y + hinge_y, top / 2), (leaf, 0.05, top), yaw + math.pi / 2 + ajar, "door")
    return [*parts, door]


def _widest_side(kind_Y_X: Cells, x: float, y: float) -> float:
    """The longest of the four ways from a place to a wall, metres, the way back along the same line left out."""
    rows, columns = kind_Y_X.shape
    row, column = int(y / CELL), int(x / CELL)
    east = next((k for k in range(columns - column) if kind_Y_X[row, column + k]), columns) * CELL - x % CELL
    west = next((k for k in range(column + 1) if kind_Y_X[row, column - k]), columns) * CELL - CELL + x % CELL
    north = next((k for k in range(rows - row) if kind_Y_X[row + k, column]), rows) * CELL - y % CELL
    south = next((k for k in range(row + 1) if kind_Y_X[row - k, column]), rows) * CELL - CELL + y % CELL
    return min(max(east, west), max(north, south))


def _assemble(parts: list[_Part], x: float, y: float, yaw: float, material: Material = "furniture") -> list[Block]:
    blocks = []
    for ahead, left, up, length, width, height in parts:
        along, across = turned(ahead, left, yaw)
        blocks.append(Block((x + along, y + across, up), (length, width, height), yaw, material))
    return blocks


def _crates(rng: np.random.Generator, ceiling: float) -> list[_Part]:
    edge = float(rng.uniform(0.45, 0.8))
    count = int(rng.integers(1, 4))
    return [(0.0, 0.0, edge * (k + 0.5), edge, edge, edge) for k in range(count) if edge * (k + 1) < ceiling]


def _cabinet(rng: np.random.Generator, ceiling: float) -> list[_Part]:
    height = float(min(rng.uniform(1.3, 2.1), ceiling))
    return [(0.0, 0.0, height / 2, float(rng.uniform(0.35, 0.5)), float(rng.uniform(0.8, 1.4)), height)]


def _table(rng: np.random.Generator, ceiling: float) -> list[_Part]:
    length, width, height = float(rng.uniform(0.9, 1.5)), float(rng.uniform(0.6, 0.9)), float(rng.uniform(0.6, 0.8))
    legs: list[_Part] = [
        (ahead * (length / 2 - 0.08), left * (width / 2 - 0.08), height / 2, 0.06, 0.06, height)
        for ahead in (-1.0, 1.0)
        for left in (-1.0, 1.0)
    ]
    return [(0.0, 0.0, height, length, width, 0.05), *legs]


def _chair(rng: np.random.Generator, ceiling: float) -> list[_Part]:
    height = float(rng.uniform(0.8, 1.1))
    return [(0.0, 0.0, 0.23, 0.42, 0.42, 0.46), (-0.19, 0.0, height / 2 + 0.23, 0.05, 0.42, height - 0.46)]


def _pillar(rng: np.random.Generator, ceiling: float) -> list[_Part]:
    edge = float(rng.uniform(0.2, 0.45))
    return [(0.0, 0.0, ceiling / 2, edge, edge, ceiling)]


def _lamp(rng: np.random.Generator, ceiling: float) -> list[_Part]:
    length, edge = float(rng.uniform(0.4, 1.2)), float(rng.uniform(0.25, 0.5))
    length = min(length, ceiling - CRUISE_HEIGHT)
    rod: _Part = (0.0, 0.0, ceiling - length / 2, 0.04, 0.04, length)
    return [rod, (0.0, 0.0, ceiling - length, edge, edge, 0.2)]


def _plant(rng: np.random.Generator, ceiling: float) -> list[_Part]:
    height, crown = float(rng.uniform(0.5, 1.1)), float(rng.uniform(0.4, 0.7))
    return [(0.0, 0.0, 0.2, 0.35, 0.35, 0.4), (0.0, 0.0, 0.4 + height / 2, crown, crown, height)]


_THINGS: tuple[Callable[[np.random.Generator, float], list[_Part]], ...] = (
    _crates,
    _cabinet,
    _table,
    _chair,
    _pillar,
    _lamp,
    _plant,
)
