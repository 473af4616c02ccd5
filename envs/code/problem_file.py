"""Problems of a user's own, one a line of a JSONL file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ..core.arguments import read_fields
from .program_task import ProgramTask, check_program_task

MAX_STATEMENT_LENGTH = 20_000
"""The longest statement, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    seconds: float = 2.0
    memory_mb: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    statement: str
    cases: tuple[Any, ...] = ()
    calls: tuple[Any, ...] = ()
    function: str = ""
    solution: str = ""
    comparison: str | Any = ""
    limits: Any = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    stdin: str
    stdout: str
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    arguments: tuple[Any, ...]
    returns: Any
    hidden: bool = False


def read_problems(path: str | Path, language: str) -> tuple[ProgramTask, ...]:
    """The tasks of a file with one JSON object a line; blank lines are left out.

    Its keys are `statement`; either `cases`, each with `stdin`, `stdout` and `hidden` (false where it is left out), or
    `function` and `calls`, each with `arguments`, `returns` and `hidden`; and where wanted `solution`, a program in the
    environment's language, `comparison` (see `read_comparison`; by words, and exact for calls, where it is left out)
    and `limits` with `seconds` and `memory_mb`.

    Args:
        path: the file.
        language: the key of the language that programs are to be written in.

    Raises:
        ValueError: the file cannot be read, holds no problem, or a line is none; the message gives the line's number.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"problems must be a JSONL file, got {str(path)!r}: {error}") from error
    lines = enumerate(text.split("\n"), start=1)
    tasks = tuple(_read_line(line, f"{path}, line {number}", language) for number, line in lines if line.strip())
    if not tasks:
        raise ValueError(f"problems must hold at least one, got the empty file {str(path)!r}")
    return tasks


def _read_line(line: str, where: str, language: str) -> ProgramTask:
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: every line must be a JSON object: {error}") from None
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: every line must be a JSON object, got {type(value).__name__}")
    problem = read_fields(_Problem, value, name=where)
    limits = read_fields(_Limits, problem.limits, name=f"{where}: limits")
    if len(problem.statement) > MAX_STATEMENT_LENGTH:
        raise ValueError(f"{where}: statement must have at most {MAX_STATEMENT_LENGTH} characters")
    if bool(problem.cases) == bool(problem.calls) or bool(problem.calls) != bool(problem.function):
        raise ValueError(f"{where} must have either cases, or calls and a function")
    rows = sorted(_rows(problem, where), key=lambda row: row[2])  # those that may be shown first
    comparison = problem.comparison
    task = ProgramTask(
        prompt=problem.statement,
        language=language,
        inputs=tuple(given for given, _, _ in rows),
        outputs=tuple(expected for _, expected, _ in rows),
        visible=sum(not hidden for _, _, hidden in rows),
        function=problem.function,
        comparison=comparison if isinstance(comparison, str) else json.dumps(comparison),
        seconds=limits.seconds,
        memory_mb=limits.memory_mb,
        solution=problem.solution,
    )
    check_program_task(task, where)
    return task


def _rows(problem: _Problem, where: str) -> list[tuple[str, str, bool]]:
    rows = []
    for i, item in enumerate(problem.cases):
        case = read_fields(_Case, item, name=f"{where}: cases[{i}]")
        rows.append((case.stdin, case.stdout, case.hidden))
    for i, item in enumerate(problem.calls):
        call = read_fields(_Call, item, name=f"{where}: calls[{i}]")
        rows.append((json.dumps(call.arguments), json.dumps(call.returns), call.hidden))
    return rows


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
