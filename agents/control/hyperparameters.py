"""Hyper-parameters as a recipe writes them, translated to what Stable-Baselines3 takes.

A recipe holds plain values. What is a Python object in Stable-Baselines3 is a name here:

    learning_rate: linear_3e-4        falls from 3e-4 to 0 over the training; so do clip_range, clip_range_vf, delta_std
    train_freq: [1, episode]
    action_noise: normal_0.1          or ornstein_uhlenbeck_0.1: the standard deviation, of actions in [-1, 1]
    replay_buffer_class: her          or a Python path, module:Class
    policy_kwargs: {net_arch: [64, 64], activation_fn: tanh, optimizer_class: adamw}
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from ...envs.core.entry_points import EntryPoints, load
from ...envs.core.names import did_you_mean
from .algorithms import find_algorithm, hyperparameter_defaults

SCHEDULED = ("learning_rate", "clip_range", "clip_range_vf", "delta_std")
NOISES = ("normal", "ornstein_uhlenbeck")

CLASSES: dict[str, EntryPoints] = {
    "activation_fn": EntryPoints(
        {
            "elu": "torch.nn:ELU",
            "gelu": "torch.nn:GELU",
            "leaky_relu": "torch.nn:LeakyReLU",
            "relu": "torch.nn:ReLU",
            "sigmoid": "torch.nn:Sigmoid",
            "silu": "torch.nn:SiLU",
            "tanh": "torch.nn:Tanh",
        }
    ),
    "optimizer_class": EntryPoints(
        {
            "adam": "torch.optim:Adam",
            "adamw": "torch.optim:AdamW",
            "rmsprop": "torch.optim:RMSprop",
            "sgd": "torch.optim:SGD",
        }
    ),
    "features_extractor_class": EntryPoints(
        {
            "combined": "stable_baselines3.common.torch_layers:CombinedExtractor",
            "keypoints": "palaestra.agents.control.keypoints:KeypointEncoder",
            "keypoints_and_numbers": "palaestra.agents.control.keypoints:KeypointsAndNumbersEncoder",
            "flatten": "stable_baselines3.common.torch_layers:FlattenExtractor",
            "nature_cnn": "stable_baselines3.common.torch_layers:NatureCNN",
            "wide_range": "palaestra.agents.control.wide_range:WideRangeFeatures",
        }
    ),
    "replay_buffer_class": EntryPoints({"her": "stable_baselines3:HerReplayBuffer"}),
    "rollout_buffer_class": EntryPoints({}),
}


def check_hyperparameters(name: str, hyperparameters: Mapping[str, Any]) -> None:
    """Check an algorithm's name and hyper-parameters before anything is built.

    Raises:
        ValueError: the algorithm is unknown, or has no hyper-parameter of a name; the message names the nearest one.
    """
    translate(name, find_algorithm(name), hyperparameters)


def translate(name: str, algorithm: Any, hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of an algorithm from plain values; `action_noise` stays a string, since it wants the space.

    Args:
        name: the algorithm's name, for messages.
        algorithm: its class.
        hyperparameters: as a recipe has them.

    Raises:
        ValueError: the algorithm has no such hyper-parameter, or a name in a value is unknown.
    """
    defaults = hyperparameter_defaults(algorithm)
    for key in hyperparameters:
        if key not in defaults:
            raise ValueError(f"{name} has no hyper-parameter {key!r}{did_you_mean(key, defaults)}")
    return {key: _translated(key, value, defaults[key]) for key, value in hyperparameters.items()}


def _translated(key: str, value: Any, default: Any) -> Any:
    if key == "policy_kwargs":
        if not isinstance(value, Mapping):
            raise ValueError(f"policy_kwargs must be a mapping, got {value!r}")
        return {k: _class_named(k, v) if k in CLASSES and isinstance(v, str) else v for k, v in value.items()}
    if key in CLASSES and isinstance(value, str):
        return _class_named(key, value)
    if key == "train_freq" and isinstance(value, list):
        return tuple(value)
    if key == "action_noise" and isinstance(value, str):
        parse_noise(value)
        return value
    if isinstance(value, str):
        number = _number(value)
        if number is not None:  # YAML reads 3e-4, without a point, as a string
            return int(number) if isinstance(default, int) and number.is_integer() else number
        if key in SCHEDULED:
            return _schedule(key, value)
        if isinstance(default, int | float) and not isinstance(default, bool):
            raise ValueError(f"{key} must be a number, got {value!r}")
    return value


def action_noise(value: str, size: int) -> Any:
    """The noise that `normal_0.1` or `ornstein_uhlenbeck_0.1` names, for actions of `size` numbers."""
    import numpy as np
    from stable_baselines3.common import noise

    kind, sigma = parse_noise(value)
    classes = {"normal": noise.NormalActionNoise, "ornstein_uhlenbeck": noise.OrnsteinUhlenbeckActionNoise}
    return classes[kind](np.zeros(size), np.full(size, sigma))


def parse_noise(value: str) -> tuple[str, float]:
    """Kind and standard deviation of an action noise.

    Raises:
        ValueError: it is not of the form `normal_0.1`.
    """
    kind, _, sigma = value.rpartition("_")
    number = _number(sigma)
    if kind not in NOISES or number is None or number < 0:
        raise ValueError(
            f"action_noise must be one of {', '.join(NOISES)}, with its size, as normal_0.1; got {value!r}"
        )
    return kind, number


def check_policy_kwargs(policy: str, policy_class: Any, policy_kwargs: Mapping[str, Any]) -> None:
    """Check that a policy takes these arguments.

    Raises:
        ValueError: it has no such argument; the message names the nearest one.
    """
    parameters = inspect.signature(policy_class.__init__).parameters
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
        return
    known = [key for key in parameters if key not in ("self", "observation_space", "action_space", "lr_schedule")]
    for key in policy_kwargs:
        if key not in known:
            raise ValueError(f"policy_kwargs: {policy} has no argument {key!r}{did_you_mean(key, known)}")


def _schedule(key: str, value: str) -> Any:
    from stable_baselines3.common.utils import LinearSchedule

    kind, _, start = value.partition("_")
    number = _number(start)
    if kind != "linear" or number is None:
        raise ValueError(
            f"{key} must be a number, or linear_ and the number it falls from, as linear_3e-4; got {value!r}"
        )
    return LinearSchedule(start=number, end=0.0, end_fraction=1.0)


def _class_named(key: str, value: str) -> Any:
    known = CLASSES[key]
    if value.lower() not in known and ":" not in value:
        names = f"one of {', '.join(known)}, or " if known else ""
        raise ValueError(
            f"{key} must be {names}a Python path as module:Class; got {value!r}{did_you_mean(value, known)}"
        )
    try:
        return known[value.lower()] if value.lower() in known else load(value)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{key} names {value!r}, which cannot be imported: {error}") from error


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
