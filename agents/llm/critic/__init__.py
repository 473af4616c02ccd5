"""Critics: what return is to be expected, token by token."""

from .critic import Critic, CriticMetrics

__all__ = ["Critic", "CriticMetrics"]
