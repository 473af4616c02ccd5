"""Saved models of Stable-Baselines3: which algorithm wrote one, and the model itself."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gymnasium import spaces

from ..control import ALGORITHMS, find_algorithm
from ..control.algorithms import hyperparameter_defaults
from ..devices import resolve_device
from ..environments import MakeEnv


def check_zip(path: Path, params: Mapping[str, Any]) -> None:
    """Check that a file is a saved model, and its only parameter `algorithm`.

    Raises:
        ValueError: it is not, the parameter is another one, or its value no algorithm.
    """
    for key in params:
        if key != "algorithm":
            raise ValueError(f"params.{key}: a saved model takes one parameter, algorithm")
    algorithm_of(path, params.get("algorithm"))


def algorithm_of(path: Path, name: str | None = None) -> str:
    """The algorithm that a saved model is of.

    Stable-Baselines3 does not note it. The policy's module tells the family, and which hyper-parameters are in the
    file tells the algorithm (a model of DDPG reads as one of TD3, which predicts the same).

    Args:
        path: the .zip.
        name: what the user says it is; None finds out.

    Raises:
        ValueError: the file is no saved model, or `name` no algorithm.
    """
    saved = _read_data(path)
    if name is not None:
        find_algorithm(name)
        return name
    policy = saved.get("policy_class")
    module = policy.get("__module__") if isinstance(policy, dict) else None
    family = [name for name in ALGORITHMS if module in {alias.__module__ for alias in _policies(name)}]

    def likeness(name: str) -> int:
        parameters = hyperparameter_defaults(ALGORITHMS[name])
        found = sum(parameter in saved for parameter in parameters)
        return found - (len(parameters) - found)

    return max(family or list(ALGORITHMS), key=likeness)


def load_zip(path: Path, make_env: MakeEnv, *, algorithm: str | None, device: str) -> Any:
    """A saved model, ready to predict in an environment. It is a pickle: load only what you trust.

    Args:
        path: the .zip.
        make_env: makes one environment it will act in.
        algorithm: its name; None finds out.
        device: `auto`, `cpu`, `cuda` …

    Raises:
        ValueError: it cannot be read, or was trained for other spaces.
    """
    name = algorithm_of(path, algorithm)
    try:
        model = find_algorithm(name).load(path, device=resolve_device(device))
    except Exception as error:  # a pickle of another version raises anything
        reason = " ".join(str(error).split())
        hint = "" if algorithm else "; if that is not its algorithm, name it as params.algorithm"
        raise ValueError(
            f"{path} cannot be read as a model of {name} ({type(error).__name__}: {reason}){hint}"
        ) from error
    env = make_env()
    try:
        for role in ("observation_space", "action_space"):
            _check_space(path, role, getattr(model, role), getattr(env, role))
    finally:
        env.close()
    return model


def _check_space(path: Path, role: str, trained: spaces.Space[Any], here: spaces.Space[Any]) -> None:
    same = trained.shape == here.shape if isinstance(here, spaces.Box) and isinstance(trained, spaces.Box) else None
    if same is None:
        same = trained == here
    if not same:
        raise ValueError(f"{path} was trained with the {role} {trained}, and the environment has {here}")


def _policies(name: str) -> list[type]:
    return list(ALGORITHMS[name].policy_aliases.values())


def _read_data(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("data"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is not a saved model of Stable-Baselines3 ({reason})") from error
