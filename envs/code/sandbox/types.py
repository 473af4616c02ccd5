"""What a sandbox is given, what it gives back, and what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, Self

PYTHON = "python"
"""As `argv[0]`: the warm interpreter, which has started already and runs the file that `argv[1]` names."""


class SandboxUnavailable(RuntimeError):
    """A primitive that the isolation asked for is missing here; the message names it and what would do."""


class SandboxBroken(RuntimeError):
    """The sandbox itself failed; nothing is known of the program. A grader answers `grader_error`."""


class ExitReason(StrEnum):
    """How a program ended.

    `MEMORY` is for a program whose processes together were found to use too much, which is looked for every 25 ms. One
    that asks for more address space than a process may have is told so, and what comes of it is its own doing: an
    uncaught `MemoryError` is `NON_ZERO`. `TIMEOUT` is for the wall clock and for processor time, `REFUSED` for a
    system call of a foreign ABI; other forbidden calls fail, and the program goes on. When its first process ends, a
    program is over, and what it left running is killed.
    """

    OK = "ok"
    NON_ZERO = "non-zero"
    SIGNAL = "signal"
    TIMEOUT = "time-out"
    MEMORY = "memory"
    OUTPUT = "output cap"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may use. Everything counts for all of its processes together unless said otherwise.

    Attributes:
        wall_seconds: until it is killed, however little it computed.
        cpu_seconds: of processor time, for each process; the kernel counts whole seconds, rounded up.
        memory_bytes: of memory in use. What lies in the folder is counted by `folder_bytes`.
        address_space: whether `memory_bytes` also bounds the address space of each process, which stops a greedy
            process at once but not runtimes that reserve far more than they use (node, Go).
        stdout_bytes: of standard output; one byte more and it is killed.
        stderr_bytes: of standard error; the rest is dropped.
        folder_bytes: in its private folder.
        processes: processes and threads at a time.
        open_files: descriptors, for each process.
    """

    wall_seconds: float = 10.0
    cpu_seconds: float = 2.0
    memory_bytes: int = 512 << 20
    address_space: bool = True
    stdout_bytes: int = 1 << 20
    stderr_bytes: int = 64 << 10
    folder_bytes: int = 64 << 20
    processes: int = 32
    open_files: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A program to run, with all it may see.

    Attributes:
        argv: the program and its arguments; `PYTHON` first is the warm interpreter. Relative names are in the folder;
            one without a slash that is not there is looked for among the system's programs. What cannot be run ends
            with the exit status that a shell would give it: 127 where it is missing, 126 where it is no program.
        files: what lies in its private folder, the working directory, when it starts; all are executable. Names are
            relative and may hold folders (`pkg/main.py`).
        stdin: what it reads.
        limits: what it may use.
        keep: names of files in the folder to give back, where they are there in the end (a compiler's output).
    """

    argv: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    limits: Limits = field(default_factory=Limits)
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a program; its whole process tree is gone by then.

    Attributes:
        reason: how it ended.
        code: the exit status (`OK`: 0, `NON_ZERO`), the number of the signal (`SIGNAL`), else None.
        stdout: what it printed, up to the limit.
        stderr: likewise.
        kept: contents of the files of `Job.keep` that were there.
        wall_seconds: from start to end.
        cpu_seconds: processor time of all its processes.
        detail: one line for a person, without times or process ids: the same program gives the same line.
    """

    reason: ExitReason
    code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    detail: str = ""


class Session(Protocol):
    """A program that runs on while one talks to it. `Limits.wall_seconds` holds for the whole of it."""

    def send(self, data: bytes) -> None:
        """Write to its standard input.

        Raises:
            BrokenPipeError: it has ended, or does not read.
        """
        ...

    def read_line(self, timeout: float) -> bytes | None:
        """The next line of its standard output without the line end; None where none came in time.

        Raises:
            EOFError: it has ended, or printed more than a line or all lines may hold.
        """
        ...

    def close(self) -> Outcome:
        """Kill what still runs, and say what became of it; what was not read yet is in `stdout`.

        A program that still ran has ended with `SIGNAL` 9. A second call says the same.

        Raises:
            SandboxBroken: the sandbox failed.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Sandbox(Protocol):
    """Runs programs nobody trusts. May be used from many threads at once.

    Attributes:
        isolation: its name.
    """

    isolation: str

    def run(self, job: Job) -> Outcome:
        """Run a program to its end.

        Raises:
            ValueError: the job cannot be meant: no `argv`, a file name that leaves the folder.
            SandboxBroken: the sandbox failed, twice.
        """
        ...

    def open(self, job: Job) -> Session:
        """Start a program and talk to it; `Job.stdin` is sent first, and its standard input stays open.

        Raises:
            ValueError: as in `run`.
            SandboxBroken: the sandbox failed.
        """
        ...

    def close(self) -> None:
        """Stop its processes; running programs are killed."""
        ...
