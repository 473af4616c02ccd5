"""What an agent is shown of a counted state."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .process import CountedProcess

ObservationKind = Literal["index", "one_hot", "features"]
OBSERVATION_KINDS = ("index", "one_hot", "features")


def space_of(kind: ObservationKind, levels: tuple[CountedProcess, ...]) -> spaces.Space[Any]:
    """The space of the observations of every level."""
    n_states = max(level.mdp.n_states for level in levels)
    if kind == "index":
        return spaces.Discrete(n_states)
    size = n_states if kind == "one_hot" else levels[0].features_S_F.shape[1]
    return spaces.Box(0.0, 1.0, (size,), np.float32)


def observations_of(kind: ObservationKind, level: CountedProcess, n_states: int) -> NDArray[Any]:
    """The observation of every state of a level, as the rows of an array.

    Args:
        kind: of observation.
        level: the states.
        n_states: of the level that has most, which is how long a one-hot vector is.
    """
    if kind == "index":
        return np.arange(level.mdp.n_states)
    if kind == "one_hot":
        return np.eye(level.mdp.n_states, n_states, dtype=np.float32)
    return level.features_S_F
