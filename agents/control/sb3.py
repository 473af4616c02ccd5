"""Models of Stable-Baselines3 and sb3-contrib, made by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from ..devices import resolve_device
from ..environments import MakeEnv, RegisteredEnvironment, environment_factory
from .algorithms import ALGORITHMS, find_algorithm
from .hyperparameters import action_noise, check_policy_kwargs, translate

if TYPE_CHECKING:
    import torch
    from stable_baselines3.common.base_class import BaseAlgorithm
    from stable_baselines3.common.vec_env import VecEnv

_FEWEST_TOGETHER = 2  # fewer environments are not stepped faster by a native vector


def make_agent(
    algorithm: str | type[BaseAlgorithm],
    env: str | MakeEnv,
    *,
    n_envs: int = 1,
    seed: int = 0,
    device: str = "auto",
    **hyperparameters: Any,
) -> BaseAlgorithm:
    """A model of an algorithm, over `n_envs` environments.

    Those of an id that has a native vector are stepped together, by as many threads as the machine has processors, or
    by one where torch uses one; all others in turn. It changes the speed, never the numbers.

    Args:
        algorithm: its name, one of `ALGORITHMS`; or a class of another's.
        env: an id, or a function without arguments that makes an environment (`RegisteredEnvironment` is one that knows
            of the native vector).
        n_envs: how many environments to learn from side by side.
        seed: of the weights, the exploration and the environments.
        device: `auto` (the GPU if there is one), `cpu`, `cuda`, `cuda:1` …
        **hyperparameters: the algorithm's own, as plain values (see `hyperparameters`). `policy` is chosen by the
            observation space unless given.

    Returns:
        The model, ready to learn.

    Raises:
        ValueError: algorithm, hyper-parameter, device or number of environments is unknown or out of range, or the
            algorithm does not fit the environment's spaces.
    """
    found: Any = find_algorithm(algorithm) if isinstance(algorithm, str) else algorithm
    name = algorithm if isinstance(algorithm, str) else algorithm.__name__
    arguments = translate(name, found, hyperparameters)
    if n_envs < 1:
        raise ValueError(f"n_envs must be 1 or more, got {n_envs}")
    where = resolve_device(device)
    make_env = environment_factory(env)
    probe = make_env()
    observation_space, action_space = probe.observation_space, probe.action_space
    probe.close()
    _check_spaces(name, observation_space, action_space)
    policy = arguments.setdefault("policy", policy_for(observation_space, found))
    if isinstance(policy, str):
        if policy not in found.policy_aliases:
            raise ValueError(f"policy must be one of {', '.join(found.policy_aliases)} for {name}, got {policy!r}")
        check_policy_kwargs(policy, found.policy_aliases[policy], arguments.get("policy_kwargs") or {})
    if isinstance(arguments.get("action_noise"), str):
        arguments["action_noise"] = action_noise(arguments["action_noise"], int(np.prod(action_space.shape or (1,))))
    return _build(name, found, arguments, make_env, action_space, n_envs=n_envs, seed=seed, device=where)


def policy_for(observation_space: spaces.Space[Any], algorithm: Any) -> str:
    """The name of the policy that fits an observation space: pixels get convolutions, a dict several inputs.

    Raises:
        ValueError: the algorithm has no such policy.
    """
    from stable_baselines3.common.preprocessing import is_image_space

    kind = "Mlp"
    if isinstance(observation_space, spaces.Dict):
        kind = "MultiInput"
    elif is_image_space(observation_space):
        kind = "Cnn"
    fitting = [alias for alias in algorithm.policy_aliases if alias in (f"{kind}Policy", f"{kind}LstmPolicy")]
    if not fitting:
        raise ValueError(
            f"algorithm {algorithm.__name__} has no policy for the observation space {observation_space}; it has "
            f"{', '.join(algorithm.policy_aliases)}"
        )
    return fitting[0]


def _check_spaces(name: str, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]) -> None:
    for role, space in (("observation", observation_space), ("action", action_space)):
        if isinstance(space, spaces.Text):
            raise ValueError(f"algorithm {name} cannot use the {role} space {space}: an agent that speaks (llm) can")


def _build(
    name: str,
    algorithm: Any,
    arguments: dict[str, Any],
    make_env: MakeEnv,
    action_space: spaces.Space[Any],
    *,
    n_envs: int,
    seed: int,
    device: torch.device,
) -> BaseAlgorithm:
    venv = _environments(make_env, n_envs)
    try:
        model = algorithm(env=venv, seed=seed, device=device, **arguments)
    except AssertionError as error:  # how Stable-Baselines3 refuses arguments
        venv.close()
        if "action space" in str(error):
            raise ValueError(
                f"algorithm {name} cannot use the action space {action_space}; of {', '.join(sorted(ALGORITHMS))}, "
                "dqn, qrdqn and maskable_ppo want discrete actions, sac, td3, ddpg, tqc and crossq continuous ones, "
                "and the others take either"
            ) from error
        raise ValueError(f"{name}: {error}") from error
    except (TypeError, ValueError) as error:
        venv.close()
        raise ValueError(f"{name}: {error}") from error
    # Stable-Baselines3 seeds environment i with seed + i, so that neighbouring seeds would share environments
    venv.seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
    return model


def _environments(make_env: MakeEnv, n_envs: int) -> VecEnv:
    """As a native vector where there is one; else, with the same numbers, one by one."""
    import torch
    from stable_baselines3.common.vec_env import DummyVecEnv

    from .monitor import EpisodeMonitor
    from .native_vector import NativeVecEnv

    if isinstance(make_env, RegisteredEnvironment) and n_envs >= _FEWEST_TOGETHER:
        vector = make_env.make_vector(n_envs, one_thread=torch.get_num_threads() == 1)
        if vector is not None:
            return NativeVecEnv(vector)
    return DummyVecEnv([lambda: EpisodeMonitor(make_env())] * n_envs)
