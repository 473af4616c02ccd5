"""A sandbox for many threads: as many boxes as programs run at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Protocol

from .box_handle import Box, Lost
from .checks import check_job
from .running import RunningProgram
from .session import BoxSession
from .types import Job, Outcome, SandboxBroken, Session

_ATTEMPTS = 2
_IDLE_BOXES = max(32, 2 * (os.cpu_count() or 1))  # 1.2 MB each; a rollout runs bursts of as many programs


class BoxSource(Protocol):
    """What makes boxes. May be used from many threads at once.

    Attributes:
        boxes_serve_again: whether a box can be used for another program.
    """

    boxes_serve_again: bool

    def new_box(self, job: Job) -> Box:
        """A box for a job."""
        ...

    def is_alive(self) -> bool:
        """Whether it can make boxes."""
        ...

    def close(self) -> None:
        """Stop its processes."""
        ...

    def abandon(self) -> None:
        """In a process that was forked: let go of what is the other's."""
        ...


class BoxPool:
    """See `Sandbox`. A few boxes wait for the next program; a source that died is replaced.

    Args:
        isolation: its name.
        make_source: makes what makes boxes.

    Raises:
        SandboxUnavailable: a wall cannot be built here.
    """

    def __init__(self, isolation: str, make_source: Callable[[], BoxSource]) -> None:
        self.isolation = isolation
        self._make_source = make_source
        self._lock = threading.Lock()
        self._idle: list[Box] = []
        self._running: set[RunningProgram] = set()
        self._closed = False
        self._source = make_source()

    def run(self, job: Job) -> Outcome:
        """Run a program to its end. See `Sandbox.run`."""
        check_job(job)
        problem = ""
        for _ in range(_ATTEMPTS):
            try:
                program = self._start(job, keep_stdin_open=False)
                try:
                    return program.finish()
                finally:
                    self._put_back(program)
            except Lost as error:
                problem = str(error)
        raise SandboxBroken(f"the sandbox failed {_ATTEMPTS} times: {problem}")

    def open(self, job: Job) -> Session:
        """Start a program and talk to it. See `Sandbox.open`."""
        check_job(job)
        problem = ""
        for _ in range(_ATTEMPTS):
            try:
                return BoxSession(self._start(job, keep_stdin_open=True), self._put_back)
            except Lost as error:
                problem = str(error)
        raise SandboxBroken(f"the sandbox failed {_ATTEMPTS} times: {problem}")

    def close(self) -> None:
        """Stop its processes; running programs are killed."""
        with self._lock:
            self._closed = True
            for box in self._idle:
                box.close()
            self._idle.clear()
            self._source.close()

    def abandon(self) -> None:
        """In a process that was forked from the pool's: let go of what is the other's."""
        self._closed = True
        for program in self._running:
            program.abandon()
        for box in self._idle:
            box.abandon()
        self._source.abandon()

    def _start(self, job: Job, *, keep_stdin_open: bool) -> RunningProgram:
        box = self._take_box(job)
        try:
            # a process that is forked meanwhile would hold the pipes' ends for ever
            with starting:
                program = RunningProgram(box, job, keep_stdin_open=keep_stdin_open)
                self._running.add(program)
        except BaseException:
            box.close()
            raise
        return program

    def _take_box(self, job: Job) -> Box:
        with self._lock:
            if self._closed:
                raise SandboxBroken("the sandbox is closed")
            while self._idle:
                box = self._idle.pop()  # the last one that was used, whose pages are warm
                if box.is_alive():
                    return box
                box.close()
            if not self._source.is_alive():
                self._source.close()
                self._source = self._make_source()
            source = self._source
        return source.new_box(job)

    def _put_back(self, program: RunningProgram) -> None:
        self._running.discard(program)
        with self._lock:
            serves_again = program.box_is_empty and self._source.boxes_serve_again
            if serves_again and not self._closed and len(self._idle) < _IDLE_BOXES:
                self._idle.append(program.box)
                return
        program.box.close()


class _Starting:
    """A lock that no fork of this process comes between."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        os.register_at_fork(
            before=lambda: self._lock.acquire(),
            after_in_parent=lambda: self._lock.release(),
            after_in_child=lambda: self._lock.release(),
        )

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


starting = _Starting()
