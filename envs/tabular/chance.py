"""Chance that depends on an episode's number and the step alone, so that it can be drawn for many episodes at once."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

NumberT = TypeVar("NumberT", int, NDArray[np.uint64])

_MASK = (1 << 64) - 1
CHANCES = 1 << 63
"""How many episode numbers there are."""


def uniform(chance: NumberT, draw: NumberT) -> Any:
    """Number `draw` of the uniform numbers in [0, 1) that belong to an episode.

    Output `draw` of the generator SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) with seed `chance`, its upper 53
    bits. Integers and arrays of them give the same numbers, bit for bit.

    Args:
        chance: the episode's number, or an array of them (uint64).
        draw: how many numbers were drawn before, or an array.
    """
    z = (chance + (draw + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) * 2.0**-53
