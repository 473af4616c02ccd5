"""What vectors of bodies have in common: all of `gymnasium.vector` but the step itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from ..arguments import check_integer
from ..vectors import check_reset_mask, seeds_of_vector
from .threads import default_threads

VectorStep = tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What a step of all bodies came to, but for what is observed.

    Attributes:
        reward_B: 0 where a body did not move.
        terminated_B: the bodies whose episode has ended by itself.
        truncated_B: those whose time is up.
        infos_of: the infos of the bodies of a mask, which have moved.
    """

    reward_B: NDArray[np.float64]
    terminated_B: NDArray[np.bool_]
    truncated_B: NDArray[np.bool_]
    infos_of: Callable[[NDArray[np.bool_]], dict[str, Any]]


class BodyVectorEnv(gym.vector.VectorEnv[Any, Any, Any]):
    """Base of vectors that step B bodies natively: seeds, options, autoreset, infos, attributes, snapshots, pickles.

    Seeds, options, infos and autoreset are those of `gymnasium.vector.SyncVectorEnv`; so are `call`, `get_attr` and
    `set_attr`. Each body has an environment of its own, which begins its episodes, draws its pictures and saves it;
    while bodies are stepped, the environments lag behind, and catch up when they are asked for something.

    A subclass says how bodies are stepped (`_build`, `_checked`, `_carry_out`), what is observed (`_observe`), and how
    a body is put where its environment stands (`_take_up`) and the other way round (`_catch_up_one`).

    Args:
        make_env: makes one body's environment.
        num_envs: how many bodies, B.
        threads: how many step them; None for what the machine has, but not less than four bodies each. It changes the
            speed, never the numbers.
        autoreset_mode: when an episode that has ended begins anew.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        make_env: Callable[[], Any],
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
        self._assemble([make_env() for _ in range(count)], threads, AutoresetMode(autoreset_mode))

    def _assemble(self, envs: list[Any], threads: int | None, autoreset_mode: AutoresetMode) -> None:
        first = envs[0]
        self.envs = envs
        self.num_envs = len(envs)
        self.threads = threads
        self.autoreset_mode = autoreset_mode
        self.metadata = {**first.metadata, "autoreset_mode": autoreset_mode}
        self.render_mode = first.render_mode
        self.single_observation_space, self.single_action_space = first.observation_space, first.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._steps_B = np.zeros(self.num_envs, np.int64)
        self._over_B = np.ones(self.num_envs, np.bool_)
        self._is_lagging_B = np.zeros(self.num_envs, np.bool_)  # the environments that stand where their body was
        self._is_begun = False
        self._build(default_threads(self.num_envs) if threads is None else threads)

    # What a subclass says.

    @abstractmethod
    def _build(self, threads: int) -> None:
        """Make what steps the bodies of `self.envs`.

        Raises:
            ValueError: the environments are not of a kind that can be stepped so.
        """

    @abstractmethod
    def _checked(self, actions: Any, moving_B: NDArray[np.bool_]) -> NDArray[Any]:
        """The actions as they will be carried out; those of bodies that do not move count for nothing.

        Raises:
            ValueError: they have another shape, or one that counts is not finite.
        """

    @abstractmethod
    def _carry_out(self, action_BA: NDArray[Any], moving_B: NDArray[np.bool_]) -> StepOutcome:
        """Step the bodies that move; their steps are counted already."""

    @abstractmethod
    def _observe(self) -> Any:
        """The observations of the present states."""

    def _begin_one(self, body: int, seed: int | None, options: Mapping[str, Any] | None) -> dict[str, Any]:
        """Reset one body's environment; the info of its reset."""
        return self.envs[body].reset(seed=seed, options=options)[1]

    @abstractmethod
    def _take_up(self, bodies: list[int]) -> None:
        """Put bodies where their environments stand, and set what is known of them, `_is_begun` included."""

    @abstractmethod
    def _catch_up_one(self, body: int) -> None:
        """Put an environment where its body is."""

    def _seen_by(self, bodies: Sequence[int]) -> list[Any]:
        """The observations of single bodies."""
        seen_BS = self._observe()
        return [seen_BS[body] for body in bodies]

    def _state(self, body: int) -> Any:
        """A snapshot of one body, that its environment understands."""
        if self._is_lagging_B[body]:
            self._catch_up_one(body)
            self._is_lagging_B[body] = False
        return self.envs[body].get_state()

    # What Gymnasium calls.

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin every episode, or those of a mask.

        Args:
            seed: of the first body, the others follow on; or one for each.
            options: as for the environment alone, for all; with `reset_mask`, an array of bool, only where it is true.

        Returns:
            The observations, and infos, with the tasks that reproduce the episodes where the environment has such.

        Raises:
            ValueError: an option or a seed is unknown or out of range.
        """
        options = dict(options or {})
        mask_B = check_reset_mask(options.pop("reset_mask", None), self.num_envs)
        if not self._is_begun and not mask_B.all():
            raise ValueError("options['reset_mask'] must be true everywhere on the first reset")
        seeds = seeds_of_vector(seed, self.num_envs)
        infos = self._begin(np.flatnonzero(mask_B).tolist(), {}, seeds=seeds, options=options)
        return self._observe(), infos

    def step(self, actions: Any) -> VectorStep:
        """Carry out an action in every body; where an episode begins anew instead, its action does not count.

        Args:
            actions: of shape (B, numbers).

        Raises:
            ResetNeeded: there was no reset yet; or an episode is over, and nothing begins it anew.
            ValueError: the actions have another shape, or hold something that is not a finite number.
        """
        moving_B = self._moving()
        action_BA = self._checked(actions, moving_B)
        self._steps_B += moving_B
        self._is_lagging_B |= moving_B
        outcome = self._carry_out(action_BA, moving_B)
        ending_B = outcome.terminated_B | outcome.truncated_B
        self._over_B |= ending_B
        if self.autoreset_mode is AutoresetMode.SAME_STEP:
            infos = self._begin_at_once(ending_B, outcome.infos_of)
        else:
            infos = self._begin(np.flatnonzero(~moving_B).tolist(), outcome.infos_of(moving_B))
        return self._observe(), outcome.reward_B, outcome.terminated_B, outcome.truncated_B, infos

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

    def get_state(self) -> tuple[Any, ...]:
        """A snapshot of every body; each is one that the environment alone understands."""
        return tuple(self._state(body) for body in range(self.num_envs))

    def set_state(self, states: Sequence[Any]) -> None:
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
        found = [env.get_wrapper_attr(name) for env in self.envs]
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
            env.set_wrapper_attr(name, value)

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
        if not self._is_begun:
            raise ResetNeeded("step() needs episodes that go on: call reset() first")
        if self._over_B.any() and self.autoreset_mode is AutoresetMode.DISABLED:
            over = np.flatnonzero(self._over_B).tolist()
            raise ResetNeeded(f"the episodes of bodies {over} are over: reset them by options['reset_mask']")
        return ~self._over_B

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
        """Reset bodies, and add what their environments tell to the infos."""
        for body in bodies:
            info = self._begin_one(body, seeds[body] if seeds else None, options)
            infos = self._add_info(infos, info, body)
        if bodies:
            self._take_up(bodies)
        return infos

    def _catch_up(self) -> None:
        """Put environments where their bodies are."""
        for body in np.flatnonzero(self._is_lagging_B).tolist():
            self._catch_up_one(body)
        self._is_lagging_B[:] = False
