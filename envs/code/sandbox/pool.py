"""A sandbox of boxes that a zygote becomes."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from .box_handle import Box, Lost
from .checks import check_job
from .running import RunningProgram
from .session import BoxSession
from .types import Job, Outcome, SandboxBroken, Session
from .zygote import Zygote

_ATTEMPTS = 2
_IDLE_BOXES = 2 * (os.cpu_count() or 1)


class BoxPool:
    """As many boxes as programs run at a time, a few of which wait for the next. See `Sandbox`.

    Args:
        readable: folders of the host that programs may read, beside the system's.

    Raises:
        SandboxUnavailable: a wall cannot be built here.
    """

    isolation = "full"

    def __init__(self, readable: Sequence[str] = ()) -> None:
        self._readable = tuple(readable)
        self._lock = threading.Lock()
        self._idle: list[Box] = []
        self._closed = False
        self._zygote: Zygote | None = Zygote(self._readable)

    def run(self, job: Job) -> Outcome:
        """Run a program to its end. See `Sandbox.run`."""
        check_job(job)
        problem = ""
        for _ in range(_ATTEMPTS):
            try:
                program = RunningProgram(box := self._take_box(), job)
            except Lost as error:
                problem = str(error)
                continue
            try:
                return program.finish()
            except Lost as error:
                problem = str(error)
            finally:
                self._put_back(box, program)
        raise SandboxBroken(f"the sandbox failed {_ATTEMPTS} times: {problem}")

    def open(self, job: Job) -> Session:
        """Start a program and talk to it. See `Sandbox.open`."""
        check_job(job)
        problem = ""
        for _ in range(_ATTEMPTS):
            try:
                program = RunningProgram(box := self._take_box(), job, keep_stdin_open=True)
            except Lost as error:
                problem = str(error)
            else:
                return BoxSession(program, lambda program: self._put_back(box, program))
        raise SandboxBroken(f"the sandbox failed {_ATTEMPTS} times: {problem}")

    def close(self) -> None:
        """Stop the zygote; running programs are killed."""
        with self._lock:
            self._closed = True
            for box in self._idle:
                box.close()
            self._idle.clear()
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def abandon(self) -> None:
        """In a process that was forked from the pool's: let go of what is the other's."""
        for box in self._idle:
            box.close()
        if self._zygote is not None:
            self._zygote.abandon()

    def _take_box(self) -> Box:
        with self._lock:
            while self._idle:
                box = self._idle.pop()  # the last one that was used, whose pages are warm
                if box.is_alive():
                    return box
                box.close()
            zygote = self._live_zygote()
        return zygote.new_box()

    def _live_zygote(self) -> Zygote:
        if self._closed:
            raise SandboxBroken("the sandbox is closed")
        if self._zygote is None or not self._zygote.is_alive():
            if self._zygote is not None:
                self._zygote.close()
            self._zygote = Zygote(self._readable)
        return self._zygote

    def _put_back(self, box: Box, program: RunningProgram) -> None:
        with self._lock:
            if program.box_is_empty and not self._closed and len(self._idle) < _IDLE_BOXES:
                self._idle.append(box)
                return
        box.close()
