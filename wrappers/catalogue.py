"""The names that recipes know wrappers by. Entry points are strings, so nothing is imported before it is used."""

from __future__ import annotations

import difflib
import inspect
from importlib import import_module
from typing import Any

import gymnasium as gym

from .base import Wrapper

WRAPPERS: dict[str, str] = {
    "format_reward": "palaestra.wrappers.rewards.format:FormatReward",
    "length_penalty": "palaestra.wrappers.rewards.length:LengthPenalty",
    "level_curriculum": "palaestra.wrappers.resets.level:LevelCurriculum",
}


def find_wrapper(name: str) -> type[Wrapper]:
    """The wrapper class of a name.

    Raises:
        ValueError: no such name; the message gives the nearest one.
    """
    if name not in WRAPPERS:
        raise ValueError(f"unknown wrapper {name!r}{_hint(name, WRAPPERS)} (known: {', '.join(sorted(WRAPPERS))})")
    module, _, attribute = WRAPPERS[name].partition(":")
    return getattr(import_module(module), attribute)


def make_wrapper(name: str, env: gym.Env, **arguments: Any) -> Wrapper:
    """Wrap an environment.

    Args:
        name: one of `WRAPPERS`.
        env: the environment to wrap.
        arguments: the wrapper's own arguments.

    Returns:
        The wrapped environment.

    Raises:
        ValueError: the name or an argument is unknown, missing or out of range; the message names it.
    """
    wrapper = find_wrapper(name)
    parameters = dict(list(inspect.signature(wrapper).parameters.items())[1:])
    for argument in arguments:
        if argument not in parameters:
            raise ValueError(f"{name} has no argument {argument!r}{_hint(argument, parameters)}")
    for parameter in parameters.values():
        if parameter.default is inspect.Parameter.empty and parameter.name not in arguments:
            raise ValueError(f"{name} needs the argument {parameter.name!r}")
    return wrapper(env, **arguments)


def _hint(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    return f"; did you mean {near[0]!r}?" if near else ""
