"""How fast environments, generators and graders are, beside what Gymnasium's own wrappers cost."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from ..envs.core import EnvEntry, SingleTurnEnv, Task, TextEnv

EMPTY_ID = "bench/Empty-v0"
TRIVIAL_ID = "bench/Counting-v0"
_BATCH = 64


@dataclass(frozen=True, slots=True)
class StepRates:
    """Environment steps a second, the best of several repetitions.

    Attributes:
        id: the environment.
        raw: `.unwrapped`, as `gym.make(..., disable_env_checker=True)` makes it.
        wrapped: through the wrappers that `gym.make` adds by default.
        vector: all environments of a synchronous vector environment together.
    """

    id: str
    raw: float
    wrapped: float
    vector: float


@dataclass(frozen=True, slots=True)
class GraderRates:
    """How fast a single-turn task is drawn and graded.

    Attributes:
        id: the environment.
        items: tasks drawn a second, over all levels in turn.
        grades: right answers graded a second.
    """

    id: str
    items: float
    grades: float


class EmptyEnv(gym.Env[Any, Any]):
    """An environment that does nothing: what it costs is what Gymnasium costs."""

    def __init__(self, render_mode: str | None = None) -> None:
        self.metadata = {"render_modes": []}
        self.observation_space = gym.spaces.Discrete(1)
        self.action_space = gym.spaces.Discrete(1)
        self.render_mode = render_mode

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode that never ends."""
        super().reset(seed=seed)
        return 0, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Do nothing."""
        return 0, 0.0, False, False, {}


@dataclass(slots=True)
class _Count:
    """How often something was said."""

    turns: int = 0


class CountingEnv(TextEnv[Task, _Count]):
    """The least a text environment can do: count what it is told, a thousand times."""

    levels: ClassVar[Sequence[Any]] = (None,)

    def sample(self, rng: np.random.Generator, level: int) -> Task:
        """The one task there is."""
        return Task(prompt="say something")

    def start(self, task: Task) -> _Count:
        """Nothing said so far."""
        return _Count()

    def respond(self, episode: _Count, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Count."""
        episode.turns += 1
        if episode.turns == 1000:
            return "enough", 0.0, True, False, {"success": False}
        return "go on", 0.0, False, False, {}

    def expert(self, episode: _Count) -> str | None:
        """Anything will do."""
        return "x"


def register_references() -> None:
    """Register the two environments that others are compared with; the table of environments does not list them."""
    for id, reference in ((EMPTY_ID, EmptyEnv), (TRIVIAL_ID, CountingEnv)):
        if id not in gym.registry:
            gym.register(id, entry_point=f"{reference.__module__}:{reference.__name__}")


def measure_steps(id: str, *, seconds: float = 0.3, repetitions: int = 3) -> StepRates:
    """Measure an environment's steps under random actions, resets of ended episodes included.

    Args:
        id: the environment.
        seconds: how long one repetition takes.
        repetitions: how many there are; the best counts, since disturbance only ever slows down.
    """

    def best(measure: Callable[[], float]) -> float:
        return max(measure() for _ in range(repetitions))

    def raw() -> float:
        return _single(gym.make(id, disable_env_checker=True).unwrapped, seconds)

    def wrapped() -> float:
        return _single(gym.make(id), seconds)

    def vector() -> float:
        return _vector(id, seconds)

    return StepRates(id, best(raw), best(wrapped), best(vector))


def measure_grader(entry: EnvEntry, *, seconds: float = 0.3, repetitions: int = 3) -> GraderRates | None:
    """Measure how fast a single-turn environment draws tasks and grades right answers; None for any other one."""
    env: Any = gym.make(entry.id, disable_env_checker=True).unwrapped
    if not isinstance(env, SingleTurnEnv):
        return None
    rng = np.random.default_rng(0)
    tasks = [env.sample(rng, number % entry.levels) for number in range(512)]
    solved = [(task, answer) for task in tasks if (answer := env.solution(task)) is not None]
    levels = itertools.cycle(range(entry.levels))
    answers = itertools.cycle(solved)
    items = max(_rate(lambda: env.sample(rng, next(levels)), seconds) for _ in range(repetitions))
    grades = max(_rate(lambda: env.grade(*next(answers)), seconds) for _ in range(repetitions))
    return GraderRates(entry.id, items, grades)


def _single(env: gym.Env[Any, Any], seconds: float) -> float:
    """Steps a second of one environment."""
    actions = _actions(env.action_space)
    env.reset(seed=0)
    step, reset = env.step, env.reset
    steps = 0
    started = time.perf_counter()
    deadline = started + seconds
    try:
        while (now := time.perf_counter()) < deadline:
            for action in actions:
                _, _, terminated, truncated, _ = step(action)
                if terminated or truncated:
                    reset()
            steps += len(actions)
        return steps / (now - started)
    finally:
        env.close()


def _vector(id: str, seconds: float, count: int = 8) -> float:
    """Steps a second of a synchronous vector environment."""
    envs = gym.make_vec(id, num_envs=count, vectorization_mode="sync")
    try:
        return vector_rate(envs, seconds)
    finally:
        envs.close()


def vector_rate(envs: gym.vector.VectorEnv[Any, Any, Any], seconds: float) -> float:
    """Steps a second of a vector environment under random actions, all its environments together.

    The step after an episode's end only resets that environment; it is not counted, though its time is.
    """
    envs.action_space.seed(0)
    batches = [envs.action_space.sample() for _ in range(16)]
    envs.reset(seed=0)
    ended: list[tuple[Any, Any]] = []
    steps = 0
    started = time.perf_counter()
    deadline = started + seconds
    while (now := time.perf_counter()) < deadline:
        for batch in batches:
            _, _, terminated_N, truncated_N, _ = envs.step(batch)
            ended.append((terminated_N, truncated_N))  # added up later: summing here would cost as much as a step
        steps += envs.num_envs * len(batches)
    resets = sum(int((terminated_N | truncated_N).sum()) for terminated_N, truncated_N in ended[:-1])
    return (steps - resets) / (now - started)


def _actions(space: gym.Space[Any]) -> list[Any]:
    """A cycle of actions, drawn beforehand: sampling is not what is measured."""
    space.seed(0)
    return [space.sample() for _ in range(_BATCH)]


def _rate(call: Callable[[], Any], seconds: float) -> float:
    calls = 0
    started = time.perf_counter()
    deadline = started + seconds
    while (now := time.perf_counter()) < deadline:
        for _ in range(_BATCH):
            call()
        calls += _BATCH
    return calls / (now - started)
