"""Objectives: pure functions from log-probabilities and advantages to a loss for every own token.

A new objective is one function behind `@register_objective`; its keyword-only parameters are its settings. Its result
is summed with weights that are computed over the whole optimiser step (`weights.token_weights`), so it never divides by
a count of its own.
"""

from . import (  # noqa: F401  (each registers its functions)
    a_lol,
    clip,
    hybrid,
    implicit_critic,
    mirror_descent,
    preference,
    random_policy_valuation,
    rehearsal,
    reinforce,
    sequence,
)
from .registry import OBJECTIVES, Objective, ObjectiveInputs, ObjectiveOutputs, needs_of, register_objective

__all__ = ["OBJECTIVES", "Objective", "ObjectiveInputs", "ObjectiveOutputs", "needs_of", "register_objective"]
