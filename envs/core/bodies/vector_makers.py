"""Makers of native vectors by environment id.

Gymnasium names the maker of a vector by a string, which keeps a spec JSON, and hands it the environment's own
arguments; so the string has to say which environment: `module:domain/Name-v0`, where the attributes of the module are
ids.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gymnasium.envs.registration import load_env_creator
from gymnasium.vector import AutoresetMode

from .. import find_entry
from .body_vector import BodyVectorEnv


def vector_maker(id: str, vector_type: Callable[..., BodyVectorEnv]) -> Callable[..., BodyVectorEnv]:
    """The maker of the vector of an id, for a module's `__getattr__`.

    Args:
        id: of the environment.
        vector_type: called with what makes one body's environment, how many, `threads` and `autoreset_mode`.

    Raises:
        AttributeError: there is no such id.
    """
    try:
        entry_point = find_entry(id).entry_point
    except ValueError as error:
        raise AttributeError(str(error)) from error
    env_type = load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point
    return partial(_make, vector_type, env_type)


def _make(
    vector_type: Callable[..., BodyVectorEnv],
    env_type: Any,
    num_envs: int,
    *,
    threads: int | None = None,
    autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    **kwargs: Any,
) -> BodyVectorEnv:
    return vector_type(partial(env_type, **kwargs), num_envs, threads=threads, autoreset_mode=autoreset_mode)
