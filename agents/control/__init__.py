"""Agents that move: Stable-Baselines3 and sb3-contrib by name, with exact checkpoints.

Importing this package imports no torch; an algorithm is imported when it is looked up.
"""

from .algorithms import ALGORITHMS, find_algorithm
from .hyperparameters import check_hyperparameters
from .sb3 import make_agent

__all__ = ["ALGORITHMS", "check_hyperparameters", "find_algorithm", "make_agent"]
