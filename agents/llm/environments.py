"""Environments that an LLM agent can play."""

from __future__ import annotations

from typing import Any

from ...envs.core import Text, find_entry
from ..environments import MakeEnv, environment_factory


def text_environment_factory(env: str | MakeEnv) -> MakeEnv:
    """A function without arguments that makes a text environment.

    Args:
        env: a registered id, or such a function.

    Raises:
        ValueError: the id is unknown, or the environment does not speak.
    """
    if isinstance(env, str):
        find_entry(env)
    make_env = environment_factory(env)
    probe = make_env()
    for name in ("observation_space", "action_space"):
        space: Any = getattr(probe, name)
        if not isinstance(space, Text):
            raise ValueError(f"an LLM agent needs an environment of text; its {name} is {space}")
    probe.close()
    return make_env
