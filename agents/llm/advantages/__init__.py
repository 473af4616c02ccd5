"""Advantage estimators: pure functions from a batch to an advantage for every own token.

A new estimator is one function behind `@register_advantage`; its keyword-only parameters are its settings.
"""

from . import distribution_matching, gae, group, imitation, returns  # noqa: F401  (registers its functions)
from .registry import (
    ADVANTAGES,
    Advantage,
    is_group_relative,
    needs_critic,
    reads_divergence,
    register_advantage,
    valued_tokens,
)

__all__ = [
    "ADVANTAGES",
    "Advantage",
    "is_group_relative",
    "needs_critic",
    "reads_divergence",
    "register_advantage",
    "valued_tokens",
]
