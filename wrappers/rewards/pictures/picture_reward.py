"""What rewards that are learnt from pictures have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ....envs.core.arguments import check_integer, check_number
from ....envs.core.entry_points import load
from ...base import Wrapper
from ...snapshot import get_state, set_state
from .examples import Examples, play_examples
from .view import View

TERM = "classifier"
"""The name of the reward's only term."""

THRESHOLD = 0.5
"""From which probability on a picture counts as one of the task done (SERL)."""


class PictureReward(Wrapper):
    """Base of wrappers whose reward is what a classifier of pictures says, instead of the task's.

    A step that it calls a success ends the episode, with `reward`; every other one is worth nothing. What the task
    itself makes of it does not reach the learner: an episode that ends in a success which the classifier does not see
    is cut off (`truncated`). The info keeps the true `success`, so that a classifier that is fooled shows; its own
    verdict is `classified_success`, its probability `success_probability`.

    What is learnt in the beginning is learnt at the first reset, from the expert's play, which leaves the environment
    as it was.

    Attributes:
        convolutional: where the judge is that is made if no other is given: imported when needed, as it needs torch.

    Args:
        env: a body with an expert.
        cameras: which of its cameras the classifier sees by; None for the body's own choice.
        size: width and height of its pictures, in pixels.
        reward: what a success is worth.
        episodes: of play to begin with.
        seed: of the play and of all that is drawn.
        classifier: makes a judge, as the subclass calls it; None for a small convolutional network.
        arguments: the subclass's own arguments, as they were given.
    """

    convolutional: ClassVar[str]

    def __init__(
        self,
        env: gym.Env,
        *,
        cameras: Sequence[str] | None,
        size: int,
        reward: float,
        episodes: int,
        seed: int,
        classifier: Callable[..., Any] | None,
        **arguments: Any,
    ) -> None:
        self.episodes = check_integer("episodes", episodes, 1)
        if not callable(getattr(env.unwrapped, "oracle", None)):
            raise ValueError(f"env must have the method oracle, {env.unwrapped} has none")
        check_number("reward", reward)
        check_integer("seed", seed, 0)
        super().__init__(
            env, cameras=cameras, size=size, reward=reward, episodes=episodes, seed=seed, classifier=classifier,
            **arguments,
        )  # fmt: skip
        self._view = View(env.unwrapped, cameras, size)
        self.reward = reward
        self.seed = seed
        self._make_judge = classifier
        self._judge: Any = None

    @abstractmethod
    def begin(self, examples: Examples, make_judge: Callable[..., Any]) -> None:
        """Learn what is learnt in the beginning: set `_judge`.

        Args:
            examples: pictures of the expert's play.
            make_judge: the class of judges, or a function that makes one.
        """

    def probability(self, picture_H_W_C: NDArray[np.uint8]) -> float:
        """How likely a picture shows the task done, as far as is known by now."""
        return float(self._judge.probability(picture_H_W_C[None])[0])

    def after_step(self, picture_H_W_C: NDArray[np.uint8]) -> None:
        """What is learnt from a picture that was judged; nothing unless overridden."""

    def look(self) -> NDArray[np.uint8]:
        """A picture of the present state, (size, size, 3 for each camera)."""
        return self._view.picture(self.env.unwrapped)

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode; the first time, learn before it.

        Raises:
            ValueError: the expert knows no action in some state, or never comes to the task done.
            RuntimeError: this machine cannot render; the message says what to install.
        """
        self._prepare_once()
        return self.env.reset(seed=seed, options=None if options is None else dict(options))

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Step, and judge the picture of where it led to."""
        self._prepare_once()  # a snapshot may have been restored before any reset
        observation, _, terminated, truncated, info = self.env.step(action)
        picture_H_W_C = self.look()
        probability = self.probability(picture_H_W_C)
        is_success = probability >= THRESHOLD
        self.after_step(picture_H_W_C)
        has_failed = terminated and not info["success"]
        reward = self.reward if is_success else 0.0
        told = {"classified_success": is_success, "success_probability": probability, "reward_terms": {TERM: reward}}
        ends = is_success or has_failed
        return observation, reward, ends, (terminated or truncated) and not ends, {**info, **told}

    def close(self) -> None:
        """Free the renderers."""
        self._view.close()
        super().close()

    def _prepare_once(self) -> None:
        if self._judge is None:
            before = get_state(self.env)
            examples = play_examples(self.env, self.look, episodes=self.episodes, seed=self.seed)
            self.begin(examples, self._make_judge or load(self.convolutional))
            set_state(self.env, before)
