"""What a task finds when it judges a state, and how the info of a step tells it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How the present state stands, apart from the reward; tasks subclass it to add what they measure.

    Each field is a number or boolean for one body, or an array with a leading axis for a batch of them.

    Attributes:
        success: whether the task is solved, which ends the episode.
        failure: whether it cannot be solved any more (fallen, broken …), which ends the episode too.
        cost: how much harm this step did, for the budgets of safe reinforcement learning.
        is_stuck: whether the body needs help to go on, as a learner without resets may.
    """

    success: Any
    failure: Any = False
    cost: Any = 0.0
    is_stuck: Any = False

    @property
    def intervention(self) -> Any:
        """Whether something else acted in the agent's place; a task where that happens has a field of this name."""
        return False

    @property
    def is_end(self) -> Any:
        """Whether the episode ends here."""
        return self.success | self.failure


def field_values(evaluation: Evaluation) -> dict[str, Any]:
    """What was measured, by name, as it is."""
    return {field.name: getattr(evaluation, field.name) for field in fields(evaluation)}


def step_info(evaluation: Evaluation, terms: dict[str, Any]) -> dict[str, Any]:
    """The info of a step of one body, in plain numbers."""
    values = {name: plain(value) for name, value in field_values(evaluation).items()}
    return {
        "success": bool(evaluation.success),
        "cost": float(evaluation.cost),
        "is_stuck": bool(evaluation.is_stuck),
        "intervention": bool(evaluation.intervention),
        "reward_terms": {name: float(value) for name, value in terms.items()},
        "evaluation": values,
    }


def unstable_info() -> dict[str, Any]:
    """The info of a step on which the simulation blew up: nothing was measured."""
    return {
        "success": False,
        "cost": 0.0,
        "is_stuck": False,
        "intervention": False,
        "unstable": True,
        "reward_terms": {},
        "evaluation": {},
    }


def plain(value: Any) -> Any:
    """A NumPy scalar, or an array of no dimension, as the number that Python and JSON know; anything else as it is."""
    return value.item() if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 else value
