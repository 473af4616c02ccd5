"""Environments of several agents at once, which are PettingZoo's and not Gymnasium's, by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gymnasium.envs.registration import load_env_creator

from .core.names import unknown_name

PARALLEL_ENTRY_POINTS: Mapping[str, str] = {"drive/Race-v0": "palaestra.envs.drive.race:RaceEnv"}
"""`module:Class` of every `pettingzoo.ParallelEnv`; nothing is imported before one is made."""


def make_parallel(id: str, **kwargs: Any) -> Any:
    """Make an environment of several agents.

    Args:
        id: one of `PARALLEL_ENTRY_POINTS`.
        kwargs: of its constructor.

    Raises:
        ValueError: no such id, or an argument is out of range.
    """
    if id not in PARALLEL_ENTRY_POINTS:
        raise unknown_name(f"unknown parallel environment {id!r}", id, PARALLEL_ENTRY_POINTS)
    return load_env_creator(PARALLEL_ENTRY_POINTS[id])(**kwargs)
