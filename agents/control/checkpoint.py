"""Checkpoints of Stable-Baselines3 models from which training goes on to the same numbers.

A model's own `save` keeps what `predict` needs. A checkpoint also keeps the optimisers' moments, the replay buffer, the
environments in mid-episode, the metrics not yet logged, and every generator. On the CPU, a run that is stopped at a
checkpoint and resumed in a fresh process has the same weights and metrics, bit for bit, as one that was not.

Save at `on_rollout_start`, where no rollout and no update is half done; resume with the steps that are left:

    model = make_agent(…as before…); model.set_logger(logger); load_checkpoint(model, folder)
    model.learn(total - model.num_timesteps, reset_num_timesteps=False)

State-dependent exploration (`use_sde`) and ARS draw noise just before that point, so they resume with other noise.
A checkpoint is a pickle: load only what you have written.
"""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import torch
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.her import HerReplayBuffer

from ...envs.core import generator_state, restore_generator
from ..durable import replace_file
from .native_vector import NativeVecEnv

FILE_NAME = "checkpoint.pt"
_VERSION = 2
# made anew by the constructor from the recipe, or saved in a way of their own
_NOT_ATTRIBUTES = ("observation_space", "action_space", "start_time", "tensorboard_log", "verbose", "_last_lstm_states")


def save_checkpoint(model: BaseAlgorithm, folder: str | Path) -> None:
    """Write all that the training of a model depends on; a kill in the middle leaves the former checkpoint whole.

    Args:
        model: a model with an environment.
        folder: made if it is not there.

    Raises:
        ValueError: the model has no environment.
        OSError: the disk is full, say; the former checkpoint is still whole.
    """
    venv = _environment(model)
    saved = {
        "version": _VERSION,
        "algorithm": type(model).__name__,
        "n_envs": model.n_envs,
        "attributes": cloudpickle.dumps(_attributes(model)),
        "parameters": model.get_parameters(),
        "tensors": _tensors(model),
        "lstm_states": getattr(model, "_last_lstm_states", None),
        "replay_buffer": _buffer_contents(getattr(model, "replay_buffer", None)),
        "environments": _environment_states(venv),
        "generators": _generators(model),
        "logger": _pending_metrics(model),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with replace_file(folder / FILE_NAME) as file:
        torch.save(saved, file, pickle_protocol=5)


def load_checkpoint(model: BaseAlgorithm, folder: str | Path) -> None:
    """Put a model where `save_checkpoint` found another, made with the same arguments.

    Args:
        model: a freshly made model with its environment; set its logger before, so that pending metrics are kept.
        folder: what `save_checkpoint` wrote.

    Raises:
        FileNotFoundError: there is no checkpoint.
        ValueError: it is damaged, or of another algorithm, number of environments or version.
    """
    path = Path(folder) / FILE_NAME
    if not path.is_file():
        raise FileNotFoundError(f"no checkpoint at {path}")
    venv = _environment(model)
    try:
        saved = torch.load(path, map_location=model.device, weights_only=False)
        attributes = cloudpickle.loads(saved["attributes"])
    except Exception as error:  # a cut archive is an OSError, and a pickle with wrong bytes in it raises anything
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is damaged and cannot be read ({type(error).__name__}: {reason})") from error
    for what, found, wanted in (
        ("version", saved["version"], _VERSION),
        ("algorithm", saved["algorithm"], type(model).__name__),
        ("n_envs", saved["n_envs"], model.n_envs),
    ):
        if found != wanted:
            raise ValueError(f"{path} was written with {what} {found}, but the model has {wanted}")
    vars(model).update(attributes)
    model.set_parameters(saved["parameters"], exact_match=True, device=model.device)
    with torch.no_grad():
        for name, tensor in saved["tensors"].items():
            getattr(model, name).copy_(tensor)
    if saved["lstm_states"] is not None:
        model._last_lstm_states = saved["lstm_states"]  # pyright: ignore[reportAttributeAccessIssue]
    _refill_buffer(getattr(model, "replay_buffer", None), saved["replay_buffer"])
    _restore_environments(venv, saved["environments"])
    _restore_pending_metrics(model, saved["logger"])
    _restore_generators(model, saved["generators"])  # last: what comes before may draw


def _environment(model: BaseAlgorithm) -> VecEnv:
    if model.env is None:
        raise ValueError("model must have an environment, got one without: a checkpoint keeps its state")
    return model.env


def _attributes(model: BaseAlgorithm) -> dict[str, Any]:
    """Counters, schedules, statistics, the last observations: all that is not tensors, environment or buffers."""
    state_dicts, variables = model._get_torch_save_params()
    elsewhere = {name.partition(".")[0] for name in (*state_dicts, *variables)}
    elsewhere |= {*model._excluded_save_params(), *_NOT_ATTRIBUTES}
    # lists of tensors are views of the networks' parameters
    return {k: v for k, v in vars(model).items() if k not in elsewhere and not _holds_tensors(v)}


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_tensors(item) for item in value)
    return isinstance(value, torch.Tensor | torch.nn.Module | torch.optim.Optimizer)


def _tensors(model: BaseAlgorithm) -> dict[str, torch.Tensor]:
    return {name: value.detach() for name, value in vars(model).items() if isinstance(value, torch.Tensor)}


# Replay buffers are allocated whole; only the rows that are filled go into a checkpoint.


def _buffer_contents(buffer: ReplayBuffer | None) -> dict[str, Any] | None:
    if buffer is None:
        return None
    rows = buffer.buffer_size if buffer.full else buffer.pos
    # a buffer of a GoalEnv holds the environment, and leaves it out of what it lets be pickled
    contents: dict[str, Any] = vars(buffer)
    if isinstance(buffer, HerReplayBuffer):
        contents = buffer.__getstate__()
    kept = {k: v for k, v in contents.items() if k not in ("env", "device", "observation_space", "action_space")}
    return {name: _first_rows(value, buffer.buffer_size, rows) for name, value in kept.items()}


def _first_rows(value: Any, buffer_size: int, rows: int) -> Any:
    if isinstance(value, dict):
        return {key: _first_rows(item, buffer_size, rows) for key, item in value.items()}
    # a copy: pickling a view would write the whole array
    return value[:rows].copy() if _is_storage(value, buffer_size) else value


def _is_storage(value: Any, buffer_size: int) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0 and len(value) == buffer_size


def _refill_buffer(buffer: ReplayBuffer | None, contents: dict[str, Any] | None) -> None:
    if buffer is None or contents is None:
        return
    for name, value in contents.items():
        _refill(vars(buffer), name, value, buffer.buffer_size)


def _refill(owner: dict[str, Any], name: str, value: Any, buffer_size: int) -> None:
    live = owner.get(name)
    if isinstance(live, dict) and isinstance(value, dict):
        for key, item in value.items():
            _refill(live, key, item, buffer_size)
    elif _is_storage(live, buffer_size):
        owner[name][: len(value)] = value
    else:
        owner[name] = value


def _environment_states(venv: VecEnv) -> Any:
    """Of all together where they are stepped natively, else one of each; None where there is none."""
    if isinstance(venv.unwrapped, NativeVecEnv):
        return venv.unwrapped.get_state()
    if not venv.has_attr("get_state"):  # a model that `make_agent` did not make has no monitor with snapshots
        return None
    try:
        return venv.env_method("get_state")
    except TypeError:  # some layer cannot be saved
        return None


def _restore_environments(venv: VecEnv, states: Any) -> None:
    # wrappers want a reset before anything else; it also uses up the seeds of the first one
    venv.reset()
    if states is None:
        warnings.warn(
            "the environment has no get_state(): its episodes begin anew, so the resumed run will have other numbers",
            stacklevel=3,
        )
        return
    if isinstance(venv.unwrapped, NativeVecEnv):
        venv.unwrapped.set_state(states)
        return
    for index, state in enumerate(states):
        venv.env_method("set_state", state, indices=[index])


def _generators(model: BaseAlgorithm) -> dict[str, Any]:
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(),  # noqa: NPY002  (Stable-Baselines3 draws from it)
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "action_space": generator_state(model.action_space.np_random),
    }


def _restore_generators(model: BaseAlgorithm, states: dict[str, Any]) -> None:
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])  # noqa: NPY002
    torch.set_rng_state(states["torch"].cpu())
    if len(states["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all([state.cpu() for state in states["cuda"]])
    model.action_space._np_random = restore_generator(states["action_space"])


def _pending_metrics(model: BaseAlgorithm) -> dict[str, dict[str, Any]]:
    logger = getattr(model, "_logger", None)
    if logger is None:
        return {}
    return {name: dict(getattr(logger, name)) for name in ("name_to_value", "name_to_count", "name_to_excluded")}


def _restore_pending_metrics(model: BaseAlgorithm, pending: dict[str, dict[str, Any]]) -> None:
    logger = getattr(model, "_logger", None)
    if logger is None:
        return
    for name, values in pending.items():
        getattr(logger, name).clear()
        getattr(logger, name).update(values)
