"""Wrappers that decide where an episode begins, and which states are worth going on from."""

from .domain_randomization import DomainRandomization
from .early_termination import EarlyTermination
from .forward_backward import ForwardBackward
from .level import LevelCurriculum
from .reference_state import ReferenceStateInit
from .teacher_snapshots import TeacherSnapshots

__all__ = [
    "DomainRandomization",
    "EarlyTermination",
    "ForwardBackward",
    "LevelCurriculum",
    "ReferenceStateInit",
    "TeacherSnapshots",
]
