"""How fast native vectors of environments are, beside Gymnasium's own and EnvPool's."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np

from ..envs.core.bodies.threads import default_threads
from ..wrappers.bodies import GymnasiumBodyVector
from .envpool_vector import IncompleteEnvPool, make_envpool
from .statistics import Interval, bootstrap_mean_interval
from .throughput import vector_rate

COUNTS = (8, 64)
"""How many environments are stepped together."""

GYMNASIUM_BODIES = ("HalfCheetah-v5", "Hopper-v5", "Ant-v5")
"""The bodies of Gymnasium that are measured beside this suite's."""

NATIVE = "native"
"""The vector of the environment's own."""

OTHERS = ("sync", "async", "EnvPool")
"""What it is compared with: Gymnasium's `SyncVectorEnv` and `AsyncVectorEnv` (a process each), and EnvPool."""

VISION_DOMAINS = ("drive", "flight")
"""Whose bodies see; their vectors are measured beside `CAR_RACING`, the best known task of driving by pictures."""

CAR_RACING = "CarRacing-v3"

VISION_OTHERS = ("sync", f"{CAR_RACING}, sync", f"{CAR_RACING}, EnvPool")
"""What a native vector of bodies that see is compared with."""


@dataclass(frozen=True, slots=True)
class VectorRates:
    """Environment steps a second of vectors, observations, rewards and resets included, which took turns.

    Attributes:
        id: the environment.
        count: how many are stepped together.
        rates: of each way to step them, turn by turn; a way that there is none of is left out.
        broken: what is wrong with ways that are installed but do not work.
    """

    id: str
    count: int
    rates: Mapping[str, Sequence[float]]
    broken: Mapping[str, str] = field(default_factory=dict)

    def ratio(self, other: str) -> Interval:
        """How many times as fast the native vector is as another.

        The geometric mean of the ratios of turns that followed each other, with a 95 % bootstrap interval.

        Args:
            other: one of those that were measured.
        """
        logs = np.log(self.rates[NATIVE]) - np.log(self.rates[other])
        interval = bootstrap_mean_interval(logs, np.random.default_rng(0))
        return Interval(*(float(np.exp(each)) for each in (interval.estimate, interval.low, interval.high)))


def measure_vectors(id: str, count: int, *, seconds: float = 0.3, repetitions: int = 3) -> VectorRates:
    """Measure the vectors of an environment in turn, so that what disturbs one disturbs the others too.

    Args:
        id: an environment that has a native vector: of this suite, or one of `GYMNASIUM_BODIES`. Bodies that see take
            turns with as many CarRacing environments, where Box2D or EnvPool is installed.
        count: how many are stepped together.
        seconds: how long a turn takes.
        repetitions: how many turns each has.
    """
    vectors, broken = _vectors(id, count)
    try:
        rounds = [[vector_rate(envs, seconds) for envs in vectors.values()] for _ in range(repetitions)]
    finally:
        for envs in vectors.values():
            envs.close()
    return VectorRates(id, count, dict(zip(vectors, zip(*rounds, strict=True), strict=True)), broken)


def sees(id: str) -> bool:
    """Whether an environment is of `VISION_DOMAINS`."""
    return id.partition("/")[0] in VISION_DOMAINS


def _vectors(id: str, count: int) -> tuple[dict[str, gym.vector.VectorEnv[Any, Any, Any]], dict[str, str]]:
    """The vectors that there are, by the way in which they step, and what is wrong with those that do not work."""
    threads = default_threads(count)
    vectors: dict[str, gym.vector.VectorEnv[Any, Any, Any]]
    broken: dict[str, str] = {}
    if sees(id):
        _, racing, way = VISION_OTHERS
        guest, vectors = CAR_RACING, {"sync": gym.make_vec(id, num_envs=count, vectorization_mode="sync")}
        if importlib.util.find_spec("Box2D") is not None:
            vectors[racing] = gym.make_vec(CAR_RACING, num_envs=count, vectorization_mode="sync")
    else:
        *modes, way = OTHERS
        guest, vectors = id, {mode: gym.make_vec(id, num_envs=count, vectorization_mode=mode) for mode in modes}
    try:
        envpool = make_envpool(guest, count, threads)
    except IncompleteEnvPool as error:
        broken[way] = str(error)
    else:
        if envpool is not None:
            vectors[way] = envpool
    if id in GYMNASIUM_BODIES:
        vectors[NATIVE] = GymnasiumBodyVector(id, count, threads=threads)
    else:
        vectors[NATIVE] = gym.make_vec(id, num_envs=count, vectorization_mode="vector_entry_point", threads=threads)
    return vectors, broken
