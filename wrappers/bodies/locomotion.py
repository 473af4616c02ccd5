"""What Gymnasium's walking bodies (version 5) make of a simulated step, over arrays.

Gymnasium's own environments compute observation, reward, end and info from the simulation of one body. Here they are
functions of fields of `MjData` with an optional leading axis `X`: `()` for one body, `(B,)` for many. Each operation is
the one of Gymnasium's code, in the same order and precision, so the results are the same to the bit; `vecdot` and the
sums over the last axis go through the same routines as the dot product and the sum of a single array.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium.envs.mujoco.ant_v5 import AntEnv
from gymnasium.envs.mujoco.half_cheetah_v5 import HalfCheetahEnv
from gymnasium.envs.mujoco.hopper_v5 import HopperEnv
from gymnasium.envs.mujoco.walker2d_v5 import Walker2dEnv
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BodyFields:
    """What is read of a simulation, by the names that `MjData` has for it; of shape (*X, …).

    Attributes:
        qpos: the joints' positions.
        qvel: the joints' velocities.
    """

    qpos: NDArray[np.float64]
    qvel: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TouchingBodyFields(BodyFields):
    """The same of a body that feels what it touches.

    Attributes:
        xpos: where its parts are.
        cfrc_ext: the forces from outside on them.
    """

    xpos: NDArray[np.float64]
    cfrc_ext: NDArray[np.float64]


FieldsT = TypeVar("FieldsT", bound=BodyFields)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a step was worth.

    Attributes:
        reward_X: the reward.
        info: what Gymnasium's environment tells of the step, by name.
    """

    reward_X: Any
    info: dict[str, Any]


class Locomotion(ABC, Generic[FieldsT]):
    """A body's observation, reward, end and info.

    Class attributes:
        fields_type: what they are made of.

    Args:
        env: Gymnasium's environment of one such body; its parameters are looked up there.
    """

    fields_type: ClassVar[type[BodyFields]] = BodyFields

    def __init__(self, env: Any) -> None:
        self._env = env

    @abstractmethod
    def observe(self, fields: FieldsT) -> NDArray[np.float64]:
        """What is observed, of shape (*X, its numbers)."""

    @abstractmethod
    def is_end(self, fields: FieldsT) -> Any:
        """Whether an episode that has begun ends in this state."""

    @abstractmethod
    def judge(self, before: FieldsT, after: FieldsT, action_XA: NDArray[Any]) -> Judgement:
        """What a step was worth, from the states before and after it."""

    def _control_cost(self, action_XA: NDArray[Any]) -> Any:
        return self._env._ctrl_cost_weight * np.sum(np.square(action_XA), axis=-1)


class HalfCheetah(Locomotion[BodyFields]):
    """A body that runs in a plane and never falls."""

    def observe(self, fields: BodyFields) -> NDArray[np.float64]:
        """Positions, without the place on the track unless the environment includes it, and velocities."""
        skipped = int(self._env._exclude_current_positions_from_observation)
        return np.concatenate((fields.qpos[..., skipped:], self._velocity(fields)), axis=-1)

    def is_end(self, fields: BodyFields) -> Any:
        """Never."""
        return np.zeros(fields.qpos.shape[:-1], np.bool_)

    def judge(self, before: BodyFields, after: BodyFields, action_XA: NDArray[Any]) -> Judgement:
        """Speed, less the cost of control."""
        x_velocity = self._x_velocity(before, after)
        forward = self._env._forward_reward_weight * x_velocity
        control_cost = self._control_cost(action_XA)
        info = {
            "x_position": after.qpos[..., 0],
            "x_velocity": x_velocity,
            "reward_forward": forward,
            "reward_ctrl": -control_cost,
        }
        return Judgement(forward - control_cost, info)

    def _x_velocity(self, before: BodyFields, after: BodyFields) -> Any:
        return (after.qpos[..., 0] - before.qpos[..., 0]) / self._env.dt

    def _velocity(self, fields: BodyFields) -> NDArray[np.float64]:
        return fields.qvel


class Walker2d(HalfCheetah):
    """A body that walks in a plane, upright."""

    def is_end(self, fields: BodyFields) -> Any:
        """Whether the body has fallen."""
        return ~self._is_healthy(fields) & self._env._terminate_when_unhealthy

    def judge(self, before: BodyFields, after: BodyFields, action_XA: NDArray[Any]) -> Judgement:
        """Speed and being upright, less the cost of control."""
        x_velocity = self._x_velocity(before, after)
        forward = self._env._forward_reward_weight * x_velocity
        survival = self._is_healthy(after) * self._env._healthy_reward
        control_cost = self._control_cost(action_XA)
        info = {
            "x_position": after.qpos[..., 0],
            "z_distance_from_origin": after.qpos[..., 1] - self._env.init_qpos[1],
            "x_velocity": x_velocity,
            "reward_forward": forward,
            "reward_ctrl": -control_cost,
            "reward_survive": survival,
        }
        return Judgement(forward + survival - control_cost, info)

    def _is_healthy(self, fields: BodyFields) -> Any:
        height_X, angle_X = fields.qpos[..., 1], fields.qpos[..., 2]
        return _is_within(height_X, self._env._healthy_z_range) & _is_within(angle_X, self._env._healthy_angle_range)

    def _velocity(self, fields: BodyFields) -> NDArray[np.float64]:
        return np.clip(fields.qvel, -10, 10)


class Hopper(Walker2d):
    """A body that hops in a plane, upright and within bounds."""

    def _is_healthy(self, fields: BodyFields) -> Any:
        state_XS = np.concatenate((fields.qpos, fields.qvel), axis=-1)[..., 2:]
        return super()._is_healthy(fields) & _is_within(state_XS, self._env._healthy_state_range).all(axis=-1)


class Ant(Locomotion[TouchingBodyFields]):
    """A body on four legs, in space, that feels what it touches."""

    fields_type = TouchingBodyFields

    def observe(self, fields: TouchingBodyFields) -> NDArray[np.float64]:
        """Positions (without the place on the ground), velocities and forces, as the environment includes them."""
        skipped = 2 * int(self._env._exclude_current_positions_from_observation)
        parts = [fields.qpos[..., skipped:], fields.qvel]
        if self._env._include_cfrc_ext_in_observation:
            force_XN6 = self._contact_forces(fields)[..., 1:, :]
            parts.append(force_XN6.reshape(*force_XN6.shape[:-2], -1))
        return np.concatenate(parts, axis=-1)

    def is_end(self, fields: TouchingBodyFields) -> Any:
        """Whether the body has fallen or taken off."""
        return ~self._is_healthy(fields) & self._env._terminate_when_unhealthy

    def judge(self, before: TouchingBodyFields, after: TouchingBodyFields, action_XA: NDArray[Any]) -> Judgement:
        """Speed and being upright, less the costs of control and of contacts."""
        env = self._env
        part = env.model.body(env._main_body).id
        velocity_X2 = (after.xpos[..., part, :2] - before.xpos[..., part, :2]) / env.dt
        forward = velocity_X2[..., 0] * env._forward_reward_weight
        survival = self._is_healthy(after) * env._healthy_reward
        control_cost, contact_cost = self._control_cost(action_XA), self._contact_cost(after)
        place_X2 = after.qpos[..., :2]
        info = {
            "x_position": place_X2[..., 0],
            "y_position": place_X2[..., 1],
            "distance_from_origin": np.sqrt(np.vecdot(place_X2, place_X2)),
            "x_velocity": velocity_X2[..., 0],
            "y_velocity": velocity_X2[..., 1],
            "reward_forward": forward,
            "reward_ctrl": -control_cost,
            "reward_contact": -contact_cost,
            "reward_survive": survival,
        }
        return Judgement(forward + survival - (control_cost + contact_cost), info)

    def _is_healthy(self, fields: TouchingBodyFields) -> Any:
        finite_X = np.isfinite(fields.qpos).all(axis=-1) & np.isfinite(fields.qvel).all(axis=-1)
        lowest, highest = self._env._healthy_z_range
        height_X = fields.qpos[..., 2]
        return finite_X & (lowest <= height_X) & (height_X <= highest)

    def _contact_forces(self, fields: TouchingBodyFields) -> NDArray[np.float64]:
        return np.clip(fields.cfrc_ext, *self._env._contact_force_range)

    def _contact_cost(self, fields: TouchingBodyFields) -> Any:
        square_XN6 = np.square(self._contact_forces(fields))
        return self._env._contact_cost_weight * np.sum(square_XN6.reshape(*square_XN6.shape[:-2], -1), axis=-1)


_LOCOMOTIONS: dict[type[gym.Env], type[Locomotion[Any]]] = {
    AntEnv: Ant,
    HalfCheetahEnv: HalfCheetah,
    HopperEnv: Hopper,
    Walker2dEnv: Walker2d,
}

NATIVE_BODIES = tuple(f"{each.__name__}-v5" for each in _LOCOMOTIONS.values())
"""The ids of the bodies that there are functions of."""


def locomotion_of(env: gym.Env) -> Locomotion[Any]:
    """The functions of a body.

    Args:
        env: Gymnasium's environment of it, without wrappers.

    Raises:
        ValueError: there are none for this body.
    """
    locomotion = _LOCOMOTIONS.get(type(env))
    if locomotion is None:
        raise ValueError(f"id must be a body that has a native vector ({', '.join(NATIVE_BODIES)}), got {env}")
    return locomotion(env)


def _is_within(value_X: Any, bounds: tuple[float, float]) -> Any:
    lowest, highest = bounds
    return (lowest < value_X) & (value_X < highest)
