"""Learners: what an agent does between two looks at its budget."""

from . import policy_gradient  # noqa: F401  (registers its class)
from .protocol import LEARNERS, Learner, Update, register_learner

__all__ = ["LEARNERS", "Learner", "Update", "register_learner"]
