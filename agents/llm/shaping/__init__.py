"""Reward shapers: pure functions from played groups to an addition to the return of each episode.

A shaper sees whole groups, since some compare the lengths in a group or the shares in a batch. What it adds goes to an
episode's last turn, under its own name among the reward terms. A new shaper is one function behind `@register_shaper`;
its keyword-only parameters are its settings.
"""

from . import length, turns  # noqa: F401  (registers their functions)
from .registry import SHAPERS, Shaper, register_shaper, shape

__all__ = ["SHAPERS", "Shaper", "register_shaper", "shape"]
