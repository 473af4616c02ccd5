"""Programs as plain text, without statements: what a model reads before it is asked to write any."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .programs.problems import sample_problem
from .programs.skin import write


def corpus(seed: int, level: int) -> Iterator[str]:
    """Programs in the skin without end, one text each; the same seed and level give the same texts.

    For pre-training on a language that no other text is written in (`code/Skin-v0`). Programs of one level are as the
    solutions of its problems are.

    Args:
        seed: of the draws.
        level: the difficulty, as of `code/Skin-v0`.

    Raises:
        ValueError: there is no such level.
    """
    rng = np.random.default_rng(seed)
    while True:
        yield write(sample_problem(rng, level).program)
