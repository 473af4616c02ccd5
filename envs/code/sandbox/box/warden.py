"""The first process of a box: starts the program, watches it, ends it with all it started, and tells what became of it.

It keeps what the program must not have: the channel on which it reports, and its capabilities within the box, without
which none of the program's processes could look into it even if the filter let them.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from typing import NoReturn

from . import kernel
from .confinement import Confinement, close_descriptors_from
from .filesystem import FOLDER, mount_folder
from .job import BoxJob, read_job
from .python_program import run_python
from .tree import Tree

REPORT = struct.Struct("<cBidd")
"""`R`, why the program was over, its wait status, seconds from start to end, seconds of processor time."""
EXITED, DEADLINE, MEMORY, ASKED = range(4)
KEPT = struct.Struct("<IQ")
"""Before the contents of a kept file: which name of the job's it is, and how many bytes follow."""

_WATCH_EVERY_SECONDS = 0.025
_NO_SUCH_PROGRAM, _NOT_A_PROGRAM = 127, 126


@dataclass(frozen=True)
class Descriptors:
    """What comes with a request."""

    job: int
    stdin: int
    stdout: int
    stderr: int
    report: int


def serve(descriptors: Descriptors, proc: int, confinement: Confinement) -> NoReturn:
    """Run one program in the namespaces that this process has just been cloned into, then exit."""
    report = socket.socket(fileno=descriptors.report)
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        _map_user(proc)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        job = read_job(descriptors.job)
        mount_folder(job.limits.folder_bytes)
        _write_files(job)
        started = time.monotonic()
        program = os.fork()
        if program == 0:
            _become_program(job, descriptors, confinement)
        for descriptor in (descriptors.job, descriptors.stdin, descriptors.stdout, descriptors.stderr):
            os.close(descriptor)
        tree = Tree(proc)
        why = _watch(program, tree, job, report, started + job.limits.wall_milliseconds / 1000)
        status, wall = _end(program, started, why)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        message = REPORT.pack(b"R", why, status, wall, used.ru_utime + used.ru_stime)
        kept = _kept_files(job) if job.keep and why == EXITED else None
        socket.send_fds(report, [message], [] if kept is None else [kept])
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


def _become_program(job: BoxJob, descriptors: Descriptors, confinement: Confinement) -> NoReturn:
    try:
        os.setsid()
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        for target, descriptor in enumerate((descriptors.stdin, descriptors.stdout, descriptors.stderr)):
            os.dup2(descriptor, target)
        confinement.put_on(job.limits)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
    except BaseException as error:
        _tell_failure(descriptors.report, error)
        os._exit(1)
    close_descriptors_from(3)
    if job.warm:
        run_python(job.argv)
    _execute(job.argv)


def _execute(argv: tuple[str, ...]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores
        signal.signal(number, signal.SIG_DFL)
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


def _watch(program: int, tree: Tree, job: BoxJob, report: socket.socket, deadline: float) -> int:
    """Wait until the program ends, or must."""
    poll = select.poll()
    ended = os.pidfd_open(program)
    poll.register(ended, select.POLLIN)
    poll.register(report, select.POLLIN)
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return DEADLINE
            ready = dict(poll.poll(1000 * min(left, _WATCH_EVERY_SECONDS) + 1))
            if ended in ready:
                return EXITED
            if ready:
                return ASKED
            if tree.memory_bytes(job.limits.memory_bytes) > job.limits.memory_bytes:
                return MEMORY
    finally:
        os.close(ended)


def _end(program: int, started: float, why: int) -> tuple[int, float]:
    """Kill what still runs, and wait for all of it. Returns the program's wait status, and how long it ran."""
    wall = time.monotonic() - started
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
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
    folder = os.open(".", os.O_PATH | os.O_CLOEXEC)
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
