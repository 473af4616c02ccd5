"""Learners: what an agent does between two looks at its budget."""

from . import (  # noqa: F401  (each registers its class)
    a_lol,
    archer,
    ilql,
    mc_returns,
    offline,
    policy_gradient,
    preference,
    rehearsal,
    relift,
)
from .protocol import LEARNERS, Learner, Update, register_learner

__all__ = ["LEARNERS", "Learner", "Update", "register_learner"]
