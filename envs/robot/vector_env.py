"""Many bodies stepped together, natively."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array
from numpy.typing import NDArray

from ..core import EnvState
from ..core.arguments import check_integer
from ..core.vectors import check_reset_mask, seeds_of_vector
from .actions import check_actions
from .episode_rows import chosen_rows, row_of, stack_rows, with_rows
from .mujoco_env import BodyState, MujocoEnv
from .readings import Readings, sensor_places, total
from .stepping import BodyBatch, default_threads
from .vector_info import vector_step_info

VectorStep = tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


class MujocoVectorEnv(gym.vector.VectorEnv[Any, Any, Any]):
    """B bodies of a `MujocoEnv`, stepped by native threads; each is, bit for bit, what the environment alone makes.

    Nothing is done body by body in Python but to begin episodes, to draw pictures and to ask the expert. Seeds,
    options, infos and autoreset are those of `gymnasium.vector.SyncVectorEnv`; so are `call`, `get_attr` and
    `set_attr`.

    `gym.make_vec(id, num_envs=64)` makes it; its arguments go beside the environment's:
    `gym.make_vec(id, num_envs=64, threads=2, autoreset_mode="SameStep", level=1)`.

    Args:
        make_env: makes one body, without wrappers; the class of one will do.
        num_envs: how many bodies, B.
        threads: how many step them; None for what the machine has, but not less than four bodies each. It changes the
            speed, never the numbers.
        autoreset_mode: when an episode that has ended begins anew.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        make_env: Callable[[], MujocoEnv[Any, Any, Any]],
        num_envs: int,
        *,
        threads: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        count = check_integer("num_envs", num_envs, 1)
        if threads is not None:
            check_integer("threads", threads, 1)
        modes = [mode.value for mode in AutoresetMode]
        if not isinstance(autoreset_mode, AutoresetMode) and autoreset_mode not in modes:
            raise ValueError(f"autoreset_mode must be one of {', '.join(modes)}, got {autoreset_mode!r}")
        envs = [make_env() for _ in range(count)]
        if not isinstance(envs[0], MujocoEnv):
            raise ValueError(f"make_env must make a MujocoEnv without wrappers, got {type(envs[0]).__name__}")
        self._assemble(envs, threads, AutoresetMode(autoreset_mode))

    def _assemble(
        self, envs: list[MujocoEnv[Any, Any, Any]], threads: int | None, autoreset_mode: AutoresetMode
    ) -> None:
        body = envs[0]
        self.envs = envs
        self.num_envs = len(envs)
        self.threads = threads
        self.autoreset_mode = autoreset_mode
        self.metadata = {**body.metadata, "autoreset_mode": autoreset_mode}
        self.render_mode = body.render_mode
        self.single_observation_space, self.single_action_space = body.observation_space, body.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._body = body  # whose functions of readings serve all
        self._action_size = spaces.flatdim(body.action_space)
        has_own_models = type(body).prepare_model is not MujocoEnv.prepare_model
        models = [env.model for env in envs] if has_own_models else [body.model]
        threads = default_threads(self.num_envs) if threads is None else threads
        self._physics = BodyBatch(models, self.num_envs, sensor_places(body.model), threads)
        self._steps_B = np.zeros(self.num_envs, np.int64)
        self._over_B = np.ones(self.num_envs, np.bool_)
        self._timestep_B = np.full(self.num_envs, body.model.opt.timestep)
        self._is_lagging_B = np.zeros(self.num_envs, np.bool_)  # the environments that stand where their body was
        self._readings: Readings | None = None
        self._episodes: Any = None

    # What Gymnasium calls.

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin every episode, or those of a mask.

        Args:
            seed: of the first body, the others follow on; or one for each.
            options: as in `MujocoEnv.reset`, for all; with `reset_mask`, an array of bool, only where it is true.

        Returns:
            The observations, and infos with the tasks that reproduce the episodes.

        Raises:
            ValueError: an option or a seed is unknown or out of range.
        """
        options = dict(options or {})
        mask_B = check_reset_mask(options.pop("reset_mask", None), self.num_envs)
        if self._readings is None and not mask_B.all():
            raise ValueError("options['reset_mask'] must be true everywhere on the first reset")
        seeds = seeds_of_vector(seed, self.num_envs)
        infos = self._begin(np.flatnonzero(mask_B).tolist(), {}, seeds=seeds, options=options)
        return self._observe(), infos

    def step(self, actions: Any) -> VectorStep:
        """Carry out an action in every body; where an episode begins anew instead, its action does not count.

        Args:
            actions: of shape (B, numbers); those outside [-1, 1] are clipped.

        Raises:
            ResetNeeded: there was no reset yet; or an episode is over, and nothing begins it anew.
            ValueError: the actions have another shape, or hold something that is not a finite number.
        """
        moving_B = self._moving()
        action_BA = check_actions(actions, moving_B, self._action_size)
        before, episodes_before = self._known()
        ctrl_BU, episodes = self._body.control(action_BA, before, episodes_before)
        self._physics.step(ctrl_BU, self._body.frame_skip, None if moving_B.all() else moving_B)
        self._steps_B += moving_B
        self._is_lagging_B |= moving_B
        readings = self._physics.read()
        stable_B = self._is_stable(readings) | ~moving_B
        if not stable_B.all():
            readings = _chosen_readings(stable_B, readings, before)
        evaluation = self._body.evaluate(readings, episodes)
        terms = self._body.reward_terms(action_BA, evaluation, episodes)
        episodes = self._body.advance(evaluation, episodes)
        if not stable_B.all():
            episodes = chosen_rows(stable_B, episodes, episodes_before)
        self._readings, self._episodes = readings, episodes
        measured_B = moving_B & stable_B
        reward_B = np.where(measured_B, total(terms), 0.0)
        terminated_B = moving_B & (~stable_B | np.asarray(evaluation.is_end, np.bool_))
        truncated_B = moving_B & ~terminated_B & (self._steps_B >= self._body.max_steps)
        ending_B = terminated_B | truncated_B
        self._over_B |= ending_B

        def infos_of(told_B: NDArray[np.bool_]) -> dict[str, Any]:
            return vector_step_info(evaluation, terms, told_B, stable_B)

        if self.autoreset_mode is AutoresetMode.SAME_STEP:
            infos = self._begin_at_once(ending_B, infos_of)
        else:
            infos = self._begin(np.flatnonzero(~moving_B).tolist(), infos_of(moving_B))
        return self._observe(), reward_B, terminated_B, truncated_B, infos

    def render(self) -> tuple[NDArray[np.uint8] | None, ...] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A picture of every body; None without a render mode."""
        if self.render_mode is None:
            return None
        self._catch_up()
        return tuple(env.render() for env in self.envs)

    def close_extras(self, **kwargs: Any) -> None:
        """Free the renderers."""
        for env in self.envs:
            env.close()

    @property
    def np_random(self) -> tuple[np.random.Generator, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The generators of all bodies."""
        return tuple(env.np_random for env in self.envs)

    @property
    def np_random_seed(self) -> tuple[int, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The seeds of all bodies."""
        return tuple(env.np_random_seed for env in self.envs)

    # Body by body.

    def oracle(self) -> tuple[Any, ...]:
        """An expert's next action for every body; None where no one knows one or the episode is over."""
        self._catch_up()
        return tuple(env.oracle() for env in self.envs)

    def get_state(self) -> tuple[EnvState, ...]:
        """A snapshot of every body; each is one that the environment alone understands."""
        return tuple(self._state(body) for body in range(self.num_envs))

    def set_state(self, states: Sequence[EnvState]) -> None:
        """Return to snapshots, one for each body, of a vector or of environments with the same constructor arguments.

        Raises:
            ValueError: there are not as many as bodies.
        """
        if len(states) != self.num_envs:
            raise ValueError(f"states must be {self.num_envs} snapshots, one for each body, got {len(states)}")
        for env, state in zip(self.envs, states, strict=True):
            env.set_state(state)
        self._take_up(list(range(self.num_envs)))

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Call a method of every body's environment, which may change its state; an attribute is returned."""
        self._catch_up()
        found = [getattr(env, name) for env in self.envs]
        if not callable(found[0]):
            return tuple(found)
        results = tuple(each(*args, **kwargs) for each in found)
        self._take_up(list(range(self.num_envs)))
        return results

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """An attribute of every body's environment; a method is called, as in Gymnasium."""
        return self.call(name)

    def set_attr(self, name: str, values: Any) -> None:
        """Set an attribute of every body's environment: a list or tuple has one value for each.

        Raises:
            ValueError: there are not as many values as bodies.
        """
        values = values if isinstance(values, list | tuple) else [values] * self.num_envs
        if len(values) != self.num_envs:
            raise ValueError(f"values must be one or {self.num_envs}, got {len(values)}")
        for env, value in zip(self.envs, values, strict=True):
            setattr(env, name, value)

    def __getstate__(self) -> dict[str, Any]:
        """The vector with its present state."""
        kept = {"envs": self.envs, "threads": self.threads, "autoreset_mode": self.autoreset_mode}
        return {**kept, "spec": self.spec, "states": self.get_state()}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        self._assemble(saved["envs"], saved["threads"], saved["autoreset_mode"])
        self.spec = saved["spec"]
        self.set_state(saved["states"])

    # The parts.

    def _moving(self) -> NDArray[np.bool_]:
        self._known()
        if self._over_B.any() and self.autoreset_mode is AutoresetMode.DISABLED:
            over = np.flatnonzero(self._over_B).tolist()
            raise ResetNeeded(f"the episodes of bodies {over} are over: reset them by options['reset_mask']")
        return ~self._over_B

    def _known(self) -> tuple[Readings, Any]:
        if self._readings is None:
            raise ResetNeeded("step() needs episodes that go on: call reset() first")
        return self._readings, self._episodes

    def _is_stable(self, readings: Readings) -> NDArray[np.bool_]:
        # MuJoCo resets a body, its clock included, when a number overflows
        least_B = (self._steps_B * self._body.frame_skip - 0.5) * self._timestep_B
        return (readings.time_X > least_B) & np.isfinite(readings.sensors_XS).all(axis=-1)

    def _begin_at_once(
        self, ending_B: NDArray[np.bool_], infos_of: Callable[[NDArray[np.bool_]], dict[str, Any]]
    ) -> dict[str, Any]:
        """Begin the episodes that have just ended; the infos keep what was seen and told last."""
        infos = infos_of(~ending_B)
        ending = np.flatnonzero(ending_B).tolist()
        if ending:
            infos["final_obs"] = np.full(self.num_envs, None, object)
            for body, seen in zip(ending, self._seen_by(ending), strict=True):
                infos["final_obs"][body] = seen
            infos["final_info"] = infos_of(ending_B)
            infos["_final_obs"], infos["_final_info"] = ending_B.copy(), ending_B.copy()
        return self._begin(ending, infos)

    def _begin(
        self,
        bodies: list[int],
        infos: dict[str, Any],
        *,
        seeds: Sequence[int | None] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Reset bodies, and add their tasks to the infos."""
        for body in bodies:
            _, info = self.envs[body].reset(seed=seeds[body] if seeds else None, options=options)
            infos = self._add_info(infos, info, body)
        if bodies:
            self._physics.update_models()
            self._take_up(bodies)
        return infos

    def _take_up(self, bodies: list[int]) -> None:
        """Put bodies where their environments stand."""
        envs = [self.envs[body] for body in bodies]
        states = [env.get_state() for env in envs]
        self._over_B[bodies] = [state.over for state in states]
        self._steps_B[bodies] = [state.episode.steps for state in states]
        self._timestep_B[bodies] = [env.model.opt.timestep for env in envs]
        self._is_lagging_B[bodies] = False
        self._physics.load(bodies, [env.data for env in envs])
        if any(state.episode.task is None for state in states):
            self._readings = None
            return
        if self._readings is None:
            self._readings = self._physics.read()
            self._episodes = stack_rows([env.episode for env in self.envs])
        self._episodes = with_rows(self._episodes, bodies, [env.episode for env in envs])
        for body, env in zip(bodies, envs, strict=True):
            self._readings.sensors_XS[body] = env.readings.sensors_XS
            self._readings.qpos_XQ[body] = env.readings.qpos_XQ
            self._readings.qvel_XV[body] = env.readings.qvel_XV
            self._readings.time_X[body] = env.readings.time_X

    def _catch_up(self) -> None:
        """Put environments where their bodies are."""
        for body in np.flatnonzero(self._is_lagging_B).tolist():
            self.envs[body].set_state(self._state(body))
        self._is_lagging_B[:] = False

    def _state(self, body: int) -> EnvState:
        state = self.envs[body].get_state()
        if not self._is_lagging_B[body] or self._readings is None:
            return state
        present = BodyState(
            self._physics.physics(body),
            self._readings.sensors_XS[body].copy(),
            int(self._steps_B[body]),
            state.episode.task,
            row_of(self._episodes, body),
        )
        return replace(state, over=bool(self._over_B[body]), episode=present)

    def _observe(self) -> Any:
        readings, episodes = self._known()
        if self._body.observation_kind == "state":
            return self._body.observe(readings, episodes)
        seen = self._seen_by(range(self.num_envs))
        return concatenate(
            self.single_observation_space, seen, create_empty_array(self.single_observation_space, self.num_envs)
        )

    def _seen_by(self, bodies: Sequence[int]) -> list[Any]:
        """The observations of single bodies."""
        if self._body.observation_kind == "state":
            seen_BS = self._observe()
            return [seen_BS[body] for body in bodies]
        self._catch_up()
        return [self.envs[body].present_observation() for body in bodies]


def _chosen_readings(is_new_B: NDArray[np.bool_], new: Readings, old: Readings) -> Readings:
    """Of each body the new readings or the old ones."""
    mask_B1 = is_new_B[:, None]
    return Readings(
        new.places,
        np.where(mask_B1, new.sensors_XS, old.sensors_XS),
        np.where(mask_B1, new.qpos_XQ, old.qpos_XQ),
        np.where(mask_B1, new.qvel_XV, old.qvel_XV),
        np.where(is_new_B, new.time_X, old.time_X),
    )
