"""A shield: actions that would do harm are not carried out."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ..envs.core import Stateful
from ..envs.core.arguments import check_integer
from .base import Wrapper


class Shield(Wrapper):
    """Tries every action in a copy of the environment first, and replaces one that would cost.

    An action is safe where neither it nor `horizon` steps of doing nothing after it cost anything. One that is not
    gives way to the nearest safe one among `candidates` that are drawn anew at each step; where none of these is safe,
    nothing is done. Where a body that does nothing comes to rest within the horizon, as in `robot/SafePoint-v0`, that
    has been tried at the step before, so no step ever costs. (A safety layer as of Dalal et al., Safe exploration in
    continuous action spaces, 2018, with the simulator in place of a learned model of the cost; with a backup that is
    always there, as a predictive safety filter has it: Wabersich and Zeilinger, 2021.)

    The info of every step has `intervention`, whether the action was replaced, and `action`, what was done. Both are
    for learners: the reward is that of what was done.

    Args:
        env: an environment with snapshots and a `cost` in its infos, and actions in a box.
        horizon: how many steps of doing nothing are looked ahead: as many as the body takes to come to rest.
        candidates: how many other actions are tried in place of an unsafe one.

    Raises:
        ValueError: an argument is out of range, or the environment has no snapshots or other actions.
    """

    counters = ("_rng",)

    def __init__(self, env: gym.Env, *, horizon: int = 10, candidates: int = 8) -> None:
        if not isinstance(env.unwrapped, Stateful) or not isinstance(env.action_space, gym.spaces.Box):
            raise ValueError(f"env must have get_state, set_state and a box of actions, got {env.unwrapped}")
        check_integer("horizon", horizon, 0)
        check_integer("candidates", candidates, 0)
        super().__init__(env, horizon=horizon, candidates=candidates)
        self.horizon = horizon
        self.candidates = candidates
        self._rng = np.random.default_rng(0)
        self._twin: Any = None

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode; a seed reseeds the candidates, too."""
        if seed is not None:
            self._rng = np.random.default_rng(seed)
        return self.env.reset(seed=seed, options=None if options is None else dict(options))

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Carry out an action, or a safe one in its place."""
        wanted = np.asarray(action, np.float32)
        done = self._safe_action(wanted)
        observation, reward, terminated, truncated, info = self.env.step(done)
        info = {**info, "intervention": not np.array_equal(done, wanted), "action": done}
        return observation, reward, terminated, truncated, info

    def is_safe(self, action: NDArray[np.float32]) -> bool:
        """Whether neither an action nor doing nothing after it costs anything, from the present state on."""
        if self._twin is None:
            self._twin = copy.deepcopy(self.env.unwrapped)
        real: Any = self.env.unwrapped
        self._twin.set_state(real.get_state())
        nothing = np.zeros_like(action)
        for number in range(1 + self.horizon):
            _, _, terminated, truncated, info = self._twin.step(action if number == 0 else nothing)
            if info["cost"] > 0:
                return False
            if terminated or truncated:
                break
        return True

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the copy, which is made again when it is needed."""
        return {**self.__dict__, "_twin": None}

    def _safe_action(self, wanted: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.is_safe(wanted):
            return wanted
        space: Any = self.action_space
        others = self._rng.uniform(space.low, space.high, (self.candidates, *wanted.shape)).astype(np.float32)
        nearest_first = np.square(others - wanted).sum(axis=1).argsort(kind="stable")
        safe = (others[number] for number in nearest_first if self.is_safe(others[number]))
        return next(safe, np.zeros_like(wanted))
