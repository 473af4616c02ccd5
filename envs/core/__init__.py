"""The contract every environment keeps: spaces, tasks, verdicts, snapshots and the registry."""

from .registry import EnvEntry, entries, find_entry, register
from .spaces import Text
from .state import EnvState, Stateful, generator_state, restore_generator
from .task import ResetOptions, Task, TaskFields
from .text_env import SingleTurnEnv, TextEnv
from .verdict import Status, Verdict

__all__ = [
    "EnvEntry",
    "EnvState",
    "ResetOptions",
    "SingleTurnEnv",
    "Stateful",
    "Status",
    "Task",
    "TaskFields",
    "Text",
    "TextEnv",
    "Verdict",
    "entries",
    "find_entry",
    "generator_state",
    "register",
    "restore_generator",
]
