"""Runs very many programs of all kinds in the sandbox, and looks for what they leave behind."""

from __future__ import annotations

import dataclasses
import gc
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ..envs.code.sandbox import PYTHON, ExitReason, Job, Limits, Sandbox
from .process_tree import descendants, descriptors, memory_bytes, mounts

_PATIENT = Limits(wall_seconds=120.0, stdout_bytes=1 << 16)  # the machine may be busy
_HASTY = Limits(wall_seconds=0.05)
_MEMORY_MARGIN = 4 << 20  # by which memory of a process that leaks nothing may differ
_WAITING = 200  # programs at most that wait for their turn
_SETTLING_SECONDS = 10.0  # that processes which are killed have to be gone


@dataclass(frozen=True, slots=True)
class Case:
    """A program, and how it ends.

    Attributes:
        source: in Python, or in the shell's language where it begins with `#!`.
        reason: how it ends.
        share: how many of a hundred programs are this one.
        limits: what it may use.
    """

    source: str
    reason: ExitReason
    share: int
    limits: Limits = _PATIENT

    def job(self) -> Job:
        """What the sandbox is asked for."""
        name = "main.sh" if self.source.startswith("#!") else "main.py"
        argv = ("./main.sh",) if name == "main.sh" else (PYTHON, name)
        return Job(argv=argv, files={name: self.source.encode()}, stdin=b"7\n", limits=self.limits, keep=("kept",))


_FILES = "import os; os.makedirs('a/b'); open('a/b/c', 'w').write('x'); open('kept', 'w').write('y' * 5000)"
_CHILDREN = "import os\nfor _ in range(3):\n    if not os.fork(): os._exit(0)\nos.wait()"
_DAEMON = """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork(): time.sleep(600)
    os._exit(0)
os.wait()
"""
_MANY_ERRORS = "import sys, threading\nthreading.Thread(target=sys.stderr.write, args=('x' * 200_000,)).start()"

CASES = (
    Case("print(int(input()) ** 2)", ExitReason.OK, 55),
    Case(_FILES, ExitReason.OK, 6),
    Case("#!/bin/sh\nread n; echo $((n * n)) | cat > kept", ExitReason.OK, 4),
    Case("raise ValueError(input())", ExitReason.NON_ZERO, 8),
    Case("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", ExitReason.SIGNAL, 4),
    Case(_CHILDREN, ExitReason.OK, 8),
    Case(_DAEMON, ExitReason.OK, 6),
    Case("print('x' * 100_000)", ExitReason.OUTPUT, 4),
    Case(_MANY_ERRORS, ExitReason.OK, 3),
    Case("import time; time.sleep(600)", ExitReason.TIMEOUT, 1, _HASTY),
    Case("import os\nos.fork()\nwhile True: pass", ExitReason.TIMEOUT, 1, _HASTY),
)
"""A hundred programs."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is held at a moment, while no program runs.

    Attributes:
        processes: that this one started, and those that they started.
        descriptors: of this process.
        sandbox_descriptors: of the processes it started.
        mounts: that all of them see.
        temporary_files: in the folder for temporary files.
        memory: bytes, of this process.
        sandbox_memory: bytes, of the processes it started.
    """

    processes: int
    descriptors: int
    sandbox_descriptors: int
    mounts: int
    temporary_files: int
    memory: int
    sandbox_memory: int


@dataclass(frozen=True, slots=True)
class Sample:
    """How it stands after so many programs.

    Attributes:
        programs: how many have run.
        seconds: how long they took.
        usage: what is held.
    """

    programs: int
    seconds: float
    usage: Usage


@dataclass(frozen=True, slots=True)
class Soak:
    """What a soak found.

    Attributes:
        before: what was held when there was no sandbox yet.
        samples: the first one when it was warm, the last one at the end.
        after: what was held when it was closed.
        surprises: ends of programs that were not theirs, and how often.
    """

    before: Usage
    samples: Sequence[Sample]
    after: Usage
    surprises: Counter[str]

    def leaks(self) -> list[str]:
        """What was left behind, in words; empty where nothing was."""
        first, last = self.samples[0].usage, self.samples[-1].usage
        return [
            *(f"{words} while it ran" for words in growth(first, last)),
            *(
                f"{words} after it was closed"
                for words in growth(without_memory(self.before), without_memory(self.after))
            ),
        ]


def growth(before: Usage, after: Usage) -> list[str]:
    """What there is more of, in words. Memory may differ a little."""
    words = []
    for field in dataclasses.fields(Usage):
        first, last = getattr(before, field.name), getattr(after, field.name)
        name = field.name.replace("_", " ")
        if "memory" not in field.name and last > first:
            words.append(f"{name} grew from {first} to {last}")
        elif "memory" in field.name and last > first + _MEMORY_MARGIN:
            words.append(f"{name} grew from {first / 1e6:.1f} to {last / 1e6:.1f} MB")
    return words


def without_memory(usage: Usage) -> Usage:
    """The same with no memory: what a process has used once it does not give back to the system."""
    return dataclasses.replace(usage, memory=0, sandbox_memory=0)


def measure_usage(most_processes: int | None = None) -> Usage:
    """What is held now.

    Args:
        most_processes: how many there should be, which killed ones are given time for.
    """
    gc.collect()
    until = time.monotonic() + _SETTLING_SECONDS
    while len(pids := descendants()) > (len(pids) if most_processes is None else most_processes):
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return Usage(
        processes=len(pids),
        descriptors=descriptors("self"),
        sandbox_descriptors=sum(map(descriptors, pids)),
        mounts=mounts("self") + sum(map(mounts, pids)),
        temporary_files=len(os.listdir(tempfile.gettempdir())),
        memory=memory_bytes("self"),
        sandbox_memory=sum(map(memory_bytes, pids)),
    )


def soak(
    make: Callable[[], Sandbox],
    *,
    programs: int,
    threads: int,
    samples: int = 10,
    on_sample: Callable[[Sample], None] = lambda sample: None,
) -> Soak:
    """Run programs of all `CASES` and some sessions, and measure in between, while none runs.

    Args:
        make: makes the sandbox, which is closed at the end.
        programs: how many.
        threads: how many run at a time.
        samples: how often is measured, beside the beginning.
        on_sample: told every measurement.
    """
    places = range(100)
    mixture = [case for place in places for case in CASES if place * case.share % 100 < case.share]  # evenly spread
    surprises: Counter[str] = Counter()

    def run(number: int) -> None:
        case = mixture[number % len(mixture)]
        outcome = sandbox.run(case.job())
        if outcome.reason is not case.reason:
            surprises[f"{case.source!r} ended with {outcome.reason.value!r} ({outcome.detail})"] += 1

    with _own_temporary_folder(), ThreadPoolExecutor(threads) as executor:
        before = measure_usage()
        sandbox = make()
        try:
            _run_all(run, range(len(mixture)), executor)  # until all is warm
            surprises.clear()
            taken: list[Sample] = []
            started, done = time.perf_counter(), 0
            for number in range(samples + 1):
                _run_all(run, range(done, end := programs * number // samples), executor)
                done, seconds = end, time.perf_counter() - started
                _have_boxes_wait(sandbox, threads)
                usage = measure_usage(taken[0].usage.processes if taken else None)
                taken.append(Sample(done, seconds, usage))
                on_sample(taken[-1])
        finally:
            sandbox.close()
        return Soak(before, taken, measure_usage(before.processes), surprises)


def _run_all(run: Callable[[int], None], numbers: range, executor: ThreadPoolExecutor) -> None:
    """Run what the numbers stand for, few at once: what waits takes memory that would look like a leak."""
    for start in range(0, len(numbers), _WAITING):
        list(executor.map(run, numbers[start : start + _WAITING]))


def _have_boxes_wait(sandbox: Sandbox, threads: int) -> None:
    """Run so many programs at the same time that as many empty boxes are kept as ever are."""
    with ExitStack() as sessions:
        for _ in range(threads):
            session = sessions.enter_context(sandbox.open(Job(argv=("cat",), limits=_PATIENT)))
            session.send(b"x\n")
            if session.read_line(_PATIENT.wall_seconds) != b"x":
                raise RuntimeError("a session did not answer")


@contextmanager
def _own_temporary_folder() -> Iterator[None]:
    """A folder for temporary files that no other process writes to."""
    usual = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="palaestra-soak-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = usual
