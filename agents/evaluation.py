"""Evaluation: play episodes of fixed seeds with any agent and record what happened."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ..envs.core import Status, Verdict
from .environments import MakeEnv, environment_factory


class Agent(Protocol):
    """What can be evaluated: a batched `predict`, as in Stable-Baselines3."""

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> tuple[Any, Any]:
        """Actions for a batch of n observations, and the state to hand in at the next call."""
        ...


AgentBuilder = Callable[[Sequence["gym.Env[Any, Any]"]], Agent]
"""Makes an agent from the very environments it will be stepped in (an oracle asks them)."""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """One token of an action that was trained on.

    Attributes:
        text: what it says by itself.
        advantage: how much better than expected the training took it to be.
        logp: its log-probability when it was sampled.
    """

    text: str
    advantage: float
    logp: float


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One step of an episode.

    Attributes:
        observation: the text the action answered; None where observations are arrays.
        action: what the agent did.
        reward: the reward of the step.
        reward_terms: the named terms it was made of; empty where the environment names none.
        tokens: the tokens of the action, where it was trained on token by token.
    """

    observation: str | None
    action: Any
    reward: float
    reward_terms: Mapping[str, float] = field(default_factory=dict)
    tokens: Sequence[TokenRecord] = ()


@dataclass(slots=True)
class EpisodeRecord:
    """One episode.

    Attributes:
        seed: what `reset` was given.
        level: the difficulty, where the environment has levels.
        episode_return: the sum of the rewards.
        success: `info["success"]` of the last step; None where the environment does not say.
        turns: every step.
        verdict: the grade of the answer, where there was one.
        final_observation: the text seen last; None where observations are arrays.
        frames: pictures (height, width, 3) uint8 of the whole episode, where they were asked for.
        cost: the sum of `info["cost"]`, where the environment has a limit on it (`metadata["cost_limit"]`).
        measures: what `info["evaluation"]` said at the end of the names in `metadata["measures"]`, and, of an episode
            that succeeded, of those in `metadata["measures_of_success"]`.
    """

    seed: int
    level: int | None
    episode_return: float = 0.0
    success: bool | None = None
    turns: list[TurnRecord] = field(default_factory=list)
    verdict: Verdict | None = None
    final_observation: str | None = None
    frames: list[NDArray[np.uint8]] = field(default_factory=list)
    cost: float | None = None
    measures: dict[str, float] = field(default_factory=dict)

    @property
    def grader_failed(self) -> bool:
        """Whether the grader broke, so that nothing is known of the answer."""
        return self.verdict is not None and self.verdict.status is Status.GRADER_ERROR


@dataclass(frozen=True, slots=True)
class EvaluationSummary:
    """The means over evaluated episodes.

    Attributes:
        episodes: how many were graded.
        grader_errors: how many were left out because their grader broke.
        success_rate: the share that succeeded; None where the environment does not say.
        return_mean: the mean sum of rewards.
        return_std: its standard deviation over the episodes.
        episode_length_mean: the mean number of steps.
        cost_mean: the mean sum of costs; None where the environment has no limit on it.
        measure_means: the mean of each measure over the episodes that have it.
    """

    episodes: int
    grader_errors: int
    success_rate: float | None
    return_mean: float
    return_std: float
    episode_length_mean: float
    cost_mean: float | None = None
    measure_means: Mapping[str, float] = field(default_factory=dict)

    def metrics(self) -> dict[str, float]:
        """The summary under the names that metrics are logged with."""
        values = {
            "eval/return_mean": self.return_mean,
            "eval/return_std": self.return_std,
            "eval/episode_length_mean": self.episode_length_mean,
        }
        if self.success_rate is not None:
            values["eval/success_rate"] = self.success_rate
        if self.cost_mean is not None:
            values["eval/cost_mean"] = self.cost_mean
        values |= {f"eval/{name}_mean": value for name, value in self.measure_means.items()}
        if self.grader_errors:
            values["eval/grader_errors"] = float(self.grader_errors)
        return values


def graded(records: Sequence[EpisodeRecord]) -> list[EpisodeRecord]:
    """The episodes that say something of the agent: those whose grader did not break."""
    return [record for record in records if not record.grader_failed]


def summarise(records: Sequence[EpisodeRecord]) -> EvaluationSummary:
    """The means over episodes; those with a `grader_error` are counted and left out.

    Raises:
        ValueError: no episode is left.
    """
    kept = graded(records)
    if not kept:
        raise ValueError(f"records must hold an episode whose grader did not break, got {len(records)} that all broke")
    returns = np.array([record.episode_return for record in kept])
    successes = [record.success for record in kept if record.success is not None]
    costs = [record.cost for record in kept if record.cost is not None]
    measures = {name for record in kept for name in record.measures}
    return EvaluationSummary(
        episodes=len(kept),
        grader_errors=len(records) - len(kept),
        success_rate=float(np.mean(successes)) if successes else None,
        return_mean=float(returns.mean()),
        return_std=float(returns.std()),
        episode_length_mean=float(np.mean([len(record.turns) for record in kept])),
        cost_mean=float(np.mean(costs)) if costs else None,
        measure_means={
            name: float(np.mean([record.measures[name] for record in kept if name in record.measures]))
            for name in sorted(measures)
        },
    )


def evaluate(
    agent: Agent | AgentBuilder,
    env: str | MakeEnv,
    seeds: Sequence[int],
    *,
    deterministic: bool,
    level: int | None = None,
    batch_size: int = 32,
    render: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[EpisodeRecord]:
    """Play one episode a seed, a batch of environments at a time.

    A slot whose episode has ended begins the next seed at once. The process-wide generators are put back afterwards
    as they were, so an evaluation in the middle of a training leaves the training's numbers alone, and the same agent
    scores the same.

    Args:
        agent: an agent, or a class or function that makes one from the environments it will be stepped in.
        env: an id, or a function without arguments that makes an environment.
        seeds: episode i is reset with `seeds[i]`.
        deterministic: whether the agent takes its most probable action instead of sampling.
        level: the difficulty; None leaves the environment's own.
        batch_size: how many environments are played side by side.
        render: keep pictures; the environments must have been made with `render_mode="rgb_array"`.
        progress: called with the number of finished episodes, each time one ends.

    Returns:
        The episodes in the order of `seeds`.

    Raises:
        ValueError: there is no seed, the batch size is not positive, or `env` is neither.
    """
    if not seeds:
        raise ValueError("seeds must hold at least one seed, got none")
    if batch_size < 1:
        raise ValueError(f"batch_size must be 1 or more, got {batch_size}")
    make_env = environment_factory(env)
    envs: list[gym.Env[Any, Any]] = []
    try:
        for _ in range(min(batch_size, len(seeds))):
            envs.append(make_env())
        # a class has a `predict` too, but is there to be called
        builds = isinstance(agent, type) or not hasattr(agent, "predict")
        player = cast(AgentBuilder, agent)(envs) if builds else cast(Agent, agent)
        with _generators_of_its_own(seeds[0]):
            return _play(player, envs, seeds, deterministic, level, render, progress)
    finally:
        for made in envs:
            made.close()


class _Slot:
    """One environment of the batch and the episode it is in."""

    def __init__(self, env: gym.Env[Any, Any], level: int | None, render: bool) -> None:
        self._env = env
        self._options = None if level is None else {"level": level}
        self._render = render
        self.index: int | None = None
        self.observation: Any = None
        self.record: EpisodeRecord

    def begin(self, index: int, seed: int) -> None:
        self.index = index
        self.observation, info = self._env.reset(seed=seed, options=self._options)
        level = getattr(info.get("task"), "level", getattr(self._env.unwrapped, "level", None))
        if self._options is not None:
            level = self._options["level"]
        self.record = EpisodeRecord(seed, level if level is None else int(level))
        if "cost_limit" in self._env.metadata:
            self.record.cost = 0.0
        self._picture()

    def rest(self) -> None:
        """Have no episode; the observation stays one that an agent may be asked about."""
        self.index = None
        self.observation, _ = self._env.reset(seed=self.record.seed, options=self._options)

    def step(self, action: Any) -> bool:
        """Carry out an action; whether the episode has ended with it."""
        observed = self.observation
        self.observation, reward, terminated, truncated, info = self._env.step(action)
        record = self.record
        terms = {name: float(term) for name, term in info.get("reward_terms", {}).items()}
        record.turns.append(TurnRecord(_text(observed), action, float(reward), terms))
        record.episode_return += float(reward)
        if record.cost is not None:
            record.cost += float(info["cost"])
        self._picture()
        if not (terminated or truncated):
            return False
        if "success" in info:
            record.success = bool(info["success"])
        record.measures = self._measured(info)
        record.verdict = info.get("verdict")
        record.final_observation = _text(self.observation)
        return True

    def _measured(self, info: Mapping[str, Any]) -> dict[str, float]:
        names = list(self._env.metadata.get("measures", ()))
        if self.record.success:
            names += self._env.metadata.get("measures_of_success", ())
        return {name: float(info["evaluation"][name]) for name in names}

    def _picture(self) -> None:
        if self._render:
            self.record.frames.append(np.asarray(self._env.render(), dtype=np.uint8))


def _play(
    agent: Agent,
    envs: Sequence[gym.Env[Any, Any]],
    seeds: Sequence[int],
    deterministic: bool,
    level: int | None,
    render: bool,
    progress: Callable[[int], None] | None,
) -> list[EpisodeRecord]:
    slots = [_Slot(env, level, render) for env in envs]
    for index, slot in enumerate(slots):
        slot.begin(index, seeds[index])
    upcoming = len(slots)
    records: dict[int, EpisodeRecord] = {}
    state: Any = None
    episode_start_B = np.ones(len(slots), dtype=bool)
    while len(records) < len(seeds):
        actions, state = agent.predict(
            _stack([slot.observation for slot in slots]), state, episode_start_B, deterministic
        )
        # a slot at rest stays in the batch, since the agent's state has its row; to the agent it always begins anew
        episode_start_B = np.array([slot.index is None for slot in slots])
        for row, slot in enumerate(slots):
            if slot.index is None or not slot.step(actions[row]):
                continue
            records[slot.index] = slot.record
            episode_start_B[row] = True
            if upcoming < len(seeds):
                slot.begin(upcoming, seeds[upcoming])
                upcoming += 1
            else:
                slot.rest()
            if progress is not None:
                progress(len(records))
    return [records[index] for index in range(len(seeds))]


def _text(observation: Any) -> str | None:
    return observation if isinstance(observation, str) else None


def _stack(observations: list[Any]) -> Any:
    """The batch an agent expects: a list of strings, an array (n, …), or a dict of arrays."""
    first = observations[0]
    if isinstance(first, str):
        return observations
    if isinstance(first, Mapping):
        return {key: np.stack([observation[key] for observation in observations]) for key in first}
    return np.stack(observations)


@contextmanager
def _generators_of_its_own(seed: int) -> Iterator[None]:
    """Seed the process-wide generators of Python, NumPy and torch (where it is loaded), and put them back after."""
    python_state = random.getstate()
    numpy_state = np.random.get_state()  # noqa: NPY002  (SB3 draws from it)
    torch = sys.modules.get("torch")
    torch_state = torch.get_rng_state() if torch is not None else None
    cuda_state = torch.cuda.get_rng_state_all() if torch is not None and torch.cuda.is_available() else None
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    if torch is not None:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002
        if torch is not None:
            torch.set_rng_state(torch_state)
            if cuda_state is not None:
                torch.cuda.set_rng_state_all(cuda_state)
