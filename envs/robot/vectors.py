"""Native vectors by environment id: `load_env_creator("palaestra.envs.robot.vectors:robot/Reach-v0")`.

Gymnasium names the maker of a vector by a string, which keeps a spec JSON, and hands it the environment's own
arguments; so the string has to say which environment. The attributes of this module are therefore ids.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gymnasium.envs.registration import load_env_creator
from gymnasium.vector import AutoresetMode

from ..core import find_entry
from .vector_env import MujocoVectorEnv


def __getattr__(id: str) -> Callable[..., MujocoVectorEnv]:
    """The maker of the vector of an id."""
    try:
        entry_point = find_entry(id).entry_point
    except ValueError as error:
        raise AttributeError(str(error)) from error
    return partial(_make, load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point)


def _make(
    env_type: Any,
    num_envs: int,
    *,
    threads: int | None = None,
    autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    **kwargs: Any,
) -> MujocoVectorEnv:
    return MujocoVectorEnv(partial(env_type, **kwargs), num_envs, threads=threads, autoreset_mode=autoreset_mode)
