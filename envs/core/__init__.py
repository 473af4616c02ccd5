"""The contract every environment keeps: spaces, tasks, verdicts, snapshots and the registry."""

from .registry import EnvEntry, check_known, entries, find_entry, kind_of_env, register
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
    "check_known",
    "entries",
    "find_entry",
    "generator_state",
    "kind_of_env",
    "register",
    "restore_generator",
]
