"""Runs unit tests against a function and against mutants of it, and counts the mutants that they kill.

Tests run in the sandbox, the function does not: each call leaves the sandbox, is answered by the small language's
interpreter, and the value goes back. So tests know of the function nothing but its values. Each version has a box of
its own, in which nothing says which version it is.

Tests share their process with the harness and could speak in its place. They would gain nothing: a mutant is killed
only where one of its values differed from the right one, and tests that failed on the right version score nothing.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from .programs.interpreter import Executable, RunError
from .programs.syntax import Function, Parameter, Program, Type, Value
from .sandbox import PYTHON, Job, Limits, Sandbox, Session

MAX_CALLS = 200
"""How often tests may call the function."""

LIMITS = Limits(wall_seconds=3.0, cpu_seconds=1.0, memory_bytes=256 << 20, stdout_bytes=4 << 20)
"""What the tests of one version may use."""

DEADLINE = 6.0
"""Seconds for all versions together."""

STEPS = 20_000
"""How many steps of the interpreter a call may take."""

_KINDS = {
    Type.INT: (int, "an int"),
    Type.BOOL: (bool, "a bool"),
    Type.STR: (str, "a str"),
    Type.INTS: (list, "a list of int"),
}
_Arguments = tuple[Value, ...]


class Result(StrEnum):
    """How tests ended."""

    PASSED = "passed"
    FAILED = "failed"
    LEFT = "left"  # before the last test: they exited, hung, called too often, or took the harness's place


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """A suite of tests, run against one version.

    Attributes:
        result: how they ended.
        calls: with what arguments the function was called, where these were of its types.
        revealed: whether a call had another outcome than it has with the right version.
    """

    result: Result
    calls: tuple[_Arguments, ...]
    revealed: bool


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What tests are worth.

    Attributes:
        right: how they ended on the right version.
        called: whether they called the function.
        killed: how many mutants they failed on, having seen a value that is not the right one.
        mutants: how many there are.
    """

    right: Result
    called: bool
    killed: int
    mutants: int

    @property
    def score(self) -> float:
        """The mutation score: the share of the mutants that are killed."""
        return self.killed / self.mutants


class Version:
    """A version of the function under test: answers calls as the harness wants them, and remembers the answers.

    Args:
        program: its main function is meant.
    """

    def __init__(self, program: Program) -> None:
        self._executable = Executable(program)
        self._answers: dict[str, Mapping[str, Any]] = {}

    def answer(self, arguments: _Arguments) -> Mapping[str, Any]:
        """The value, or the error of a run that leaves the language's bounds."""
        key = repr(arguments)  # True and 1 are equal, but not the same argument
        if key not in self._answers:
            try:
                self._answers[key] = {"value": self._executable.run(arguments, steps=STEPS)}
            except RunError as error:
                self._answers[key] = {"error": "RuntimeError", "message": str(error)}
        return self._answers[key]


def count_kills(sandbox: Sandbox, source: str, right: Program, mutants: Sequence[Program]) -> MutationReport:
    """Run tests against the right version, and where they pass against mutants.

    Args:
        sandbox: where the tests run.
        source: the tests: statements, and functions named `test_*` without parameters, which are called in their order.
        right: the program whose main function is under test.
        mutants: wrong versions of it; at least one.

    Raises:
        SandboxBroken: the sandbox failed.
    """
    deadline = time.monotonic() + DEADLINE
    reference = Version(right)
    first = run_tests(sandbox, source, right.main, reference, reference, deadline)
    killed = 0
    if first.result is Result.PASSED and first.calls:
        for mutant in mutants:
            version = Version(mutant)
            # tests that saw the right values would do again what they did, so they need not be run
            if any(version.answer(call) != reference.answer(call) for call in first.calls):
                run = run_tests(sandbox, source, right.main, version, reference, deadline)
                killed += run.result is Result.FAILED and run.revealed
    return MutationReport(first.result, bool(first.calls), killed, len(mutants))


def run_tests(
    sandbox: Sandbox, source: str, function: Function, version: Version, right: Version, deadline: float
) -> SuiteRun:
    """Run tests against one version of a function.

    Args:
        sandbox: where the tests run.
        source: the tests.
        function: what is under test: its name and its parameters.
        version: answers the calls.
        right: answers them rightly.
        deadline: when to give up, of `time.monotonic()`.

    Raises:
        SandboxBroken: the sandbox failed.
    """
    nonce = secrets.token_hex(16)
    task = {"source": source, "function": function.name, "nonce": nonce}
    job = Job(argv=(PYTHON, "main.py"), files={"main.py": _harness()}, stdin=_line(task), limits=LIMITS)
    calls: list[_Arguments] = []
    revealed, result = False, Result.LEFT
    with sandbox.open(job) as session:
        for _ in range(MAX_CALLS + 1):
            message = _read_message(session, deadline)
            if message.get("nonce") == nonce:
                result = Result.PASSED if message.get("passed") is True else Result.FAILED
                break
            if "arguments" not in message:
                break
            try:
                arguments = read_arguments(message["arguments"], message.get("named"), function.parameters)
            except TypeError as error:
                answer = {"error": "TypeError", "message": f"{function.name}() {error}"}
            else:
                calls.append(arguments)
                answer = version.answer(arguments)
                revealed = revealed or answer != right.answer(arguments)
            try:
                session.send(_line(answer))
            except BrokenPipeError:
                break
    return SuiteRun(result, tuple(calls), revealed)


def read_arguments(given: Any, named: Any, parameters: Sequence[Parameter]) -> _Arguments:
    """The arguments of a call, in the order of the parameters.

    Args:
        given: what came by position, as JSON has it.
        named: what came by name.
        parameters: of the function.

    Raises:
        TypeError: they are not the function's, in number, names or types; the message ends a sentence.
    """
    if not isinstance(given, list) or not isinstance(named, dict) or len(given) + len(named) != len(parameters):
        raise TypeError(f"takes {len(parameters)} argument{'s' * (len(parameters) != 1)}")
    values = list(given)
    for parameter in parameters[len(given) :]:
        if parameter.name not in named:
            raise TypeError(f"misses the argument {parameter.name}")
        values.append(named[parameter.name])
    return tuple(_read_value(value, parameter) for value, parameter in zip(values, parameters, strict=True))


def _read_value(value: Any, parameter: Parameter) -> Value:
    kind, words = _KINDS[parameter.type]
    elements = value if kind is list and type(value) is list else ()
    if type(value) is not kind or any(type(element) is not int for element in elements):
        raise TypeError(f"takes {words} as {parameter.name}")
    return tuple(value) if isinstance(value, list) else value


def _read_message(session: Session, deadline: float) -> dict[str, Any]:
    """What the harness says next; nothing where it has ended, is late, or something else spoke in its place."""
    try:
        line = session.read_line(max(0.0, deadline - time.monotonic()))
        message = {} if line is None else json.loads(line)
    except (EOFError, ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


@cache
def _harness() -> bytes:
    return (resources.files("palaestra.assets") / "code" / "unit_test_harness.py").read_bytes()
