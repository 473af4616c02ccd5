"""Mazes as rows of cells, and the ways through them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

import numpy as np

Layout: TypeAlias = tuple[str, ...]
"""Rows of a maze from the top down: `#` is a wall, `.` is free."""

Cell: TypeAlias = tuple[int, int]
"""Row and column, counted from the top left."""

LAYOUTS: Mapping[str, Layout] = {
    "umaze": (
        "#####",
        "#...#",
        "###.#",
        "#...#",
        "#####",
    ),
    "medium": (
        "########",
        "#..##..#",
        "#..#...#",
        "##...###",
        "#..#...#",
        "#.#..#.#",
        "#...#..#",
        "########",
    ),
    "large": (
        "############",
        "#....#.....#",
        "#.##.#.#.#.#",
        "#......#...#",
        "#.####.###.#",
        "#..#.#.....#",
        "##.#.#.#.###",
        "#..#...#...#",
        "############",
    ),
}
"""The mazes of D4RL (Fu et al., D4RL: Datasets for Deep Data-Driven Reinforcement Learning, 2020), by name."""

ROOMS = 4
"""Rooms along each side of a random maze; they are joined by doors, so it has 2 · ROOMS + 1 cells along each side."""

_STEPS: tuple[Cell, ...] = ((0, 1), (-1, 0), (0, -1), (1, 0))  # east, north, west, south


def free_cells(layout: Layout) -> list[Cell]:
    """All cells that are no wall, row by row."""
    return [(r, c) for r, row in enumerate(layout) for c, cell in enumerate(row) if cell == "."]


def neighbours(layout: Layout, cell: Cell) -> Iterator[Cell]:
    """The free cells beside a cell, to the east, north, west and south."""
    row, column = cell
    for down, right in _STEPS:
        if layout[row + down][column + right] == ".":
            yield row + down, column + right


@cache
def steps_to(layout: Layout, goal: Cell) -> Mapping[Cell, int]:
    """How many cells the shortest way to a goal is from every cell that has one (breadth-first search)."""
    steps = {goal: 0}
    queue = deque([goal])
    while queue:
        cell = queue.popleft()
        for other in neighbours(layout, cell):
            if other not in steps:
                steps[other] = steps[cell] + 1
                queue.append(other)
    return steps


def next_cell(layout: Layout, cell: Cell, goal: Cell) -> Cell:
    """The cell that the expert's way to a goal leads to next; the goal itself where it is reached."""
    steps = steps_to(layout, goal)
    return cell if cell == goal else next(c for c in neighbours(layout, cell) if steps[c] < steps[cell])


def route(layout: Layout, start: Cell, goal: Cell) -> list[Cell]:
    """The cells of the expert's way, start and goal included; a shortest one."""
    cells = [start]
    while cells[-1] != goal:
        cells.append(next_cell(layout, cells[-1], goal))
    return cells


def wall_distances(layout: Layout, cell: Cell) -> tuple[int, int, int, int]:
    """How many free cells follow a cell to the east, north, west and south."""
    counts = []
    for down, right in _STEPS:
        row, column = cell
        count = 0
        while layout[row + down][column + right] == ".":
            row, column, count = row + down, column + right, count + 1
        counts.append(count)
    return tuple(counts)


def doors() -> list[Cell]:
    """The cells of a random maze that may be open or not."""
    side = range(2 * ROOMS + 1)
    return [(r, c) for r in side[1:-1] for c in side[1:-1] if (r + c) % 2 == 1]


def random_layout(rng: np.random.Generator, *, open_share: float = 0.2) -> Layout:
    """A random maze: every room can be reached, and some ways are circular.

    Doors are opened along a random depth-first walk through all rooms; then some of the others.

    Args:
        rng: where chance comes from.
        open_share: the chance of each other door to be open, too.
    """
    opened: set[Cell] = set()
    start = (int(rng.integers(ROOMS)), int(rng.integers(ROOMS)))
    seen, walk = {start}, [start]
    while walk:
        row, column = walk[-1]
        ahead = [(row + down, column + right) for down, right in _STEPS]
        ahead = [(r, c) for r, c in ahead if 0 <= r < ROOMS and 0 <= c < ROOMS and (r, c) not in seen]
        if not ahead:
            walk.pop()
            continue
        chosen = ahead[int(rng.integers(len(ahead)))]
        opened.add((row + chosen[0] + 1, column + chosen[1] + 1))
        seen.add(chosen)
        walk.append(chosen)
    opened |= {door for door in doors() if rng.random() < open_share}
    return grid_layout(opened)


def grid_layout(opened: set[Cell]) -> Layout:
    """The maze of rooms with these doors open."""
    side = range(2 * ROOMS + 1)
    rooms = {(2 * r + 1, 2 * c + 1) for r in range(ROOMS) for c in range(ROOMS)}
    return tuple("".join("." if (r, c) in rooms | opened else "#" for c in side) for r in side)


def is_grid(layout: Layout) -> bool:
    """Whether a layout is rooms and doors as `random_layout` makes them, every room within reach."""
    side = 2 * ROOMS + 1
    if len(layout) != side or any(len(row) != side for row in layout):
        return False
    opened = {(r, c) for r, c in doors() if layout[r][c] == "."}
    return layout == grid_layout(opened) and len(steps_to(layout, (1, 1))) == len(free_cells(layout))
