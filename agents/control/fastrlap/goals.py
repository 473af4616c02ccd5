"""Which goals a transition is given in hindsight, and what it is worth on the way to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....envs.core.arguments import check_number


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeGoals:
    """How transitions are relabelled and rewarded.

    A quarter of the goals are where the car was later, another quarter lie anywhere near it; half are those it had.

    Attributes:
        relabel: whether goals are given in hindsight; if not, all are those the car had.
        future: after how many steps, on average, the car was where a goal of the first kind is (exponentially).
        near: standard deviation of x and y, metres, of goals of the second kind around the car.
        radius: how near the car comes to a goal given in hindsight, metres, to have reached it.
        bonus: for a goal reached.
        penalty: for a step after which the recovery had to take over.

    Raises:
        ValueError: a field is out of range.
    """

    relabel: bool = True
    future: float = 10.0
    near: float = 2.0
    radius: float = 1.0
    bonus: float = 0.5
    penalty: float = 1.0

    def __post_init__(self) -> None:
        for name in ("future", "near", "radius"):
            if check_number(f"goals.{name}", getattr(self, name)) <= 0:
                raise ValueError(f"goals.{name} must be over 0, got {getattr(self, name)}")
        for name in ("bonus", "penalty"):
            check_number(f"goals.{name}", getattr(self, name))


def mixed_goals(
    own_B_2: NDArray[np.float64],
    future_B_2: NDArray[np.float64],
    near_B_2: NDArray[np.float64],
    chance_B: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Goals of which half are a transition's own, a quarter from its future and a quarter near it.

    The shares are those of the authors' simulation (kylestach/fastrlap-release, `hindsight.py`).

    Args:
        own_B_2, future_B_2, near_B_2: the candidates.
        chance_B: in [0, 1), chooses.

    Returns:
        The goals, and which of them are a transition's own.
    """
    given_B_2 = np.where((chance_B < 0.75)[:, None], future_B_2, near_B_2)
    is_own_B = chance_B < 0.5
    return np.where(is_own_B[:, None], own_B_2, given_B_2), is_own_B


def distance(first_B_2: NDArray[np.float64], second_B_2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Between places, metres."""
    return np.linalg.norm(first_B_2 - second_B_2, axis=-1)


def practice_rewards(
    position_B_2: NDArray[np.float64],
    next_position_B_2: NDArray[np.float64],
    goal_B_2: NDArray[np.float64],
    reached_B: NDArray[np.bool_],
    taken_over_B: NDArray[np.bool_],
    goals: PracticeGoals,
) -> NDArray[np.float64]:
    """Metres that a car came nearer to its goal, a bonus for reaching it, less a penalty where it had to be helped.

    The first term is the speed towards the goal times the length of a step; the authors' reward is v · direction
    + 100 · reached - 100 · (upside down or timed out), in other units.
    """
    progress_B = distance(position_B_2, goal_B_2) - distance(next_position_B_2, goal_B_2)
    return progress_B + goals.bonus * reached_B - goals.penalty * taken_over_B
