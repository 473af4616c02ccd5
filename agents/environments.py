"""Environments as every agent takes them: an id, or a function that makes one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gymnasium as gym

MakeEnv = Callable[[], "gym.Env[Any, Any]"]


def environment_factory(env: str | MakeEnv) -> MakeEnv:
    """A function without arguments that makes an environment, and can be pickled if `env` can.

    Args:
        env: an id registered with Gymnasium, or such a function.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(env, str):
        # Gymnasium's checker looks at every step of every copy; a look at the first would do
        return partial(gym.make, env, disable_env_checker=True)
    if not callable(env):
        raise ValueError(
            f"env must be an environment id or a function that makes an environment, got {type(env).__name__}; "
            "many copies are needed, so one instance will not do"
        )
    return env
