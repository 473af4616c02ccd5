"""What native vectors of environments are asked for, checked as Gymnasium's own vectors do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def seeds_of_vector(seed: int | Sequence[int | None] | None, num_envs: int) -> list[int | None]:
    """The seed of each environment: a number counts up from the first one on.

    Raises:
        ValueError: a list is not one for each.
    """
    if seed is None:
        return [None] * num_envs
    if isinstance(seed, int):
        return [seed + index for index in range(num_envs)]
    if len(seed) != num_envs:
        raise ValueError(f"seed must be an integer or a list of {num_envs}, got a list of {len(seed)}")
    return list(seed)


def check_reset_mask(mask: Any, num_envs: int) -> NDArray[np.bool_]:
    """Which environments a reset is for; None is for all.

    Raises:
        ValueError: it is not one truth value for each.
    """
    if mask is None:
        return np.ones(num_envs, np.bool_)
    if not isinstance(mask, np.ndarray) or mask.shape != (num_envs,) or mask.dtype != np.bool_:
        raise ValueError(f"options['reset_mask'] must be an array of {num_envs} bool, got {mask!r}")
    return mask
