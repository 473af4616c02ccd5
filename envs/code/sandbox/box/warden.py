"""The first process of a box: starts the program, watches it, ends it with all it started, and tells what became of it.

It keeps what the program must not have: the channel on which it reports, and its capabilities within the box, without
which none of the program's processes could look into it even if the filter let them.
"""

from __future__ import annotations

import _signal  # pyright: ignore[reportMissingImports]  (`signal` makes an enumeration of every number: slow)
import contextlib
import os
import resource
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass
from typing import NoReturn

from . import kernel
from .confinement import Confinement, close_descriptors_from
from .filesystem import FOLDER, mount_folder
from .job import HEADER, BoxJob, read_job
from .python_program import run_python
from .tree import Tree

REPORT = struct.Struct("<cBidd")
"""`R`, why the program was over, its wait status, seconds from start to end, seconds of processor time."""
EXITED, DEADLINE, MEMORY, ASKED = range(4)
KEPT = struct.Struct("<IQ")
"""Before the contents of a kept file: which name of the job's it is, and how many bytes follow."""

_WATCH_EVERY_MILLISECONDS = 25
_NO_SUCH_PROGRAM, _NOT_A_PROGRAM = 127, 126
_EVERY_SIGNAL = tuple(_signal.valid_signals())


@dataclass(frozen=True)
class Descriptors:
    """What comes with a request."""

    job: int
    stdin: int
    stdout: int
    stderr: int
    report: int


def serve(descriptors: Descriptors, proc: int, confinement: Confinement) -> NoReturn:
    """Run one program in the namespaces that this process has just been cloned into, then exit.

    The child does all that can be left to it: every page that two processes write to is copied, and that is most of
    what a short program costs.
    """
    try:
        _signal.pthread_sigmask(_signal.SIG_SETMASK, _EVERY_SIGNAL)
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, _signal.SIGKILL)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        started = time.monotonic()
        program = os.fork()
        if program == 0:
            _become_program(descriptors, proc, confinement)
        for descriptor in (descriptors.stdin, descriptors.stdout, descriptors.stderr):
            os.close(descriptor)
        why = _watch(program, proc, descriptors, started)
        status, wall = _end(program, started)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        message = REPORT.pack(b"R", why, status, wall, used.ru_utime + used.ru_stime)
        _, _, keep = HEADER.unpack(os.pread(descriptors.job, HEADER.size, 0))
        kept = [_kept_files(read_job(descriptors.job))] if keep and why == EXITED else []
        with socket.socket(fileno=descriptors.report) as report:
            socket.send_fds(report, [message], kept)
    except BaseException as error:
        _tell_failure(descriptors.report, error)
    finally:
        os._exit(0)


def _map_user(proc: int) -> None:
    """Become the user that the box knows, who is the user outside."""
    for name, text in (("setgroups", "deny"), ("gid_map", f"1000 {_OUTER[1]} 1"), ("uid_map", f"1000 {_OUTER[0]} 1")):
        descriptor = os.open(f"self/{name}", os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        os.write(descriptor, text.encode())
        os.close(descriptor)


def _write_files(job: BoxJob) -> None:
    for name, content in job.files:
        if "/" in name:
            os.makedirs(os.path.dirname(name), 0o755, exist_ok=True)
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o755)
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.close(descriptor)


def _become_program(descriptors: Descriptors, proc: int, confinement: Confinement) -> NoReturn:
    try:
        os.setsid()
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        _map_user(proc)
        for target, descriptor in enumerate((descriptors.stdin, descriptors.stdout, descriptors.stderr)):
            os.dup2(descriptor, target)
        job = read_job(descriptors.job)
        mount_folder(job.limits.folder_bytes)
        _write_files(job)
        confinement.put_on(job.limits)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
    except BaseException as error:
        _tell_failure(descriptors.report, error)
        os._exit(1)
    close_descriptors_from(3)
    if job.warm:
        run_python(job.argv)
    _execute(job.argv)


def _execute(argv: tuple[str, ...]) -> NoReturn:
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ):  # which Python ignores
        _signal.signal(number, _signal.SIG_DFL)
    path, problem = _find(argv[0]), "not found"
    code = _NO_SUCH_PROGRAM
    if path is not None:
        try:
            os.execv(path, argv)
        except OSError as error:
            problem = os.strerror(error.errno or 0)
            code = _NO_SUCH_PROGRAM if isinstance(error, FileNotFoundError) else _NOT_A_PROGRAM
    os.write(2, f"box: {argv[0]}: {problem}\n".encode(errors="surrogateescape"))
    os._exit(code)


def _find(name: str) -> str | None:
    if "/" in name or os.path.lexists(name):
        return os.path.join(FOLDER, name)
    for folder in os.environ["PATH"].split(":"):
        path = f"{folder}/{name}"
        if os.access(path, os.X_OK):
            return path
    return None


def _watch(program: int, proc: int, descriptors: Descriptors, started: float) -> int:
    """Wait until the program ends, or must."""
    ended = os.pidfd_open(program)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(descriptors.report, select.POLLIN)
    ready = poll.poll(_WATCH_EVERY_MILLISECONDS)  # most programs need no more
    if not ready:
        wall_milliseconds, most, _ = HEADER.unpack(os.pread(descriptors.job, HEADER.size, 0))
        tree = Tree(proc)
        while not ready:
            if tree.memory_bytes(most) > most:
                return MEMORY
            left = wall_milliseconds - 1000 * (time.monotonic() - started)
            if left <= 0:
                return DEADLINE
            ready = poll.poll(min(left + 1, _WATCH_EVERY_MILLISECONDS))
    return EXITED if any(descriptor == ended for descriptor, _ in ready) else ASKED


def _end(program: int, started: float) -> tuple[int, float]:
    """Kill what still runs, and wait for all of it. Returns the program's wait status, and how long it ran."""
    wall = time.monotonic() - started
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, _signal.SIGKILL)
    status = 0
    while True:
        try:
            pid, ended = os.wait()
        except ChildProcessError:
            return status, wall
        if pid == program:
            status = ended


def _kept_files(job: BoxJob) -> int:
    kept = os.memfd_create("kept")
    left = job.limits.folder_bytes
    folder = os.open(FOLDER, os.O_PATH | os.O_CLOEXEC)
    for index, name in enumerate(job.keep):
        content = kernel.read_regular_file(folder, name, left)
        if content is not None:
            left -= len(content)
            view = memoryview(KEPT.pack(index, len(content)) + content)
            while view:
                view = view[os.write(kept, view) :]
    return kept


def _tell_failure(report: int, error: BaseException) -> None:
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(report)) as channel:
        channel.send(b"E" + f"{type(error).__name__}: {error}".encode(errors="replace")[:4000])


_OUTER = (os.getuid(), os.getgid())


def remember_outer_user() -> None:
    """Take down who this process is outside of the boxes to come."""
    global _OUTER
    _OUTER = (os.getuid(), os.getgid())


assert sys.platform == "linux"
