"""Environments as LLM agents take them: an id, or a function that makes one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gymnasium as gym

from ...envs.core import Text, find_entry

MakeEnv = Callable[[], gym.Env[str, str]]


def environment_factory(env: str | MakeEnv) -> MakeEnv:
    """A zero-argument function that makes a text environment.

    Args:
        env: a registered id, or such a function.

    Raises:
        ValueError: the id is unknown, or the environment does not speak.
    """
    if isinstance(env, str):
        find_entry(env)
        # Gymnasium's checker looks at every step of every copy; the conformance suite has done that already
        env = partial(gym.make, env, disable_env_checker=True)
    if not callable(env):
        raise ValueError(
            f"env must be an environment id or a function that makes an environment, got {type(env).__name__}; "
            "many copies are needed, so one instance will not do"
        )
    probe = env()
    for name in ("observation_space", "action_space"):
        space: Any = getattr(probe, name)
        if not isinstance(space, Text):
            raise ValueError(f"an LLM agent needs an environment of text; its {name} is {space}")
    probe.close()
    return env
