"""A reward for answers of a given form."""

from __future__ import annotations

import re
from typing import Any

import gymnasium as gym

from ...envs.core import Text
from ...envs.core.arguments import check_integer, check_number
from ..base import Wrapper
from .terms import add_term


class FormatReward(Wrapper):
    """Pays for an action that a regular expression matches as a whole; the term `format` of the reward.

    The term is `reward` on every step whose action matches, else 0. The expression is the user's, the text is the
    policy's: actions longer than `max_length` never match, so an expression that is matched in time linear or quadratic
    in the text is safe. Python's `re` backtracks; an expression with a repetition of something that itself repeats,
    such as `(a+)+`, takes exponential time and must be written with possessive `a++` or atomic `(?>…)` parts.

    Args:
        env: an environment with text actions.
        pattern: the regular expression, in Python's syntax; `.` matches line ends too.
        reward: what a match pays.
        max_length: the longest action that can match, in characters.
        name: of the term, to tell several formats apart.

    Raises:
        ValueError: an argument is out of range, the pattern is not a regular expression, or actions are not text.
    """

    def __init__(
        self, env: gym.Env, *, pattern: str, reward: float = 0.1, max_length: int = 10_000, name: str = "format"
    ) -> None:
        if not isinstance(env.action_space, Text):
            raise ValueError(f"env must have text actions, got {env.action_space}")
        if not isinstance(pattern, str):
            raise ValueError(f"pattern must be a regular expression, got {pattern!r}")
        try:
            self._pattern = re.compile(pattern, re.DOTALL)
        except re.error as error:
            raise ValueError(f"pattern must be a regular expression, got {pattern!r}: {error}") from error
        check_number("reward", reward)
        check_integer("max_length", max_length, 1)
        if not isinstance(name, str) or not name:
            raise ValueError(f"name must be a string that is not empty, got {name!r}")
        super().__init__(env, pattern=pattern, reward=reward, max_length=max_length, name=name)
        self.reward = reward
        self.max_length = max_length
        self.name = name

    def step(self, action: str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Step, and pay for a match."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        reward, info = add_term(reward, info, self.name, self.reward if self.matches(action) else 0.0)
        return observation, reward, terminated, truncated, info

    def matches(self, action: str) -> bool:
        """Whether the expression matches the whole action."""
        return len(action) <= self.max_length and self._pattern.fullmatch(action) is not None
