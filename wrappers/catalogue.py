"""The names that recipes know wrappers by."""

from __future__ import annotations

import inspect
from typing import Any

import gymnasium as gym

from ..envs.core.entry_points import EntryPoints
from ..envs.core.names import did_you_mean
from .base import Wrapper

_TABLE = {
    "domain_randomization": "palaestra.wrappers.resets.domain_randomization:DomainRandomization",
    "early_termination": "palaestra.wrappers.resets.early_termination:EarlyTermination",
    "format_reward": "palaestra.wrappers.rewards.format:FormatReward",
    "forward_backward": "palaestra.wrappers.resets.forward_backward:ForwardBackward",
    "gymnasium_body": "palaestra.wrappers.bodies.gymnasium_body:GymnasiumBody",
    "image_classifier": "palaestra.wrappers.rewards.pictures.image_classifier:ImageClassifier",
    "length_penalty": "palaestra.wrappers.rewards.length:LengthPenalty",
    "level_curriculum": "palaestra.wrappers.resets.level:LevelCurriculum",
    "reference_state": "palaestra.wrappers.resets.reference_state:ReferenceStateInit",
    "shield": "palaestra.wrappers.shield:Shield",
    "teacher_snapshots": "palaestra.wrappers.resets.teacher_snapshots:TeacherSnapshots",
    "tools": "palaestra.wrappers.tools.tool_use:ToolUse",
    "vice": "palaestra.wrappers.rewards.pictures.vice:Vice",
}

_FOR_TRAINING_ALONE = ("palaestra.wrappers.resets.", "palaestra.wrappers.rewards.pictures.")

WRAPPERS = EntryPoints(_TABLE, unknown="unknown wrapper {!r}")
"""Every wrapper: its name in recipes to its class, imported when it is looked up."""


def find_wrapper(name: str) -> type[Wrapper]:
    """The wrapper class of a name.

    Raises:
        ValueError: no such name; the message gives the nearest one.
    """
    return WRAPPERS.find(name)


def is_for_training_alone(name: str) -> bool:
    """Whether a name is that of a wrapper that chooses what an episode begins with, or learns a reward.

    Agents are scored by the task's own beginnings and success. No wrapper is imported for the answer.
    """
    return _TABLE.get(name, "").startswith(_FOR_TRAINING_ALONE)


def make_wrapper(name: str, env: gym.Env, /, **arguments: Any) -> Wrapper:
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
            raise ValueError(f"{name} has no argument {argument!r}{did_you_mean(argument, parameters)}")
    for parameter in parameters.values():
        if parameter.default is inspect.Parameter.empty and parameter.name not in arguments:
            raise ValueError(f"{name} needs the argument {parameter.name!r}")
    return wrapper(env, **arguments)
