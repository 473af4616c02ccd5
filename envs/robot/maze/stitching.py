"""Which pairs of start and goal a learner is shown, and which it has to put together from what it was shown.

Ghugare et al. (Closing the gap between TD learning and supervised learning, 2024) test whether a learner stitches: its
data hold no trajectory from the start to the goal that it is tested on, only trajectories that cross. A maze is covered
by regions that overlap. A pair is for training where the expert's way from start to goal stays in one region, and for
testing where no region holds both cells: no way of the training pairs leads through both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, get_args

from .layouts import LAYOUTS, Cell, Layout, free_cells, route, steps_to

Split = Literal["all", "train", "test"]
SPLITS: tuple[str, ...] = get_args(Split)

# the paper's regions (github.com/RajGhugare19/stitching-is-combinatorial-generalisation, collect_pointmaze_data.py):
# a cell may be in several
_REGIONS: Mapping[str, Sequence[Sequence[Cell]]] = {
    "umaze": (
        [(1, 1), (1, 2), (1, 3)],
        [(3, 1), (3, 2), (3, 3)],
        [(1, 3), (2, 3)],
        [(3, 3), (2, 3)],
    ),
    "medium": (
        [(6, 5), (6, 6), (5, 6), (4, 6)],
        [(4, 1), (4, 2), (5, 1), (6, 1), (6, 2), (6, 3), (5, 3)],
        [(1, 5), (1, 6), (2, 4), (2, 5), (2, 6)],
        [(1, 1), (1, 2), (2, 1), (2, 2)],
        [(5, 3), (5, 4), (4, 2), (4, 4), (4, 5), (4, 6), (3, 2), (3, 3), (3, 4), (2, 2), (2, 4)],
    ),
    "large": (
        [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 4), (3, 1), (3, 2), (3, 3), (3, 4), (4, 1), (5, 1), (5, 2),
         (6, 2), (7, 1), (7, 2)],
        [(3, 4), (3, 5), (1, 6), (2, 6), (3, 6), (4, 6), (5, 6), (6, 6), (7, 6), (7, 5), (7, 4), (6, 4), (5, 4)],
        [(1, 6), (1, 7), (1, 8), (1, 9), (1, 10), (2, 10), (3, 10), (3, 9), (3, 8), (2, 8), (4, 10), (5, 10), (5, 9),
         (5, 8), (5, 7), (5, 6), (6, 8), (7, 8), (7, 9), (7, 10)],
    ),
}  # fmt: skip


def regions(name: str) -> list[frozenset[Cell]]:
    """The regions that cover a maze of `LAYOUTS`."""
    return [frozenset(cells) for cells in _REGIONS[name]]


@cache
def pairs(layout: Layout, split: Split, least_steps: int) -> tuple[tuple[Cell, Cell], ...]:
    """All pairs of start and goal of a split.

    Args:
        layout: the maze; one of `LAYOUTS`, unless the split is `all`.
        split: `train`, `test` or `all`.
        least_steps: how many cells the shortest way has at least; one for training may be shorter, down to one, for
            most regions are small.

    Raises:
        ValueError: a maze without regions is to be split.
    """
    cells = free_cells(layout)
    found = [(a, b) for b in cells for a in cells if a != b and a in steps_to(layout, b)]
    if split == "train":
        return tuple(pair for pair in found if _in_one_region(layout, route(layout, *pair)))
    far = [(a, b) for a, b in found if steps_to(layout, b)[a] >= least_steps]
    return tuple(pair for pair in far if split == "all" or not _in_one_region(layout, pair))


def _in_one_region(layout: Layout, cells: Sequence[Cell]) -> bool:
    for name, known in LAYOUTS.items():
        if known == layout:
            return any(region.issuperset(cells) for region in regions(name))
    raise ValueError("only the mazes of LAYOUTS have regions to split their pairs by")
