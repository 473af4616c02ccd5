"""Wrappers that add a named term to the reward."""

from .format import FormatReward
from .length import LengthPenalty
from .terms import add_term

__all__ = ["FormatReward", "LengthPenalty", "add_term"]
