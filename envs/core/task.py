"""Tasks, and the options of `reset` that choose one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from .arguments import read_fields
from .randomization import Choice, Range, check_randomized


class TaskFields:
    """A frozen dataclass of plain values that poses one problem; subclasses name the values.

    Attributes:
        level: the difficulty it was drawn at.
    """

    __slots__ = ()
    level: int

    @classmethod
    def parse(cls, value: Any) -> Self:
        """A task from itself or from a mapping of its fields (a line of JSON, say; lists become tuples).

        Raises:
            ValueError: `value` is neither, or a field is unknown, missing or of the wrong type; see `read_fields`.
        """
        return read_fields(cls, value, name="options['task']")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(TaskFields):
    """One problem of a text environment. Domains subclass it to add what their grader needs.

    Attributes:
        prompt: the first observation.
        answer: what the grader compares with; never shown to the agent.
        level: the difficulty it was drawn at.
    """

    prompt: str
    answer: Any = None
    level: int = 0


TaskT = TypeVar("TaskT")


@dataclass(frozen=True, slots=True)
class ResetOptions(Generic[TaskT]):
    """The options that every environment's `reset` understands.

    Attributes:
        level: the difficulty to draw a task at, for this episode.
        task: this very problem, or None to draw one.
        randomized: what is varied for this episode, by name.
    """

    level: int
    task: TaskT | None = None
    randomized: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def parse(
        options: Mapping[str, Any] | None,
        *,
        default_level: int,
        levels: int,
        task_type: type[Any],
        randomizable: Mapping[str, Range | Choice] | None = None,
    ) -> ResetOptions[Any]:
        """Read `reset`'s options.

        Args:
            options: what `reset` was given: None, or a mapping with `level`, `task` and `randomize`, all optional.
            default_level: the level where `options` names none.
            levels: how many levels there are.
            task_type: the class of a task; it has a `parse` class method and a `level`.
            randomizable: what `options["randomize"]` may vary; None where that is no option.

        Raises:
            ValueError: an option is unknown, out of range or of the wrong type.
        """
        if not options:
            return ResetOptions(default_level)
        known = ("level", "task") if randomizable is None else ("level", "task", "randomize")
        unknown = [key for key in options if key not in known]
        if unknown:
            names = f"{', '.join(map(repr, known[:-1]))} and {known[-1]!r}"
            raise ValueError(f"options has the unknown key {unknown[0]!r}; {names} are understood")
        randomized = check_randomized(options.get("randomize", {}), randomizable or {})
        level = check_level(options.get("level", default_level), levels, name="options['level']")
        task = options.get("task")
        if task is None:
            return ResetOptions(level, randomized=randomized)
        task = task_type.parse(task)
        check_level(task.level, levels, name="options['task'].level")
        return ResetOptions(level, task, randomized)


def check_level(level: Any, levels: int, *, name: str = "level") -> int:
    """`level` as an int, where it is one of 0 … levels - 1.

    Raises:
        ValueError: it is not; the message names the argument as `name`.
    """
    # numpy integers have __index__ too; a bool is an int to Python but never meant as a level
    if isinstance(level, bool) or not hasattr(level, "__index__") or not 0 <= level < levels:
        raise ValueError(f"{name} must be an integer from 0 to {levels - 1}, got {level!r}")
    return int(level)
