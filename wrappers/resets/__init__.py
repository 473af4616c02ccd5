"""Wrappers that decide where an episode begins, and which states are worth going on from."""

from .early_termination import EarlyTermination
from .level import LevelCurriculum
from .reference_state import ReferenceStateInit
from .teacher_snapshots import TeacherSnapshots

__all__ = ["EarlyTermination", "LevelCurriculum", "ReferenceStateInit", "TeacherSnapshots"]
