"""A reward from a binary classifier of pictures, trained once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ....envs.core.arguments import check_integer
from .examples import Examples
from .picture_reward import PictureReward


class PictureJudge(Protocol):
    """Tells from pictures whether a task is done."""

    def probability(self, picture_B_H_W_C: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How likely each of a batch of pictures shows the task done."""
        ...


class ImageClassifier(PictureReward):
    """Pays for what a classifier of pictures calls a success, instead of for the task's own.

    The classifier is trained at the first reset, from pictures of the expert's play: those of the task done against all
    others. It is then fixed; a success is a probability of 0.5 or more (Luo et al., SERL: A software suite for
    sample-efficient robotic reinforcement learning, 2024). See `PictureReward` for what else a step tells.

    A fixed classifier can be fooled: it has seen only what play comes to, and an agent that is paid by it looks for
    pictures that it is wrong about. `info["success"]` against `info["classified_success"]` tells how often.

    Args:
        env: a body with an expert, such as `robot/PegInsert-v0`.
        cameras: which of its cameras the classifier sees by; None for the body's own choice.
        size: width and height of its pictures, in pixels; 15 or more for the network.
        reward: what a success is worth.
        episodes: of play to learn from.
        updates: of the classifier.
        seed: of the play and of the training.
        classifier: makes a judge from pictures of the task done, others, `seed` and `updates`; None for a small
            convolutional network.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    convolutional = "palaestra.agents.control.picture_classifiers:SuccessClassifier"

    def __init__(
        self,
        env: gym.Env,
        *,
        cameras: Sequence[str] | None = None,
        size: int = 64,
        reward: float = 1.0,
        episodes: int = 100,
        updates: int = 400,
        seed: int = 0,
        classifier: Callable[..., PictureJudge] | None = None,
    ) -> None:
        self.updates = check_integer("updates", updates, 1)
        super().__init__(
            env, cameras=cameras, size=size, reward=reward, episodes=episodes, updates=updates, seed=seed,
            classifier=classifier,
        )  # fmt: skip

    def begin(self, examples: Examples, make_judge: Callable[..., PictureJudge]) -> None:
        """Train the classifier; the same is made again whenever there is none."""
        self._judge = make_judge(examples.done_N_H_W_C, examples.other_N_H_W_C, seed=self.seed, updates=self.updates)
