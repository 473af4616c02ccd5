"""Where advantage estimators are known by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch

from ..config import LLMConfig
from ..named import NamedFunctions
from ..types import Batch

Advantage = Callable[[Batch, LLMConfig], torch.Tensor]
"""From a batch to an advantage (B, T) for every own token, 0 elsewhere; pure. Keyword-only parameters are settings."""

ValuePositions = Literal["tokens", "turn_beginnings"]
"""Where an estimator reads values: at every own token, or at the first one of every turn."""

ADVANTAGES: NamedFunctions[Advantage] = NamedFunctions("advantage")
_GROUP_RELATIVE: set[str] = set()
_READ_DIVERGENCE: set[str] = set()
_VALUES: dict[str, ValuePositions | None] = {}


def register_advantage(
    name: str, *, group_relative: bool = False, values: ValuePositions | None = None, reads_divergence: bool = False
) -> Callable[[Advantage], Advantage]:
    """A decorator that makes an advantage estimator known under a name.

    Args:
        name: the name; one used again takes the newer function.
        group_relative: whether it compares the episodes of a group, so that one episode a group teaches nothing.
        values: which of a critic's values it reads; None for an estimator that needs no critic.
        reads_divergence: whether it takes the divergence from the reference into account where `kl_in` is `reward`.
    """
    _VALUES[name] = values
    if group_relative:
        _GROUP_RELATIVE.add(name)
    if reads_divergence:
        _READ_DIVERGENCE.add(name)
    return ADVANTAGES.register(name)


def is_group_relative(name: str) -> bool:
    """Whether an estimator compares the episodes of a group."""
    return name in _GROUP_RELATIVE


def reads_divergence(name: str) -> bool:
    """Whether an estimator takes the divergence from the reference into account."""
    return name in _READ_DIVERGENCE


def needs_critic(name: str) -> bool:
    """Whether an estimator reads the values of a critic."""
    return _VALUES[name] is not None


def valued_tokens(name: str, batch: Batch) -> torch.Tensor:
    """The tokens (B, T) at which an estimator reads values, and so those at which a critic learns them."""
    return batch.begins_turn_B_T if _VALUES[name] == "turn_beginnings" else batch.own_B_T
