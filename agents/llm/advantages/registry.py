"""Where advantage estimators are known by name."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ..config import LLMConfig
from ..named import NamedFunctions
from ..types import Batch

Advantage = Callable[[Batch, LLMConfig], torch.Tensor]
"""From a batch to an advantage (B, T) for every own token, 0 elsewhere; pure. Keyword-only parameters are settings."""

ADVANTAGES: NamedFunctions[Advantage] = NamedFunctions("advantage")
_GROUP_RELATIVE: set[str] = set()


def register_advantage(name: str, *, group_relative: bool = False) -> Callable[[Advantage], Advantage]:
    """A decorator that makes an advantage estimator known under a name.

    Args:
        name: the name; one used again takes the newer function.
        group_relative: whether it compares the episodes of a group, so that one episode a group teaches nothing.
    """
    if group_relative:
        _GROUP_RELATIVE.add(name)
    return ADVANTAGES.register(name)


def is_group_relative(name: str) -> bool:
    """Whether an estimator compares the episodes of a group."""
    return name in _GROUP_RELATIVE
