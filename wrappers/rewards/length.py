"""A penalty for long answers."""

from __future__ import annotations

import math
from typing import Any, Literal

import gymnasium as gym

from ...envs.core import Text
from ...envs.core.arguments import check_integer, check_number
from ..base import Wrapper
from .terms import add_term


class LengthPenalty(Wrapper):
    """Charges for what an action is longer than a soft limit; the term `length` of the reward.

    With x = (length - soft_limit) / (hard_limit - soft_limit), clipped to [0, 1], the term is

        linear: -penalty * x                      cosine: -penalty * (1 - cos(pi * x)) / 2

    so it is 0 up to the soft limit and -penalty from the hard limit on. It is charged on every step.

    Source: linear: the soft overlong punishment of DAPO (Yu et al., 2025); cosine: Yeo et al., Demystifying Long
    Chain-of-Thought Reasoning in LLMs, 2025.

    Args:
        env: an environment with text actions.
        soft_limit: the longest action that is free, in characters.
        hard_limit: the length from which on the whole penalty is charged, in characters.
        penalty: the largest charge.
        shape: of the ramp between the limits.

    Raises:
        ValueError: an argument is out of range, or actions are not text; the message names it.
    """

    def __init__(
        self,
        env: gym.Env,
        *,
        soft_limit: int,
        hard_limit: int,
        penalty: float = 1.0,
        shape: Literal["linear", "cosine"] = "linear",
    ) -> None:
        if not isinstance(env.action_space, Text):
            raise ValueError(f"env must have text actions, got {env.action_space}")
        check_integer("soft_limit", soft_limit, 0)
        if check_integer("hard_limit", hard_limit, 1) <= soft_limit:
            raise ValueError(f"hard_limit must be greater than soft_limit={soft_limit}, got {hard_limit!r}")
        if check_number("penalty", penalty) < 0:
            raise ValueError(f"penalty must be 0 or more, got {penalty!r}")
        if shape not in ("linear", "cosine"):
            raise ValueError(f"shape must be 'linear' or 'cosine', got {shape!r}")
        super().__init__(env, soft_limit=soft_limit, hard_limit=hard_limit, penalty=penalty, shape=shape)
        self.soft_limit = soft_limit
        self.hard_limit = hard_limit
        self.penalty = penalty
        self.shape = shape

    def step(self, action: str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Step, and charge for the action's length."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        reward, info = add_term(reward, info, "length", self.charge(len(action)))
        return observation, reward, terminated, truncated, info

    def charge(self, length: int) -> float:
        """The term for an action of `length` characters, from -penalty to 0."""
        x = min(max((length - self.soft_limit) / (self.hard_limit - self.soft_limit), 0.0), 1.0)
        ramp = x if self.shape == "linear" else (1 - math.cos(math.pi * x)) / 2
        return -self.penalty * ramp if ramp else 0.0
