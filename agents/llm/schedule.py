"""How hyper-parameters change while training goes on."""

from __future__ import annotations

from .config import LLMConfig


def learning_rate_at(done: float, config: LLMConfig) -> float:
    """The learning rate once a share of the budget is used up: linear from the first to the final one.

    Args:
        done: the share, 0 to 1; more counts as 1.
        config: without a final learning rate, the first one stays.
    """
    if config.final_learning_rate is None:
        return config.learning_rate
    return config.learning_rate + (config.final_learning_rate - config.learning_rate) * min(1.0, done)
