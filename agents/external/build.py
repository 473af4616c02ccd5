"""Builds another's agent from its source, and reads one back that was trained."""

from __future__ import annotations

import functools
import inspect
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gymnasium as gym
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.utils import set_random_seed

from ...envs.core.names import did_you_mean
from ..devices import resolve_device
from ..environments import MakeEnv
from .adapters import Environments, ExternalAgent, FunctionAgent, saved_about
from .source import Source

_GIVEN = ("env", "make_env", "seed", "device")
"""What a class is constructed with where it asks for it by these names."""


def is_sb3_class(thing: Any) -> bool:
    """Whether this is an algorithm written for Stable-Baselines3."""
    return isinstance(thing, type) and issubclass(thing, BaseAlgorithm)


def is_trained(thing: Any) -> bool:
    """Whether this is something that is trained: a class with `learn`. An object is scored as it is."""
    return isinstance(thing, type) and callable(getattr(thing, "learn", None))


def check_python(source: Source, params: Mapping[str, Any]) -> None:
    """Check that a class, function or object can be an agent and takes these parameters, without calling it.

    Raises:
        ValueError: it cannot be imported, has no `predict`, or a parameter is unknown, missing or given by the run.
    """
    thing, name = source.load(), _name(source)
    if isinstance(thing, type):
        if not callable(getattr(thing, "predict", None)) and not _is_callable_class(thing):
            near = did_you_mean("predict", [key for key in dir(thing) if not key.startswith("_")])
            raise ValueError(f"source {source.text}: the class {name} has neither predict nor __call__{near}")
        if is_trained(thing) and hasattr(thing, "save") and not hasattr(thing, "load"):
            raise ValueError(f"source {source.text}: the class {name} has save(path) but no class method load(path)")
        _check_params(source, thing, params, given=_GIVEN)
    elif callable(getattr(thing, "predict", None)):
        if params:
            raise ValueError(f"source {source.text} is an object, which takes no params; got {', '.join(params)}")
    elif callable(thing):
        _check_params(source, thing, params, given=(), leading=1)
    else:
        raise ValueError(f"source {source.text} must be a class, a function or an agent, got a {type(thing).__name__}")
    predict = getattr(thing, "predict", None)
    if predict is not None:
        _check_predict(name, predict, bound=not isinstance(thing, type))


def build_python(
    source: Source, params: Mapping[str, Any], make_env: MakeEnv, *, seed: int, device: str
) -> ExternalAgent:
    """An agent of a class, function or object.

    Args:
        source: where it is.
        params: what it is given beside environment, seed and device.
        make_env: makes one environment to learn in.
        seed: of everything random in it.
        device: `auto`, `cpu`, `cuda` …

    Raises:
        ValueError: see `check_python`, or the class refuses its arguments.
    """
    check_python(source, params)
    thing, name = source.load(), _name(source)
    action_space = action_space_of(make_env)
    environments = Environments(make_env, seed) if is_trained(thing) else None
    if isinstance(thing, type):
        set_random_seed(seed)  # of those who draw from the global generators
        make = environments.make if environments else make_env
        try:
            thing = thing(**_given(thing, make, seed, device), **params)
        except TypeError as error:
            raise ValueError(f"{name} cannot be made: {error}") from error
    elif not hasattr(thing, "predict") and params:
        thing = functools.partial(thing, **params)
    agent = thing if hasattr(thing, "predict") else FunctionAgent(thing)
    return ExternalAgent(
        agent,
        name,
        seed=seed,
        action_space=action_space,
        environments=environments,
        reload=functools.partial(load_python, source, params, make_env, device=device),
    )


def load_python(
    source: Source, params: Mapping[str, Any], make_env: MakeEnv, path: Path, *, device: str
) -> ExternalAgent:
    """The agent that `ExternalAgent.save` wrote, to evaluate.

    Raises:
        OSError: a file is missing.
        ValueError: one is damaged.
    """
    about = saved_about(path)
    if about["form"] == "source":
        return build_python(source, params, make_env, seed=about["seed"], device=device)
    thing = source.load()  # what was pickled by value may want its module too
    if about["form"] == "saved":
        agent = thing.load(path / "saved", **_given(thing.load, make_env, about["seed"], device))
    else:
        agent = pickle.loads((path / "pickled").read_bytes())
    return ExternalAgent(agent, _name(source), seed=about["seed"], action_space=action_space_of(make_env))


def action_space_of(make_env: MakeEnv) -> gym.Space[Any]:
    """The action space of the environments that a function makes."""
    env = make_env()
    try:
        return env.action_space
    finally:
        env.close()


def _given(function: Any, make_env: Callable[[], Any], seed: int, device: str) -> dict[str, Any]:
    """Those of environment, seed and device that a function asks for."""
    offered: dict[str, Callable[[], Any]] = {
        "env": make_env,
        "make_env": lambda: make_env,
        "seed": lambda: seed,
        "device": lambda: str(resolve_device(device)),
    }
    accepted = inspect.signature(function).parameters
    return {name: offered[name]() for name in _GIVEN if name in accepted}


def _check_params(
    source: Source, function: Any, params: Mapping[str, Any], *, given: tuple[str, ...], leading: int = 0
) -> None:
    """Check parameters against a signature, its first `leading` arguments left out."""
    name = _name(source)
    for key in params:
        if key in given:
            raise ValueError(f"params.{key}: {name} is given its {key} by the run; leave it out of params")
    try:
        parameters = list(inspect.signature(function).parameters.values())[leading:]
    except ValueError:  # some built-in functions have none
        return
    known = {p.name: p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        for key in params:
            if key not in known:
                takes = ", ".join(key for key in known if key not in given) or "none"
                raise ValueError(
                    f"params.{key}: {name} has no such parameter{did_you_mean(key, known)} (it takes {takes})"
                )
    missing = [key for key, p in known.items() if p.default is p.empty and key not in params and key not in given]
    if missing:
        raise ValueError(f"params.{missing[0]}: {name} needs it, and params does not give it")


def _check_predict(name: str, predict: Any, *, bound: bool) -> None:
    """Check that `predict` can be called as an evaluation calls it."""
    arguments = [None] * (4 if bound else 5)
    try:
        inspect.signature(predict).bind(*arguments)
    except TypeError as error:
        raise ValueError(
            f"predict of {name} must take (observation, state, episode_start, deterministic) as in Stable-Baselines3, "
            f"and takes {inspect.signature(predict)}; a function of one observation needs no class"
        ) from error
    except ValueError:  # it has no signature
        return


def _is_callable_class(thing: type) -> bool:
    return any("__call__" in vars(base) for base in thing.__mro__)


def _name(source: Source) -> str:
    return source.attribute or source.text
