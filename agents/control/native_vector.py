"""A native vector of environments as Stable-Baselines3 takes them, the same to the last digit as one by one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices, VecEnvObs, VecEnvStepReturn

from .monitor import EpisodeMonitor


@dataclass(frozen=True, slots=True)
class NativeVectorState:
    """A snapshot of a native vector and of its episodes' rewards and costs.

    Attributes:
        vector: the vector's own snapshot.
        rewards: of each environment's episode so far.
        costs: of each environment's episode so far.
    """

    vector: Any
    rewards: tuple[tuple[float, ...], ...]
    costs: tuple[float, ...]


class NativeVecEnv(VecEnv):
    """What `DummyVecEnv` over `EpisodeMonitor`s makes of the same environments one by one, infos included.

    An episode that has ended begins anew in the same step. Its last info has `terminal_observation`,
    `TimeLimit.truncated`, `episode` and, where success is told, `is_success`.

    The attributes of the vector stand for those of each environment, and so do its methods, which return one result for
    each: `env_method("oracle")`.

    Args:
        vector: a native vector with snapshots, which begins no episode by itself: its autoreset is disabled.

    Raises:
        ValueError: the vector begins episodes by itself.
    """

    def __init__(self, vector: gym.vector.VectorEnv[Any, Any, Any]) -> None:
        mode = vector.metadata.get("autoreset_mode")
        if mode is not AutoresetMode.DISABLED:
            raise ValueError(f"vector must have the autoreset mode {AutoresetMode.DISABLED}, got {mode}")
        self.vector: Any = vector
        super().__init__(vector.num_envs, vector.single_observation_space, vector.single_action_space)
        self._started = time.time()
        self._rewards: list[list[float]] = [[] for _ in range(self.num_envs)]
        self._cost_B = np.zeros(self.num_envs)
        self._actions: Any = None

    def reset(self) -> VecEnvObs:
        """Begin every episode, with the seeds and the options that were set before.

        Raises:
            ValueError: the options are not the same for all.
        """
        options = self._options[0]
        if any(other != options for other in self._options):
            raise ValueError(f"options of a native vector must be the same for all, got {self._options}")
        observations, infos = self.vector.reset(seed=self._seeds, options=options)
        self.reset_infos = single_infos(infos, self.num_envs)
        self._rewards = [[] for _ in range(self.num_envs)]
        self._cost_B[:] = 0.0
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: NDArray[Any]) -> None:
        """Take actions down, to be carried out by `step_wait`."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Carry the actions out; where an episode ends, begin the next."""
        observations, reward_B, terminated_B, truncated_B, vector_infos = self.vector.step(self._actions)
        infos = single_infos(vector_infos, self.num_envs)
        cut_short_B = truncated_B & ~terminated_B
        for info, rewards, reward, truncated in zip(
            infos, self._rewards, reward_B.tolist(), cut_short_B.tolist(), strict=True
        ):
            info["TimeLimit.truncated"] = truncated
            rewards.append(reward)
        self._cost_B += vector_infos.get("cost", 0.0)
        done_B = terminated_B | truncated_B
        if done_B.any():
            for index in np.flatnonzero(done_B).tolist():
                self._end(index, infos[index], row_of(observations, index))
            observations, vector_infos = self.vector.reset(options={"reset_mask": done_B})
            begun = single_infos(vector_infos, self.num_envs)
            self.reset_infos = [new or old for new, old in zip(begun, self.reset_infos, strict=True)]
        return observations, reward_B.astype(np.float32), done_B, infos

    def get_state(self) -> NativeVectorState:
        """A snapshot of everything that the future depends on."""
        return NativeVectorState(
            self.vector.get_state(), tuple(map(tuple, self._rewards)), tuple(self._cost_B.tolist())
        )

    def set_state(self, state: NativeVectorState) -> None:
        """Return to a snapshot of a vector with the same arguments.

        Raises:
            ValueError: it is of something else.
        """
        if not isinstance(state, NativeVectorState) or len(state.rewards) != self.num_envs:
            found = f"of {len(state.rewards)}" if isinstance(state, NativeVectorState) else type(state).__name__
            raise ValueError(f"state must be of {self.num_envs} environments stepped natively, got {found}")
        self.vector.set_state(state.vector)
        self._rewards = [list(rewards) for rewards in state.rewards]
        self._cost_B = np.array(state.costs)

    def close(self) -> None:
        """Free what the environments hold."""
        self.vector.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """A picture of every environment."""
        return self.vector.render() or [None] * self.num_envs

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """An attribute of the vector, once for each environment.

        Raises:
            AttributeError: the vector has none of that name.
        """
        return [getattr(self.vector, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Refused: nothing may set the environments apart.

        Raises:
            AttributeError: always.
        """
        raise AttributeError(
            f"{attr_name} cannot be set on environments that are stepped natively: hand in a function that makes an "
            "environment, and they are stepped one by one"
        )

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> Any:
        """The results of a method of the vector, which returns one for each environment.

        Raises:
            AttributeError: the vector has no such method.
        """
        results = getattr(self.vector, method_name)(*method_args, **method_kwargs)
        return [results[index] for index in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: type[gym.Wrapper], indices: VecEnvIndices = None) -> list[bool]:
        """Whether it does what a wrapper would do: an `EpisodeMonitor` is all that is around the environments."""
        return [issubclass(EpisodeMonitor, wrapper_class) for _ in self._get_indices(indices)]

    def _end(self, index: int, info: dict[str, Any], observation: Any) -> None:
        """Add to its last info what is to be known of an episode."""
        rewards = self._rewards[index]
        seconds = time.time() - self._started
        info["episode"] = {"r": round(sum(rewards), 6), "l": len(rewards), "t": round(seconds, 6)}
        if "cost_limit" in self.vector.metadata:
            info["episode"]["cost"] = float(self._cost_B[index])
        self._cost_B[index] = 0.0
        if "success" in info:
            info["is_success"] = bool(info["success"])
        info["terminal_observation"] = observation
        self._rewards[index] = []


def single_infos(infos: dict[str, Any], num_envs: int) -> list[dict[str, Any]]:
    """The info of each environment, from those of a vector: a value for each key, and beside it who has it."""
    single: list[dict[str, Any]] = [{} for _ in range(num_envs)]
    for key, values in infos.items():
        told_B = None if key.startswith("_") else infos.get(f"_{key}")
        if told_B is None:
            continue
        each = single_infos(values, num_envs) if isinstance(values, dict) else values
        if isinstance(each, np.ndarray):
            each = each.tolist() if each.ndim == 1 else list(each)
        if told_B.all():
            for info, value in zip(single, each, strict=True):
                info[key] = value
        else:
            for index in np.flatnonzero(told_B).tolist():
                single[index][key] = each[index]
    return single


def row_of(observations: Any, index: int) -> Any:
    """The observation of one environment."""
    if isinstance(observations, dict):
        return {key: part[index] for key, part in observations.items()}
    return observations[index]
