"""Our side: player and learner, as an agent calls them."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from ...agents.llm.config import LLMConfig
from ...agents.llm.learners import LEARNERS
from ...agents.llm.memory import keep_freed_memory
from ...agents.llm.player import Player
from ...agents.llm.policy import Policy, attention_for
from .profile import Stopwatch
from .setting import Setting, reward
from .turns import Baton

LEARNING_RATE = 1e-6


class LettersEnv(gym.Env[str, str]):
    """Says letters, and rewards whatever is said.

    Args:
        setting: says how many.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """The letters of a seed."""
        super().reset(seed=seed)
        return self._setting.observation(seed or 0), {}

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """The end."""
        return "", reward(action), True, False, {}


def run(setting: Setting, baton: Baton) -> None:
    """Take steps: play `groups` tasks `group_size` times, and update."""
    import torch

    keep_freed_memory()  # as an agent does that learns
    model = setting.model(attention_for(torch.device(setting.device)))
    policy = Policy(model, setting.tokenizer())
    config = LLMConfig(
        engine=setting.engine,
        groups=setting.groups,
        group_size=setting.group_size,
        max_new_tokens=setting.completion_tokens,
        learning_rate=LEARNING_RATE,
        micro_batch_tokens=setting.completions * (setting.prompt_tokens + setting.completion_tokens),
        kl_coef=0.0,
    )
    player = Player(lambda: LettersEnv(setting), policy, config, setting.seed)
    learner = LEARNERS.bind(config.learner)(policy, config, setting.seed)
    with Stopwatch(torch.device(setting.device)) as stopwatch:
        while True:
            baton.wait()
            learner.update(learner.gather(player, config), config, learning_rate=LEARNING_RATE)
            baton.hand_over(stopwatch.take())
