"""Gymnasium's own walking bodies stepped together, natively."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers import TimeLimit
from numpy.typing import NDArray

from ...envs.core.bodies.actions import finite_actions
from ...envs.core.bodies.body_vector import BodyVectorEnv, StepOutcome
from ...envs.core.bodies.episode_rows import stack_rows, with_rows
from ...envs.core.bodies.vector_info import values_told
from ...envs.robot.stepping import BodyBatch
from .gymnasium_body import BODY_SCHEMA, GymnasiumBody
from .locomotion import BodyFields, locomotion_of


class GymnasiumBodyVector(BodyVectorEnv):
    """B of Gymnasium's HalfCheetah-v5, Hopper-v5, Walker2d-v5 or Ant-v5, stepped by native threads.

    Each is, bit for bit, what `GymnasiumBody(gym.make(id))` makes alone: observations, rewards, ends and infos, the
    forces that Ant feels included, as `gymnasium.vector.SyncVectorEnv` puts them together. So are the snapshots.
    `GymnasiumBodyVector("Ant-v5", 64)` takes the place of `gym.make_vec("Ant-v5", num_envs=64)`.

    Nothing is done body by body in Python but to begin episodes, to draw pictures and to measure costs; of Ant, to ask
    MuJoCo for the forces. All bodies have the model and the parameters of the first.

    Args:
        id: the body.
        num_envs: how many, B.
        cost: what costs are measured by, as in `GymnasiumBody`.
        limit: what the measure may come to.
        threads: how many threads step the bodies; None for what the machine has, but not less than four bodies each. It
            changes the speed, never the numbers.
        autoreset_mode: when an episode that has ended begins anew.
        kwargs: of `gym.make`, the environment's own included.

    Raises:
        ValueError: the body has no native vector, or an argument is out of range; the message names it.
    """

    envs: list[GymnasiumBody]

    def __init__(
        self,
        id: str,
        num_envs: int,
        *,
        cost: str | None = None,
        limit: float | None = None,
        threads: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **kwargs: Any,
    ) -> None:
        make_env = partial(_make, id, cost, limit, kwargs)
        super().__init__(make_env, num_envs, threads=threads, autoreset_mode=autoreset_mode)

    def _build(self, threads: int) -> None:
        body: Any = self.envs[0].unwrapped  # whose parameters serve all
        self._locomotion = locomotion_of(body)
        self._frame_skip: int = body.frame_skip
        self._action_size = spaces.flatdim(self.single_action_space)
        self._names = tuple(field.name for field in fields(self._locomotion.fields_type))
        self._physics = BodyBatch([body.model], self.num_envs, self._names, threads, is_current=False)
        self._time_limits = [_time_limit(env) for env in self.envs]
        limit = self._time_limits[0]
        self._max_steps = np.inf if limit is None else limit._max_episode_steps
        self._schema = {name: np.full(self.num_envs, value) for name, value in BODY_SCHEMA.items()}
        self._fields: Any = None

    def _checked(self, actions: Any, moving_B: NDArray[np.bool_]) -> NDArray[Any]:
        return np.ascontiguousarray(finite_actions(actions, moving_B, self._action_size))

    def _carry_out(self, action_BA: NDArray[Any], moving_B: NDArray[np.bool_]) -> StepOutcome:
        before = self._fields
        self._physics.step(action_BA, self._frame_skip, None if moving_B.all() else moving_B)
        self._fields = self._locomotion.fields_type(*self._physics.read())
        judgement = self._locomotion.judge(before, self._fields, action_BA)
        values = self._schema | judgement.info
        if self.envs[0].cost is not None:
            values["cost"] = self._costs(action_BA, values, moving_B)
        return StepOutcome(
            reward_B=np.where(moving_B, judgement.reward_X, 0.0),
            terminated_B=moving_B & self._locomotion.is_end(self._fields),
            truncated_B=moving_B & (self._steps_B >= self._max_steps),
            infos_of=partial(values_told, values),
        )

    def _costs(
        self, action_BA: NDArray[Any], values: dict[str, Any], moving_B: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """A measure may be one's own, and look at the environment: that has to be where its body is."""
        self._catch_up()
        cost_B = np.zeros(self.num_envs)
        for body in np.flatnonzero(moving_B).tolist():
            info = {name: value_B[body] for name, value_B in values.items()}
            cost_B[body] = self.envs[body].cost_of(action_BA[body], info)
        return cost_B

    def _observe(self) -> NDArray[np.float64]:
        return self._locomotion.observe(self._fields)

    def _take_up(self, bodies: list[int]) -> None:
        data = [self._data(body) for body in bodies]
        self._physics.load(bodies, data)
        self._is_lagging_B[bodies] = False
        present = [self._fields_of(each) for each in data]
        if self._fields is None:
            self._fields = stack_rows(present)
        self._fields = with_rows(self._fields, bodies, present)
        self._steps_B[bodies] = [_elapsed(self._time_limits[body]) for body in bodies]
        self._is_begun = all(env.get_wrapper_attr("has_reset") for env in self.envs)
        # an episode may begin in a state that would end it, and goes on
        has_moved = np.array([each.time > 0.0 for each in data])
        is_end = self._locomotion.is_end(self._fields)[bodies]
        self._over_B[bodies] = (has_moved & is_end) | (self._steps_B[bodies] >= self._max_steps)

    def _catch_up_one(self, body: int) -> None:
        self._physics.unload(body, self._data(body))
        time_limit = self._time_limits[body]
        if time_limit is not None:
            time_limit._elapsed_steps = int(self._steps_B[body])

    def _data(self, body: int) -> Any:
        innermost: Any = self.envs[body].unwrapped
        return innermost.data

    def _fields_of(self, data: Any) -> BodyFields:
        return self._locomotion.fields_type(*(getattr(data, name) for name in self._names))


def _make(id: str, cost: str | None, limit: float | None, kwargs: dict[str, Any]) -> GymnasiumBody:
    return GymnasiumBody(gym.make(id, **kwargs), cost=cost, limit=limit)


def _time_limit(env: gym.Env) -> TimeLimit | None:
    while isinstance(env, gym.Wrapper):
        if isinstance(env, TimeLimit):
            return env
        env = env.env
    return None


def _elapsed(time_limit: TimeLimit | None) -> int:
    return 0 if time_limit is None else time_limit._elapsed_steps or 0
