"""Comparisons of a native vector with single environments."""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium.vector import SyncVectorEnv

from palaestra.envs.robot.vector_env import MujocoVectorEnv

from ..comparisons import assert_same


class Players:
    """Random actions, those of experts, and noisy ones, so that episodes end in every way."""

    def __init__(self, bodies: list[Any], seed: int = 0) -> None:
        self.bodies = bodies
        self.rng = np.random.default_rng(seed)

    def act(self) -> Any:
        """An action for every body."""
        size = self.bodies[0].action_space.shape[0]
        actions_BA = self.rng.uniform(-1, 1, (len(self.bodies), size)).astype(np.float32)
        for number, body in enumerate(self.bodies):
            wise = body.oracle() if number % 3 else None
            if wise is not None:
                actions_BA[number] = np.clip(wise + 0.1 * (number % 2) * actions_BA[number], -1, 1)
        return actions_BA


def assert_steps_as_alone(
    make_env: Callable[[], Any], *, steps: int, bodies: int = 4, seed: int = 5, **kwargs: Any
) -> int:
    """A native vector gives what Gymnasium's synchronous one gives, to the bit; how many episodes ended."""
    alone = SyncVectorEnv([make_env] * bodies, autoreset_mode=kwargs.get("autoreset_mode", "NextStep"))
    together = MujocoVectorEnv(make_env, bodies, **kwargs)
    assert_same(together.reset(seed=seed), alone.reset(seed=seed))
    players = Players([env.unwrapped for env in alone.envs])
    ends = 0
    for step in range(steps):
        actions_BA = players.act()
        expected = alone.step(actions_BA)
        assert_same(together.step(actions_BA), expected, f"step {step}")
        ends += int((expected[2] | expected[3]).sum())
    alone.close()
    together.close()
    return ends
