"""What searches along rays share: many rays take steps together, and those that have arrived are left behind."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor

State = TypeVar("State", bound=tuple[Tensor, ...])

STEPS = 8
"""Steps between two looks at which rays are still on their way; on a GPU each look waits for the device."""

_PARALLEL = 1e-20  # to a grid line: what is 0 would reach it at no number


def inverse(ray: Tensor) -> Tensor:
    """1 / ray, with its sign; of 0 a large number."""
    return 1.0 / torch.where(ray.abs() > _PARALLEL, ray, _PARALLEL)


def kept(state: State, wanted: Tensor) -> State:
    """The rays of a state that are wanted."""
    place = wanted.nonzero()[:, 0]
    return type(state)(*(each[place] for each in state))
