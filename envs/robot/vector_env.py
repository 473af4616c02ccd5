"""Many bodies of this suite stepped together, natively."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import concatenate, create_empty_array
from numpy.typing import NDArray

from ..core import EnvState
from ..core.bodies.actions import check_actions
from ..core.bodies.body_vector import BodyVectorEnv, StepOutcome
from ..core.bodies.episode_rows import chosen_rows, row_of, stack_rows, with_rows
from ..core.bodies.reward import total
from ..core.bodies.vector_info import vector_step_info
from .mujoco_env import BodyState, MujocoEnv
from .readings import READ_FIELDS, Readings, sensor_places
from .stepping import BodyBatch


class MujocoVectorEnv(BodyVectorEnv):
    """B bodies of a `MujocoEnv`, stepped by native threads; each is, bit for bit, what the environment alone makes.

    Nothing is done body by body in Python but to begin episodes, to draw pictures and to ask the expert. Seeds,
    options, infos and autoreset are those of `gymnasium.vector.SyncVectorEnv`; so are `call`, `get_attr` and
    `set_attr`. Numbers of actions outside [-1, 1] are clipped.

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

    envs: list[MujocoEnv[Any, Any, Any]]

    def _build(self, threads: int) -> None:
        body = self.envs[0]
        if not isinstance(body, MujocoEnv):
            raise ValueError(f"make_env must make a MujocoEnv without wrappers, got {type(body).__name__}")
        self._body = body  # whose functions of readings serve all
        self._action_size = spaces.flatdim(body.action_space)
        has_own_models = type(body).prepare_model is not MujocoEnv.prepare_model
        models = [env.model for env in self.envs] if has_own_models else [body.model]
        self._physics = BodyBatch(models, self.num_envs, READ_FIELDS, threads)
        self._places = sensor_places(body.model)
        self._timestep_B = np.full(self.num_envs, body.model.opt.timestep)
        self._readings: Any = None
        self._episodes: Any = None

    def _checked(self, actions: Any, moving_B: NDArray[np.bool_]) -> NDArray[Any]:
        return check_actions(actions, moving_B, self._action_size)

    def _begin_one(self, body: int, seed: int | None, options: Mapping[str, Any] | None) -> dict[str, Any]:
        if options and "randomize" in options:
            raise ValueError("options['randomize'] is for environments alone: the bodies of a vector share a model")
        return super()._begin_one(body, seed, options)

    def _carry_out(self, action_BA: NDArray[Any], moving_B: NDArray[np.bool_]) -> StepOutcome:
        before, episodes_before = self._readings, self._episodes
        ctrl_BU, episodes = self._body.control(action_BA, before, episodes_before)
        self._physics.step(ctrl_BU, self._body.frame_skip, None if moving_B.all() else moving_B)
        readings = Readings(self._places, *self._physics.read())
        stable_B = self._is_stable(readings) | ~moving_B
        if not stable_B.all():
            readings = _chosen_readings(stable_B, readings, before)
        evaluation = self._body.evaluate(readings, episodes)
        terms = self._body.reward_terms(action_BA, evaluation, episodes)
        episodes = self._body.advance(evaluation, episodes)
        if not stable_B.all():
            episodes = chosen_rows(stable_B, episodes, episodes_before)
        self._readings, self._episodes = readings, episodes
        terminated_B = moving_B & (~stable_B | np.asarray(evaluation.is_end, np.bool_))
        return StepOutcome(
            reward_B=np.where(moving_B & stable_B, total(terms), 0.0),
            terminated_B=terminated_B,
            truncated_B=moving_B & ~terminated_B & (self._steps_B >= self._body.max_steps),
            infos_of=lambda told_B: vector_step_info(evaluation, terms, told_B, stable_B),
        )

    def _is_stable(self, readings: Readings) -> NDArray[np.bool_]:
        # MuJoCo resets a body, its clock included, when a number overflows
        least_B = (self._steps_B * self._body.frame_skip - 0.5) * self._timestep_B
        return (readings.time_X > least_B) & np.isfinite(readings.sensors_XS).all(axis=-1)

    def _take_up(self, bodies: list[int]) -> None:
        envs = [self.envs[body] for body in bodies]
        states = [env.get_state() for env in envs]
        if any(state.episode.randomized for state in states):
            raise ValueError("state must be of a body whose model is not varied: the bodies of a vector share a model")
        self._over_B[bodies] = [state.over for state in states]
        self._steps_B[bodies] = [state.episode.steps for state in states]
        self._timestep_B[bodies] = [env.model.opt.timestep for env in envs]
        self._is_lagging_B[bodies] = False
        self._physics.update_models()
        self._physics.load(bodies, [env.data for env in envs])
        was_begun, self._is_begun = self._is_begun, not any(state.episode.task is None for state in states)
        if not self._is_begun:
            return
        if not was_begun:
            self._readings = Readings(self._places, *self._physics.read())
            self._episodes = stack_rows([env.episode for env in self.envs])
        self._episodes = with_rows(self._episodes, bodies, [env.episode for env in envs])
        for body, env in zip(bodies, envs, strict=True):
            self._readings.sensors_XS[body] = env.readings.sensors_XS
            self._readings.qpos_XQ[body] = env.readings.qpos_XQ
            self._readings.qvel_XV[body] = env.readings.qvel_XV
            self._readings.time_X[body] = env.readings.time_X

    def _catch_up_one(self, body: int) -> None:
        self.envs[body].set_state(self._state(body))

    def _state(self, body: int) -> EnvState:
        state = self.envs[body].get_state()
        if not self._is_lagging_B[body]:
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
        if self._body.observation_kind == "state":
            return self._body.observe(self._readings, self._episodes)
        seen = self._seen_by(range(self.num_envs))
        return concatenate(
            self.single_observation_space, seen, create_empty_array(self.single_observation_space, self.num_envs)
        )

    def _seen_by(self, bodies: Sequence[int]) -> list[Any]:
        if self._body.observation_kind == "state":
            return super()._seen_by(bodies)
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
