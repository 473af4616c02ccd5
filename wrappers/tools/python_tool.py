"""Runs Python, with variables that persist during an episode."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

from ...envs.code.sandbox import PYTHON, Job, Limits, Session, get_sandbox
from ...envs.core.arguments import check_integer, check_number
from .protocol import Tool, ToolError

_PROGRAM = "python_session.py"
_SESSION_SECONDS = 3600.0
_START_SECONDS = 30.0


class PythonState:
    """The session of an episode: what was run in it, and the program that runs it, where there is one.

    A copy, and what is pickled, is what was run alone; the first call after that runs it again.

    Attributes:
        chunks: what was run since the session began.
        session: the program that has run all of `chunks`, or None.
    """

    def __init__(self, chunks: tuple[str, ...] = ()) -> None:
        self.chunks = chunks
        self.session: Session | None = None

    def end(self) -> None:
        """End the program."""
        session, self.session = self.session, None
        if session is not None:
            session.close()

    def __reduce__(self) -> tuple[type[PythonState], tuple[tuple[str, ...]]]:
        return PythonState, (self.chunks,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PythonState) and self.chunks == other.chunks

    __hash__ = None  # pyright: ignore[reportAssignmentType]  (it changes)

    def __del__(self) -> None:
        self.end()


class PythonTool(Tool):
    """Runs Python in the sandbox, in one session an episode.

    What a call prints comes back, and the value of its last expression; an exception comes back as its traceback. A
    call that takes too long, or that ends the interpreter, ends the session: the next call begins a new one without
    variables.

    A snapshot holds what was run, and a restored episode runs it again, in the sandbox as before. `random` is seeded
    and the hashes of strings are fixed, so this gives the same variables; a program that reads the clock or the
    system's random numbers may get others.

    Args:
        seconds: that a call may take.
        memory_mib: that a session may use.
        max_output: the longest output of a call, in characters.
        isolation: how programs are held; see `get_sandbox`.

    Raises:
        ValueError: an argument is out of range; the message names it.
        SandboxUnavailable: there is no sandbox here; the message says what is missing.
    """

    name = "python"
    description = "what a Python program prints, and the value of its last expression; variables persist"

    def __init__(
        self, *, seconds: float = 5.0, memory_mib: int = 256, max_output: int = 10_000, isolation: str = "full"
    ) -> None:
        if check_number("seconds", seconds) <= 0:
            raise ValueError(f"seconds must be over 0, got {seconds!r}")
        self._seconds = seconds
        self._memory_mib = check_integer("memory_mib", memory_mib, 64)
        self._max_output = check_integer("max_output", max_output, 1)
        self._isolation = isolation
        get_sandbox(isolation)  # what is missing is said now, and not by the first call

    def start(self, task: Any) -> PythonState:
        """A session in which nothing was run."""
        return PythonState()

    def run(self, argument: str, state: PythonState) -> str:
        """Run a program, after those before it."""
        if state.session is None:
            self._resume(state)
        output = self._call(argument, state)
        state.chunks = (*state.chunks, argument)
        return output

    def stop(self, state: PythonState) -> None:
        """End the session."""
        state.end()

    def _resume(self, state: PythonState) -> None:
        state.session = self._open()
        for number, chunk in enumerate(state.chunks):
            self._call(chunk, state, number)

    def _open(self) -> Session:
        limits = Limits(
            wall_seconds=_SESSION_SECONDS,
            cpu_seconds=_SESSION_SECONDS,
            memory_bytes=self._memory_mib << 20,
            stdout_bytes=1 << 30,
            processes=16,
        )
        source = Path(__file__).with_name(_PROGRAM).read_bytes()
        job = Job(argv=(PYTHON, _PROGRAM, str(self._max_output)), files={_PROGRAM: source}, limits=limits)
        session = get_sandbox(self._isolation).open(job)
        with contextlib.suppress(EOFError):
            if session.read_line(_START_SECONDS) == b"ready":
                return session
        session.close()
        raise ToolError("the session did not start; try again")

    def _call(self, chunk: str, state: PythonState, number: int | None = None) -> str:
        session = state.session
        assert session is not None
        number = len(state.chunks) if number is None else number
        until = time.monotonic() + self._seconds
        try:
            session.send(json.dumps({"number": number, "code": chunk}).encode() + b"\n")
            while True:
                line = session.read_line(max(until - time.monotonic(), 0.0))
                if line is None:
                    problem = f"it took longer than {self._seconds:g} s and was stopped"
                    break
                output = _output(line, number)
                if output is not None:
                    return output
        except (BrokenPipeError, EOFError):
            problem = "the session ended"
        state.end()
        state.chunks = ()
        raise ToolError(f"{problem}: its variables are lost")


def _output(line: bytes, number: int) -> str | None:
    """The output that a line reports; None where the program itself wrote the line, of which nobody takes notice."""
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(reply, dict) or reply.get("number") != number or not isinstance(reply.get("output"), str):
        return None
    return reply["output"]
