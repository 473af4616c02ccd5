"""The algorithms by name, and which hyper-parameters each one has."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from ...envs.core.names import did_you_mean

ENTRY_POINTS: dict[str, str] = {
    "a2c": "stable_baselines3:A2C",
    "ddpg": "stable_baselines3:DDPG",
    "dqn": "stable_baselines3:DQN",
    "ppo": "stable_baselines3:PPO",
    "sac": "stable_baselines3:SAC",
    "td3": "stable_baselines3:TD3",
    "ars": "sb3_contrib:ARS",
    "crossq": "sb3_contrib:CrossQ",
    "maskable_ppo": "sb3_contrib:MaskablePPO",
    "qrdqn": "sb3_contrib:QRDQN",
    "recurrent_ppo": "sb3_contrib:RecurrentPPO",
    "tqc": "sb3_contrib:TQC",
    "trpo": "sb3_contrib:TRPO",
}

_ARGUMENTS_OF_MAKE_AGENT = ("self", "env", "seed", "device", "_init_setup_model")


class _Algorithms(Mapping[str, Any]):
    """Names to algorithm classes; a class is imported when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        module, _, attribute = ENTRY_POINTS[name].partition(":")
        return getattr(importlib.import_module(module), attribute)

    def __contains__(self, name: object) -> bool:
        return name in ENTRY_POINTS

    def __iter__(self) -> Iterator[str]:
        return iter(ENTRY_POINTS)

    def __len__(self) -> int:
        return len(ENTRY_POINTS)


ALGORITHMS: Mapping[str, Any] = _Algorithms()
"""Every algorithm: its name in recipes to its class."""


def find_algorithm(name: str) -> Any:
    """The class of an algorithm.

    Raises:
        ValueError: there is no such algorithm; the message names the nearest one.
    """
    if name not in ALGORITHMS:
        hint = did_you_mean(str(name).lower().replace("-", "_"), ALGORITHMS)
        raise ValueError(f"algorithm {name!r} is unknown{hint}; there are {', '.join(sorted(ALGORITHMS))}")
    return ALGORITHMS[name]


def hyperparameter_defaults(algorithm: Any) -> dict[str, Any]:
    """What may be given to an algorithm, with its defaults (`inspect.Parameter.empty` where there is none)."""
    parameters = inspect.signature(algorithm.__init__).parameters.values()
    return {p.name: p.default for p in parameters if p.name not in _ARGUMENTS_OF_MAKE_AGENT}
