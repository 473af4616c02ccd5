"""Agents compared: in every setting, and over the settings they share."""

from .build import leaderboard
from .results import (
    MIN_SEEDS,
    Caveat,
    Checkpoint,
    Comparison,
    Entry,
    Leaderboard,
    Pair,
    Row,
    SettingId,
    SettingTable,
)

__all__ = [
    "MIN_SEEDS",
    "Caveat",
    "Checkpoint",
    "Comparison",
    "Entry",
    "Leaderboard",
    "Pair",
    "Row",
    "SettingId",
    "SettingTable",
    "leaderboard",
]
