"""SQIRL: shallow Q-iteration from the random policy's values."""

from .sqirl import SQIRL

__all__ = ["SQIRL"]
