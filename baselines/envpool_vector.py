"""EnvPool's vectors (Weng et al., EnvPool, 2022), where it is installed, as vectors of Gymnasium."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import gymnasium as gym
from gymnasium.vector.utils import batch_space


class IncompleteEnvPool(Exception):
    """EnvPool is installed, but a file or a package that it needs is not."""


class EnvPoolVector(gym.vector.VectorWrapper[Any, Any, Any, Any, Any]):
    """A vector of EnvPool whose action space is of all its environments, as in Gymnasium, and whose reset takes seeds.

    Args:
        env: the vector.
    """

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self._action_space = batch_space(env.single_action_space, env.num_envs)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin every episode; seeds were fixed when the vector was made."""
        return self.env.reset()


def make_envpool(id: str, count: int, threads: int) -> EnvPoolVector | None:
    """EnvPool's vector of an environment; None where EnvPool is not installed or does not have it.

    Args:
        id: the environment.
        count: how many there are.
        threads: how many threads step them.

    Raises:
        IncompleteEnvPool: a part of EnvPool is missing, its meshes and pictures for instance, a package of their own.
    """
    try:
        envpool = import_module("envpool")
        if id not in envpool.list_all_envs():
            return None
        return EnvPoolVector(envpool.make_gymnasium(id, num_envs=count, num_threads=threads, seed=0))
    except (ImportError, OSError) as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "envpool":
            return None
        raise IncompleteEnvPool(str(error)) from error
