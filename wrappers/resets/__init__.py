"""Wrappers that decide where an episode begins."""

from .level import LevelCurriculum

__all__ = ["LevelCurriculum"]
