"""A program that runs on while one talks to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from .box_handle import Lost
from .running import RunningProgram
from .types import ExitReason, Outcome, SandboxBroken


class BoxSession:
    """See `Session`.

    Args:
        program: a program whose standard input was kept open.
        when_over: called once, when it is over.
    """

    def __init__(self, program: RunningProgram, when_over: Callable[[RunningProgram], None]) -> None:
        self._program = program
        self._when_over = when_over
        self._outcome: Outcome | None = None

    def send(self, data: bytes) -> None:
        """Write to its standard input. See `Session.send`."""
        self._program.send(data)

    def read_line(self, timeout: float) -> bytes | None:
        """The next line of its standard output. See `Session.read_line`."""
        return self._program.take_line(timeout)

    def close(self) -> Outcome:
        """Kill what still runs, and say what became of it. A second call says the same."""
        if self._outcome is None:
            self._program.stop(ExitReason.SIGNAL)
            try:
                self._outcome = self._program.finish()
            except Lost as error:
                raise SandboxBroken(str(error)) from error
            finally:
                self._when_over(self._program)
        return self._outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
