"""A reward from a classifier of goal pictures that goes on learning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ....envs.core.arguments import check_integer
from .examples import Examples
from .picture_reward import PictureReward


class GoalJudge(Protocol):
    """Learns, batch by batch, what the goal looks like; can be copied and pickled."""

    def update(self, goal_N_H_W_C: NDArray[np.uint8], seen_N_H_W_C: NDArray[np.uint8]) -> float:
        """Learn from pictures of the goal and as many of what was seen; the loss."""
        ...

    def probability(self, picture_B_H_W_C: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How likely each of a batch of pictures is one of the goal."""
        ...


class Vice(PictureReward):
    """Pays for pictures that a classifier takes for the goal, which learns from all that the agent comes to see.

    Pictures of the goal, which the expert's play gives, are its positive examples, what the agent has seen its negative
    ones: what fools the classifier is among the latter before long. It begins with what else the expert's play came to,
    and then learns from a batch every so many steps (VICE; Fu et al., Variational inverse control with events, 2018;
    mix-up, label smoothing and gradient penalty as in SERL, see `GoalClassifier`). A success is a probability of 0.5 or
    more. See `PictureReward` for what else a step tells.

    SERL scores a transition anew whenever it is drawn from the replay; a wrapper scores it once, when it is made, so
    that early mistakes stay in an agent's memory. Several environments have a classifier each.

    Args:
        env: a body with an expert, such as `robot/PegInsert-v0`.
        cameras: which of its cameras the classifier sees by; None for the body's own choice.
        size: width and height of its pictures, in pixels; 15 or more for the network.
        reward: what a success is worth.
        episodes: of play to begin with.
        capacity: how many pictures of what was seen last are kept.
        first_updates: of the classifier in the beginning.
        every: steps from one update to the next.
        batch_size: pictures of either kind in an update.
        seed: of the play and of all that is drawn.
        classifier: makes a judge from the shape of a picture and `seed`; None for a small convolutional network.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    convolutional = "palaestra.agents.control.picture_classifiers:GoalClassifier"
    counters = ("_judge", "_goal_N_H_W_C", "_seen_N_H_W_C", "_seen", "_rng")

    def __init__(
        self,
        env: gym.Env,
        *,
        cameras: Sequence[str] | None = None,
        size: int = 64,
        reward: float = 1.0,
        episodes: int = 50,
        capacity: int = 2000,
        first_updates: int = 300,
        every: int = 4,
        batch_size: int = 32,
        seed: int = 0,
        classifier: Callable[..., GoalJudge] | None = None,
    ) -> None:
        self.capacity = check_integer("capacity", capacity, 1)
        self.first_updates = check_integer("first_updates", first_updates, 0)
        self.every = check_integer("every", every, 1)
        self.batch_size = check_integer("batch_size", batch_size, 1)
        super().__init__(
            env, cameras=cameras, size=size, reward=reward, seed=seed, episodes=episodes, capacity=capacity,
            first_updates=first_updates, every=every, batch_size=batch_size, classifier=classifier,
        )  # fmt: skip
        self._rng = np.random.default_rng(seed)
        self._goal_N_H_W_C: NDArray[np.uint8] | None = None
        self._seen_N_H_W_C: NDArray[np.uint8] | None = None  # once it is full, the oldest goes first
        self._seen = 0

    def begin(self, examples: Examples, make_judge: Callable[..., GoalJudge]) -> None:
        """Keep pictures of the goal and of what else play comes to, and learn from them."""
        shape = examples.done_N_H_W_C.shape[1:]
        self._judge = make_judge(shape, seed=self.seed)
        self._goal_N_H_W_C = examples.done_N_H_W_C
        self._seen_N_H_W_C = np.zeros((self.capacity, *shape), np.uint8)
        first_N_H_W_C = examples.other_N_H_W_C[-self.capacity :]
        self._seen = len(first_N_H_W_C)
        self._seen_N_H_W_C[: self._seen] = first_N_H_W_C
        for _ in range(self.first_updates):
            self._learn()

    def after_step(self, picture_H_W_C: NDArray[np.uint8]) -> None:
        """Keep the picture as one that was seen, and learn when it is time."""
        assert self._seen_N_H_W_C is not None
        self._seen_N_H_W_C[self._seen % self.capacity] = picture_H_W_C
        self._seen += 1
        if self._seen % self.every == 0:
            self._learn()

    def _learn(self) -> None:
        assert self._goal_N_H_W_C is not None
        assert self._seen_N_H_W_C is not None
        goals, seen = len(self._goal_N_H_W_C), min(self._seen, self.capacity)
        goal_N_H_W_C = self._goal_N_H_W_C[self._rng.integers(goals, size=self.batch_size)]
        self._judge.update(goal_N_H_W_C, self._seen_N_H_W_C[self._rng.integers(seen, size=self.batch_size)])
