"""A sandbox of warm interpreters, each program in namespaces of its own."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from .checks import check_job
from .running import RunningProgram
from .session import BoxSession
from .types import Job, Outcome, SandboxBroken, Session
from .zygote import Zygote, ZygoteLost

_ATTEMPTS = 2

T = TypeVar("T")


class ZygotePool:
    """Boxes from a few zygotes, one a processor; those that die are replaced. See `Sandbox`.

    Args:
        readable: folders of the host that programs may read, beside the system's.

    Raises:
        SandboxUnavailable: a wall cannot be built here.
    """

    isolation = "full"

    def __init__(self, readable: Sequence[str] = ()) -> None:
        self._readable = tuple(readable)
        self._lock = threading.Lock()
        self._turns = itertools.count()
        self._zygotes: list[Zygote | None] = [None] * (os.cpu_count() or 1)
        self._zygotes[0] = Zygote(self._readable)  # says at once what is missing
        self._closed = False

    def run(self, job: Job) -> Outcome:
        """Run a program to its end. See `Sandbox.run`."""
        return self._attempt(job, lambda zygote: RunningProgram(zygote, job).finish())

    def open(self, job: Job) -> Session:
        """Start a program and talk to it. See `Sandbox.open`."""
        return self._attempt(job, lambda zygote: BoxSession(RunningProgram(zygote, job, keep_stdin_open=True)))

    def close(self) -> None:
        """Stop the zygotes; running programs are killed."""
        with self._lock:
            self._closed = True
            for zygote in self._zygotes:
                if zygote is not None:
                    zygote.close()
            self._zygotes = [None] * len(self._zygotes)

    def abandon(self) -> None:
        """In a process that was forked from the pool's: let go of what is the other's."""
        for zygote in self._zygotes:
            if zygote is not None:
                zygote.abandon()
        self._closed = True

    def _attempt(self, job: Job, start: Callable[[Zygote], T]) -> T:
        check_job(job)
        problem = ""
        for _ in range(_ATTEMPTS):
            zygote = self._next_zygote()
            try:
                return start(zygote)
            except ZygoteLost as error:
                problem = str(error)
                self._replace(zygote)
        raise SandboxBroken(f"the sandbox failed {_ATTEMPTS} times: {problem}")

    def _next_zygote(self) -> Zygote:
        index = next(self._turns) % len(self._zygotes)
        zygote = self._zygotes[index]
        if zygote is None:
            with self._lock:
                if self._closed:
                    raise SandboxBroken("the sandbox is closed")
                zygote = self._zygotes[index]
                if zygote is None:
                    zygote = self._zygotes[index] = Zygote(self._readable)
        return zygote

    def _replace(self, zygote: Zygote) -> None:
        """Have the next request start another one, where nobody else did that already."""
        with self._lock:
            if zygote in self._zygotes:
                self._zygotes[self._zygotes.index(zygote)] = None
                zygote.close()
