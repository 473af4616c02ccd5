"""What an episode of a decision process is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core import TaskFields
from ..core.arguments import check_integer
from .chance import CHANCES
from .mdp import TabularMDP


@dataclass(frozen=True, slots=True, kw_only=True)
class TabularTask(TaskFields):
    """One episode: where it begins, and all that chance will bring.

    Attributes:
        start: the number of the first state.
        chance: the number of the episode's chances (see `chance.uniform`): the same actions have the same outcomes.
        level: the difficulty.

    Raises:
        ValueError: a field is out of range.
    """

    start: int
    chance: int
    level: int = 0

    def __post_init__(self) -> None:
        check_integer("options['task'].start", self.start, 0)
        check_integer("options['task'].chance", self.chance, 0, CHANCES - 1)
        check_integer("options['task'].level", self.level, 0)


def sample_task(rng: np.random.Generator, mdp: TabularMDP, level: int) -> TabularTask:
    """Draw an episode; pure: the same generator state gives the same one."""
    start = int(np.searchsorted(np.cumsum(mdp.start_S), rng.random(), side="right"))
    start = min(start, int(np.flatnonzero(mdp.start_S)[-1]))  # the sum may lie below 1 by a rounding
    return TabularTask(start=start, chance=int(rng.integers(CHANCES)), level=level)


def check_start(task: TabularTask, mdp: TabularMDP) -> None:
    """Check that an episode of the process can begin there.

    Raises:
        ValueError: it cannot.
    """
    if task.start >= mdp.n_states or mdp.start_S[task.start] == 0:
        starts = ", ".join(map(str, np.flatnonzero(mdp.start_S)[:8]))
        raise ValueError(f"options['task'].start must be a state that episodes begin in ({starts} …), got {task.start}")
