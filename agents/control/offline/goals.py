"""Goals that a transition might have had, in hindsight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from ....envs.core.arguments import check_integer, check_number


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalConfig:
    """Where an observation holds a goal, and which ones it is given when it is learned from.

    With goals given in hindsight the reward is 1 where the goal is reached, and the episode ends there; 0 elsewhere.

    Attributes:
        achieved: the numbers of an observation that say what is achieved.
        desired: the numbers, as many, that say what is wanted.
        tolerance: how far from one another they are at most when the goal is reached.
        future: share of goals that the same episode achieves later, each step as likely as another.
        random: share of goals that any episode achieves at any time. The rest keep their own.

    Raises:
        ValueError: a field is out of range.
    """

    achieved: tuple[int, ...]
    desired: tuple[int, ...]
    tolerance: float
    future: float = 1.0
    random: float = 0.0

    def __post_init__(self) -> None:
        for name in ("achieved", "desired"):
            numbers = getattr(self, name)
            for number in numbers:
                check_integer(f"goals.{name}", number, 0)
            if not numbers or len(set(numbers)) != len(numbers):
                raise ValueError(f"goals.{name} must name numbers of an observation, each once; got {numbers}")
        if len(self.achieved) != len(self.desired) or set(self.achieved) & set(self.desired):
            raise ValueError(
                f"goals.achieved and goals.desired must be as many, and different; got {self.achieved}, {self.desired}"
            )
        if check_number("goals.tolerance", self.tolerance) <= 0:
            raise ValueError(f"goals.tolerance must be over 0, got {self.tolerance}")
        shares = check_number("goals.future", self.future), check_number("goals.random", self.random)
        if min(shares) < 0 or sum(shares) > 1:
            raise ValueError(f"goals.future and goals.random must be 0 or more, and 1 at most together; got {shares}")


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows grouped by where they lead to.

    Attributes:
        cell_N: the cell of each row.
        row_N: all rows, those of the first cell first.
        first_K: where each cell begins in `row_N`.
        count_K: how many rows it has.
    """

    cell_N: NDArray[np.intp]
    row_N: NDArray[np.intp]
    first_K: NDArray[np.intp]
    count_K: NDArray[np.intp]

    def neighbours(self, row_B: NDArray[np.intp], chance_B: NDArray[np.float64]) -> NDArray[np.intp]:
        """For each row one of the same cell, itself perhaps; chances in [0, 1) choose which."""
        cell_B = self.cell_N[row_B]
        return self.row_N[self.first_K[cell_B] + (chance_B * self.count_K[cell_B]).astype(np.intp)]


def group_by_cell(point_N_G: NDArray[np.floating], cells: int, seed: int) -> Cells:
    """Group points by k-means.

    Args:
        point_N_G: what each row achieves.
        cells: how many groups are looked for.
        seed: of the first centres.
    """
    _, label_N = kmeans2(point_N_G.astype(np.float64), cells, minit="++", rng=np.random.default_rng(seed))
    count_K = np.bincount(label_N, minlength=cells)
    return Cells(label_N.astype(np.intp), np.argsort(label_N, kind="stable"), np.cumsum(count_K) - count_K, count_K)


def future_rows(
    row_B: NDArray[np.intp], steps_left_B: NDArray[np.intp], chance_B: NDArray[np.float64], size: int
) -> NDArray[np.intp]:
    """For each row one of its episode from there on, itself perhaps; chances in [0, 1) choose which.

    Args:
        row_B: rows of a ring of `size`.
        steps_left_B: how many rows of its episode follow each.
        chance_B: the chances.
        size: the length of the ring.
    """
    return (row_B + (chance_B * (steps_left_B + 1)).astype(np.intp)) % size


def goal_reached(achieved_B_G: NDArray[np.floating], goal_B_G: NDArray[np.floating], tolerance: float) -> NDArray:
    """Whether each goal is reached."""
    return np.linalg.norm(achieved_B_G - goal_B_G, axis=-1) <= tolerance
