"""Environments as every agent takes them: an id, or a function that makes one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import gymnasium as gym
from gymnasium.envs.registration import load_env_creator
from gymnasium.vector import AutoresetMode

from ..envs.core import entries

MakeEnv = Callable[[], "gym.Env[Any, Any]"]


@dataclass(frozen=True, slots=True)
class RegisteredEnvironment:
    """Makes an environment by its id: one at a call, or many as the native vector that it has; can be pickled.

    Attributes:
        id: registered with Gymnasium.
        kwargs: arguments of its constructor.
        wrappers: around it, by their names in `wrappers.catalogue`, with their arguments; the innermost first.
    """

    id: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    wrappers: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def __call__(self) -> gym.Env[Any, Any]:
        """One environment in its wrappers."""
        # Gymnasium's checker looks at every step of every copy; a look at the first would do
        env = gym.make(self.id, disable_env_checker=True, **self.kwargs)
        if self.wrappers:
            from ..wrappers.catalogue import make_wrapper

            for name, arguments in self.wrappers:
                env = make_wrapper(name, env, **arguments)
        return env

    def make_vector(self, num_envs: int, *, one_thread: bool) -> gym.vector.VectorEnv[Any, Any, Any] | None:
        """Environments side by side, natively, which nothing begins anew by itself.

        A native vector of this package's ids gives, to the bit, what its environments give one by one. Of other
        packages' this is not known, so they count as none.

        Args:
            num_envs: how many.
            one_thread: whether one thread shall step them, not as many as the machine has processors.

        Returns:
            The vector; its `spec` is that of one environment. None where there is none, or where something is around
            the environments that has no vector of its own, as only `gymnasium_body` has.
        """
        if [name for name, _ in self.wrappers] == ["gymnasium_body"]:
            return self._gymnasium_bodies(num_envs, one_thread=one_thread)
        if self.wrappers or "max_episode_steps" in self.kwargs or self.id not in {entry.id for entry in entries()}:
            return None
        spec = gym.spec(self.id)
        if not isinstance(spec.vector_entry_point, str):
            return None
        maker = load_env_creator(spec.vector_entry_point)
        kwargs = {**spec.kwargs, **self.kwargs}
        threads = {"threads": 1} if one_thread and "threads" in inspect.signature(maker).parameters else {}
        make: Any = maker
        vector = make(num_envs=num_envs, autoreset_mode=AutoresetMode.DISABLED, **threads, **kwargs)
        vector.spec = replace(spec, kwargs=kwargs)
        return vector

    def _gymnasium_bodies(self, num_envs: int, *, one_thread: bool) -> gym.vector.VectorEnv[Any, Any, Any] | None:
        """Bodies of Gymnasium side by side, where they are among those that can be stepped natively."""
        from ..wrappers.bodies import NATIVE_BODIES, GymnasiumBodyVector

        if self.id not in NATIVE_BODIES:
            return None
        ((_, arguments),) = self.wrappers
        vector = GymnasiumBodyVector(
            self.id,
            num_envs,
            threads=1 if one_thread else None,
            autoreset_mode=AutoresetMode.DISABLED,
            disable_env_checker=True,
            **arguments,
            **self.kwargs,
        )
        vector.spec = vector.envs[0].spec
        return vector


def environment_factory(env: str | MakeEnv) -> MakeEnv:
    """A function without arguments that makes an environment, and can be pickled if `env` can.

    Args:
        env: an id registered with Gymnasium, or such a function.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(env, str):
        return RegisteredEnvironment(env)
    if not callable(env):
        raise ValueError(
            f"env must be an environment id or a function that makes an environment, got {type(env).__name__}; "
            "many copies are needed, so one instance will not do"
        )
    return env
