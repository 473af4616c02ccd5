"""Wrappers that decide where an episode begins, and which states are worth going on from."""

from .early_termination import EarlyTermination
from .forward_backward import ForwardBackward
from .level import LevelCurriculum
from .reference_state import ReferenceStateInit
from .teacher_snapshots import TeacherSnapshots

__all__ = ["EarlyTermination", "ForwardBackward", "LevelCurriculum", "ReferenceStateInit", "TeacherSnapshots"]
