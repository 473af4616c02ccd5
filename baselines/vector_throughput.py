"""How fast native vectors of environments are, beside Gymnasium's own."""

from __future__ import annotations

from dataclasses import dataclass

import gymnasium as gym

from .throughput import vector_rate

COUNTS = (8, 64)
"""How many environments are stepped together."""

_MODES = ("sync", "async", "vector_entry_point")


@dataclass(frozen=True, slots=True)
class VectorRates:
    """Environment steps a second of a vector, observations, rewards and resets included; the best of the repetitions.

    Attributes:
        id: the environment.
        count: how many are stepped together.
        sync: by Gymnasium's `SyncVectorEnv`.
        async_: by its `AsyncVectorEnv`, a process each.
        native: by the vector of the environment's own.
    """

    id: str
    count: int
    sync: float
    async_: float
    native: float


def measure_vectors(id: str, count: int, *, seconds: float = 0.3, repetitions: int = 3) -> VectorRates:
    """Measure the vectors of an environment in turn, so that what disturbs one disturbs the others too.

    Args:
        id: an environment that has a native vector.
        count: how many are stepped together.
        seconds: how long one repetition takes.
        repetitions: how many there are; the best counts, since disturbance only ever slows down.
    """
    vectors = {mode: gym.make_vec(id, num_envs=count, vectorization_mode=mode) for mode in _MODES}
    try:
        rates = [[vector_rate(envs, seconds) for envs in vectors.values()] for _ in range(repetitions)]
    finally:
        for envs in vectors.values():
            envs.close()
    sync, async_, native = (max(each) for each in zip(*rates, strict=True))
    return VectorRates(id, count, sync, async_, native)
