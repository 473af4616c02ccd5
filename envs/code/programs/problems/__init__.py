"""Problems made at random: a statement in English, a program that solves it, and cases."""

from .generation import LEVELS, sample_problem
from .problem import Problem

__all__ = ["LEVELS", "Problem", "sample_problem"]
