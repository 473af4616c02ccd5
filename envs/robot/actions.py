"""Actions as bodies take them: numbers in [-1, 1]."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Action = NDArray[np.floating[Any]]


def check_actions(actions: Any, shape: tuple[int, ...]) -> Action:
    """Actions clipped to [-1, 1].

    Args:
        actions: anything.
        shape: what it must be: the numbers of one action, or bodies and numbers.

    Raises:
        ValueError: they have another shape, or hold something that is not a finite number.
    """
    numbers = np.asarray(actions)
    wanted = f"{shape[-1]} numbers" if len(shape) == 1 else f"{shape[0]} times {shape[-1]} numbers"
    if numbers.shape != shape or numbers.dtype.kind not in "fiu":
        raise ValueError(f"action must be {wanted} in [-1, 1]; got shape {numbers.shape} of {numbers.dtype}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"action must be {wanted.replace(' numbers', ' finite numbers')} in [-1, 1]; got {numbers}")
    return np.minimum(np.maximum(numbers, -1.0), 1.0)
