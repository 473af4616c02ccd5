"""Actions as bodies take them: numbers in [-1, 1]."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Action = NDArray[np.floating[Any]]


def check_action(action: Any, size: int) -> Action:
    """The action of one body, clipped to [-1, 1].

    Raises:
        ValueError: it is not `size` finite numbers.
    """
    numbers_A = np.asarray(action)
    if numbers_A.shape != (size,) or numbers_A.dtype.kind not in "fiu":
        raise ValueError(f"action must be {size} numbers in [-1, 1]; got shape {numbers_A.shape} of {numbers_A.dtype}")
    if not np.isfinite(numbers_A).all():
        raise ValueError(f"action must be {size} finite numbers in [-1, 1]; got {numbers_A}")
    return _clipped(numbers_A)


def check_actions(actions: Any, moving_B: NDArray[np.bool_], size: int) -> Action:
    """The actions of many bodies, clipped to [-1, 1].

    Args:
        actions: of shape (B, size).
        moving_B: the bodies whose action counts; those of the others may be anything, and become 0.
        size: the numbers of an action.

    Raises:
        ValueError: they have another shape, or one that counts is not finite.
    """
    return _clipped(finite_actions(actions, moving_B, size))


def finite_actions(actions: Any, moving_B: NDArray[np.bool_], size: int) -> Action:
    """The actions of many bodies as they came; the arguments and errors are those of `check_actions`."""
    numbers_BA = np.asarray(actions)
    shape = (len(moving_B), size)
    if numbers_BA.shape != shape or numbers_BA.dtype.kind not in "fiu":
        raise ValueError(
            f"actions must be {shape[0]} times {size} numbers in [-1, 1]; got shape {numbers_BA.shape} of "
            f"{numbers_BA.dtype}"
        )
    if not moving_B.all():
        numbers_BA = np.where(moving_B[:, None], numbers_BA, np.zeros((), numbers_BA.dtype))
    finite_B = np.isfinite(numbers_BA).all(axis=-1)
    if not finite_B.all():
        body = int(np.argmin(finite_B))
        raise ValueError(f"action must be {size} finite numbers in [-1, 1]; got {numbers_BA[body]} for body {body}")
    return numbers_BA


def _clipped(numbers_XA: Action) -> Action:
    return np.minimum(np.maximum(numbers_XA, -1.0), 1.0)
