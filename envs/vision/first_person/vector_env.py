"""Many bodies that see, stepped and drawn together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core import EnvState
from ...core.bodies.actions import check_actions
from ...core.bodies.body_vector import BodyVectorEnv, StepOutcome
from ...core.bodies.reward import total
from ...core.bodies.vector_info import vector_step_info
from .env import BodyRow, FirstPersonEnv
from .world import World


class FirstPersonVectorEnv(BodyVectorEnv):
    """B bodies of a `FirstPersonEnv`, moved by one call and drawn by another; each is, bit for bit, as alone.

    Nothing is done body by body in Python but to begin episodes and to ask the expert. Seeds, options, infos and
    autoreset are those of `gymnasium.vector.SyncVectorEnv`; so are `call`, `get_attr` and `set_attr`. Numbers of
    actions outside [-1, 1] are clipped. Observations are never written to again, so they need no copies.

    `gym.make_vec(id, num_envs=64)` makes it; its arguments go beside the environment's:
    `gym.make_vec(id, num_envs=64, threads=2, autoreset_mode="SameStep", level=1)`.

    Args:
        make_env: makes one body, without wrappers; the class of one will do.
        num_envs: how many bodies, B.
        threads: how many draw them; None for what pays. It changes the speed, never the numbers.
        autoreset_mode: when an episode that has ended begins anew.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    envs: list[FirstPersonEnv[Any]]

    def _build(self, threads: int) -> None:
        body = self.envs[0]
        if not isinstance(body, FirstPersonEnv):
            raise ValueError(f"make_env must make a FirstPersonEnv without wrappers, got {type(body).__name__}")
        self._body = body  # whose functions of rows serve all
        self._world = World(body, self.num_envs, self.threads)

    def _checked(self, actions: Any, moving_B: NDArray[np.bool_]) -> NDArray[Any]:
        return check_actions(actions, moving_B, self._body.action_size).astype(np.float64)

    def _carry_out(self, action_BA: NDArray[Any], moving_B: NDArray[np.bool_]) -> StepOutcome:
        self._world.step(action_BA, moving_B)
        rows = self._world.state_N_S
        evaluation, terms = self._body.evaluate(rows), self._body.reward_terms(rows)
        terminated_B = moving_B & np.asarray(evaluation.is_end, np.bool_)
        every_B = np.ones_like(moving_B)
        return StepOutcome(
            reward_B=np.where(moving_B, total(terms), 0.0),
            terminated_B=terminated_B,
            truncated_B=moving_B & ~terminated_B & (self._steps_B >= self._body.max_steps),
            infos_of=lambda told_B: vector_step_info(evaluation, terms, told_B, every_B),
        )

    def _observe(self) -> Any:
        return self._world.observe()

    def _seen_by(self, bodies: Sequence[int]) -> list[Any]:
        seen_B = self._observe()
        if not isinstance(seen_B, dict):
            return [seen_B[body] for body in bodies]
        return [{name: values[body] for name, values in seen_B.items()} for body in bodies]

    def _begin_one(self, body: int, seed: int | None, options: Mapping[str, Any] | None) -> dict[str, Any]:
        return self.envs[body].begin(seed=seed, options=options)

    def _take_up(self, bodies: list[int]) -> None:
        for body in bodies:
            env = self.envs[body]
            self._over_B[body] = env.is_over
            self._steps_B[body] = env.steps
            if env.is_begun:
                self._world.put(body, env.place, env.row_S, env.seen_before)
        self._is_lagging_B[bodies] = False
        self._is_begun = all(env.is_begun for env in self.envs)

    def _catch_up_one(self, body: int) -> None:
        self.envs[body].set_state(self._state(body))

    def _state(self, body: int) -> EnvState:
        state = self.envs[body].get_state()
        if not self._is_lagging_B[body]:
            return state
        present = BodyRow(
            self._world.state_N_S[body].copy(),
            int(self._steps_B[body]),
            state.episode.task,
            self._world.look()[body].copy() if self._body.has_memory else None,
        )
        return replace(state, over=bool(self._over_B[body]), episode=present)
