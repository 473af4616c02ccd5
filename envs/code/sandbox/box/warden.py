"""The first process of a box: starts one program after another, watches it, and ends it with all that it started.

It keeps what a program must not have: the channel on which it reports, and its capabilities within the box, without
which no process of the program could look into it even if the filter let it. It knows of a program what it needs to
watch it, and never reads what the program is or gets, as its memory is what the next program starts with.
"""

from __future__ import annotations

import _signal  # pyright: ignore[reportMissingImports]  (`signal` makes an enumeration of every number: slow)
import contextlib
import os
import resource
import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import NoReturn

from . import kernel
from .job import HEADER, BoxJob, read_job
from .python_program import run_python
from .walls import Walls

READY, RUN, STOP, FAILED = b"B", b"J", b"S", b"E"
"""Messages: a box is ready; run the job that comes with this; end it; something failed, namely."""
REPORT = struct.Struct("<cBidd")
"""The message `R`: why the program was over, its wait status, seconds from start to end, seconds of processor time."""
EXITED, DEADLINE, MEMORY, CROWD, ASKED = range(5)
KEPT = struct.Struct("<IQ")
"""Before the contents of a kept file: which name of the job's it is, and how many bytes follow."""

_WATCH_EVERY_MILLISECONDS = 25
_NO_SUCH_PROGRAM, _NOT_A_PROGRAM = 127, 126
_EVERY_SIGNAL = tuple(_signal.valid_signals())


@dataclass(frozen=True)
class Descriptors:
    """What comes with a job."""

    job: int
    stdin: int
    stdout: int
    stderr: int


class Warden:
    """The life of a box, in a process that was cloned for it.

    Args:
        control: the other end is the caller's; the box ends when that is closed.
        walls: what stands around a program.
    """

    def __init__(self, control: socket.socket, walls: Walls) -> None:
        self._control = control
        self._walls = walls
        self._cpu_seconds = 0.0

    def serve(self) -> NoReturn:
        """Run what is asked for until nobody is there to ask."""
        try:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, _EVERY_SIGNAL)
            _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, _signal.SIGKILL)
            self._walls.build()
            self._control.send(READY)
            while True:
                message, descriptors, _, _ = socket.recv_fds(self._control, 16, 4)
                if not message:
                    break
                if message == RUN:  # a request to stop may have come too late
                    self._run(Descriptors(*descriptors))
                    if not self._walls.serves_again:
                        break
        except BaseException as error:
            self._tell_failure(error)
        finally:
            self._walls.kill_all()
            os._exit(0)

    def _run(self, descriptors: Descriptors) -> None:
        started = time.monotonic()
        program = os.fork()
        if program == 0:
            self._become_program(descriptors)
        for descriptor in (descriptors.stdin, descriptors.stdout, descriptors.stderr):
            os.close(descriptor)
        why = self._watch(program, descriptors.job, started)
        wall = time.monotonic() - started
        self._walls.kill_all()
        status = _wait_for_all(program)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        before, self._cpu_seconds = self._cpu_seconds, used.ru_utime + used.ru_stime
        message = REPORT.pack(b"R", why, status, wall, self._cpu_seconds - before)
        *_, keep = HEADER.unpack(os.pread(descriptors.job, HEADER.size, 0))
        if keep and why == EXITED:
            self._report_with_kept_files(message, descriptors.job)
        else:
            self._control.send(message)
        os.close(descriptors.job)
        self._walls.clear()

    def _become_program(self, descriptors: Descriptors) -> NoReturn:
        try:
            os.setsid()
            for target, descriptor in enumerate((descriptors.stdin, descriptors.stdout, descriptors.stderr)):
                os.dup2(descriptor, target)
            job = read_job(descriptors.job)
            self._walls.enter(job.limits)
            _write_files(job)
            self._walls.close(job.limits)
            _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
        except BaseException as error:
            self._tell_failure(error)
            os._exit(1)
        os.closerange(3, 1 << 30)
        if job.warm:
            run_python(job.argv, self._walls.folder)
        _execute(job.argv)

    def _watch(self, program: int, job: int, started: float) -> int:
        """Wait until the program ends, or must."""
        ended = os.pidfd_open(program)
        try:
            poll = select.poll()
            poll.register(ended, select.POLLIN)
            poll.register(self._control, select.POLLIN)
            ready = poll.poll(_WATCH_EVERY_MILLISECONDS)  # most programs need no more
            if not ready:
                wall_milliseconds, most, processes, _ = HEADER.unpack(os.pread(job, HEADER.size, 0))
                while not ready:
                    if self._walls.tree.memory_bytes(most) > most:
                        return MEMORY
                    if not self._walls.kernel_counts_processes and len(self._walls.tree.pids()) > processes:
                        return CROWD
                    left = wall_milliseconds - 1000 * (time.monotonic() - started)
                    if left <= 0:
                        return DEADLINE
                    ready = poll.poll(min(left + 1, _WATCH_EVERY_MILLISECONDS))
            return EXITED if any(descriptor == ended for descriptor, _ in ready) else ASKED
        finally:
            os.close(ended)

    def _report_with_kept_files(self, message: bytes, job: int) -> None:
        """Report from a child, so that what the files hold does not stay in this process's memory."""
        child = os.fork()
        if child == 0:
            try:
                socket.send_fds(self._control, [message], [_kept_files(read_job(job), self._walls.folder)])
            except BaseException as error:
                self._tell_failure(error)
            finally:
                os._exit(0)
        os.waitpid(child, 0)

    def _tell_failure(self, error: BaseException) -> None:
        with contextlib.suppress(OSError):
            self._control.send(FAILED + f"{type(error).__name__}: {error}".encode(errors="replace")[:4000])


def _write_files(job: BoxJob) -> None:
    for name, content in job.files:
        if "/" in name:
            os.makedirs(os.path.dirname(name), 0o755, exist_ok=True)
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o755)
        _write(descriptor, content)
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _execute(argv: tuple[str, ...]) -> NoReturn:
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ):  # which Python ignores
        _signal.signal(number, _signal.SIG_DFL)
    path, problem, code = _find(argv[0]), "not found", _NO_SUCH_PROGRAM
    if path is not None:
        try:
            os.execv(path, argv)
        except OSError as error:
            problem = os.strerror(error.errno or 0)
            code = _NO_SUCH_PROGRAM if isinstance(error, FileNotFoundError) else _NOT_A_PROGRAM
    os.write(2, f"box: {argv[0]}: {problem}\n".encode(errors="surrogateescape"))
    os._exit(code)


def _find(name: str) -> str | None:
    if "/" in name:
        return name
    for folder in (".", *os.environ["PATH"].split(":")):
        path = f"{folder}/{name}"
        if os.access(path, os.X_OK):
            return path
    return None


def _wait_for_all(program: int) -> int:
    """Wait until no process is left; returns the wait status of `program`."""
    status = 0
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, ended = os.wait()
            if pid == program:
                status = ended
    return status


def _kept_files(job: BoxJob, folder: str) -> int:
    kept = os.memfd_create("kept")
    left = job.limits.folder_bytes
    parent = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    for index, name in enumerate(job.keep):
        content = kernel.read_regular_file(parent, name, left)
        if content is not None:
            left -= len(content)
            _write(kept, KEPT.pack(index, len(content)) + content)
    return kept
