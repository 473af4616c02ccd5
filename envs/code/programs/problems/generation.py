"""Draws problems of a level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np

from ....core.task import check_level
from . import dynamic, functions, graphs, integers, lists, reachability, strings, texts, words
from .problem import Draft, Problem, pose


@dataclass(frozen=True, slots=True)
class Level:
    """One difficulty.

    Attributes:
        about: what its problems are about.
        families: what draws them, each as often as the others.
    """

    about: str
    families: tuple[Callable[[Random], Draft], ...]


LEVELS = (
    Level("a phrase about one integer", (integers.one_integer,)),
    Level("a formula over one or two integers", (integers.one_or_two_integers,)),
    Level("one loop over a list of integers", lists.FAMILIES),
    Level("strings", (*strings.FAMILIES, *texts.FAMILIES)),
    Level("several functions over lists and strings", (*functions.FAMILIES, *words.FAMILIES)),
    Level("graphs and small dynamic programs", (*reachability.FAMILIES, *graphs.FAMILIES, *dynamic.FAMILIES)),
)
"""The difficulties, easiest first."""


def sample_problem(rng: np.random.Generator, level: int) -> Problem:
    """Draw a problem; pure: the same generator state and level give the same problem.

    Args:
        rng: the generator.
        level: the difficulty, see `LEVELS`.

    Raises:
        ValueError: there is no such level.
    """
    families = LEVELS[check_level(level, len(LEVELS))].families
    random = Random(int(rng.integers(1 << 63)))
    while True:
        problem = pose(random.choice(families)(random), random)
        if problem is not None:
            return problem
