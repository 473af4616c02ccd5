"""The task of writing a program, as plain values that survive JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from ..core import Task
from ..core.arguments import check_integer, check_number
from .judge import CallCase, Comparison, Exact, Floats, StdinCase, read_comparison
from .sandbox import Limits

MAX_CASES = 1_000
_MAX_SECONDS, _MAX_MEMORY_MB = 60.0, 8192
_CLOCK = 5.0  # seconds by the clock for each of processor time: the machine may be busy


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramTask(Task):
    """A program to write, and the cases that it must pass.

    Attributes:
        language: the key of the language that it is to be written in.
        inputs: what each case gives: standard input, or the arguments of a call as a JSON array.
        outputs: what must come of it: standard output, or a returned value as JSON.
        visible: so many of the cases, from the first, may be shown; the others are hidden.
        function: the function that cases call; empty where they are of standard input and output.
        comparison: the name of a comparison, or JSON as `read_comparison` reads it; where it is empty, outputs are
            compared by words and values exactly.
        seconds: of processor time for each case, all calls together; five times as many by the clock.
        memory_mb: megabytes of memory.
        solution: a program that passes, empty where none is known.
    """

    language: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    visible: int = 0
    function: str = ""
    comparison: str = ""
    seconds: float = 2.0
    memory_mb: int = 512
    solution: str = ""

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the cases must be such that a program can pass them, and not all without a word.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(ProgramTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        check_program_task(task, "options['task']")
        return task

    @property
    def cases(self) -> Sequence[StdinCase] | Sequence[CallCase]:
        """The cases as a judge takes them."""
        rows = [(*row, i < self.visible) for i, row in enumerate(zip(self.inputs, self.outputs, strict=True))]
        if not self.function:
            return [StdinCase(given, expected, visible) for given, expected, visible in rows]
        return [CallCase(tuple(json.loads(given)), json.loads(expected), visible) for given, expected, visible in rows]

    @property
    def limits(self) -> Limits:
        """What the program may use."""
        return Limits(cpu_seconds=self.seconds, wall_seconds=_CLOCK * self.seconds, memory_bytes=self.memory_mb << 20)

    def read_comparison(self) -> Comparison | None:
        """How outputs are compared; None for the judge's own way.

        Raises:
            ValueError: `comparison` is none, or not one for the values of calls.
        """
        if not self.comparison:
            return None
        comparison = read_comparison(json.loads(self.comparison) if self.comparison[0] == "{" else self.comparison)
        if self.function and not isinstance(comparison, Exact | Floats):
            raise ValueError(f"comparison must be exact or floats where cases call a function, got {self.comparison!r}")
        return comparison


def check_program_task(task: ProgramTask, name: str) -> None:
    """Nothing, where a program can be judged by a task.

    Raises:
        ValueError: it cannot; the message begins with `name` and names the field.
    """
    if not 1 <= len(task.inputs) == len(task.outputs) <= MAX_CASES:
        raise ValueError(
            f"{name} must have inputs and outputs, as many of the one as of the other, from 1 to {MAX_CASES}; "
            f"got {len(task.inputs)} and {len(task.outputs)}"
        )
    check_integer(f"{name}.visible", task.visible, 0, len(task.inputs))
    check_integer(f"{name}.memory_mb", task.memory_mb, 1, _MAX_MEMORY_MB)
    if not 0 < check_number(f"{name}.seconds", task.seconds) <= _MAX_SECONDS:
        raise ValueError(f"{name}.seconds must be over 0 and at most {_MAX_SECONDS:g}, got {task.seconds!r}")
    if task.function and not task.function.isidentifier():
        raise ValueError(f"{name}.function must be the name of a function, got {task.function!r}")
    try:
        task.read_comparison()
        cases = task.cases
        "".join((task.prompt, *task.inputs, *task.outputs)).encode()
    except ValueError as error:  # a UnicodeEncodeError and a JSONDecodeError are such, too
        raise ValueError(f"{name} must have cases and a comparison that can be read: {error}") from error
    except TypeError:
        raise ValueError(f"{name}.inputs must be JSON arrays of arguments where there is a function") from None
    if not task.function and not any(case.expected.strip() for case in cases if isinstance(case, StdinCase)):
        raise ValueError(f"{name}.outputs must not all be blank: a program that does nothing would pass")
