"""Pictures to learn from: what an expert and play come to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures of both kinds.

    Attributes:
        done_N_H_W_C: of the task done.
        other_N_H_W_C: of all other states that were come to.
    """

    done_N_H_W_C: NDArray[np.uint8]
    other_N_H_W_C: NDArray[np.uint8]


def play_examples(
    env: gym.Env[Any, Any], look: Callable[[], NDArray[np.uint8]], *, episodes: int, seed: int
) -> Examples:
    """Pictures of every state that play comes to, told apart by whether the task is done in it.

    Every episode is the expert's with noise of a strength of its own, from none to half of an action, and with one
    action in five drawn at random: play ends well most of the time, and comes near that in many ways.

    Args:
        env: an environment with an `oracle`, vectors for actions and `success` in its info; it needs a reset after it.
        look: takes a picture of the present state.
        episodes: how many to play.
        seed: of the episodes and the noise.

    Raises:
        ValueError: no episode came to the task done, or the expert knew no action.
    """
    rng = np.random.default_rng(seed)
    space: Any = env.action_space
    done, other = [], []
    for episode in range(episodes):
        env.reset(seed=seed + episode)
        other.append(look())
        noise, over = rng.uniform(0.0, 0.5), False
        while not over:
            wanted = env.get_wrapper_attr("oracle")()
            if wanted is None:
                raise ValueError("env must have an oracle that knows an action wherever it comes to")
            drawn = rng.uniform(space.low, space.high)
            noisy = wanted + noise * (space.high - space.low) / 2 * rng.standard_normal(space.shape)
            action = drawn if rng.random() < 0.2 else np.clip(noisy, space.low, space.high)
            _, _, terminated, truncated, info = env.step(action.astype(space.dtype))
            (done if info["success"] else other).append(look())
            over = terminated or truncated
    if not done:
        raise ValueError(f"episodes must be more: in {episodes} play never came to the task done")
    return Examples(np.stack(done), np.stack(other))
