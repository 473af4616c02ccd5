"""How many programs a second the sandbox runs, beside other ways to run them."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..envs.code.sandbox import PYTHON, Job, Limits, Sandbox
from .process_tree import descendants, processor_seconds

PROGRAM = "print(sum(number * number for number in range(100)))"
"""A short program, which every contender runs again and again."""
_PRINTS = b"328350\n"
_INTERPRETER = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
_FRESH = (_INTERPRETER, "-I", "-S", "-c")
_FORK_LOOP = """
import os, sys, time
until = time.perf_counter() + float(sys.argv[1])
latencies = []
while not latencies or time.perf_counter() < until:
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    latencies.append(time.perf_counter() - started)
print(latencies)
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a contender did in one turn.

    Attributes:
        latencies: seconds from the request to the outcome, of every program.
        seconds: how long the turn took.
        processor_seconds: of this process and of all that it started; `bwrap` does not tell those of its programs.
    """

    latencies: Sequence[float]
    seconds: float
    processor_seconds: float

    @property
    def rate(self) -> float:
        """Programs a second."""
        return len(self.latencies) / self.seconds


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to run programs.

    Attributes:
        name: what it is.
        threads: how many programs run at a time.
        take_turn: runs programs for so many seconds, and one at least.
    """

    name: str
    threads: int
    take_turn: Callable[[float], Turn]


def sandboxed(sandbox: Sandbox, name: str, threads: int) -> Contender:
    """The sandbox, which many threads ask."""
    job = Job(argv=(PYTHON, "main.py"), files={"main.py": PROGRAM.encode()}, limits=Limits(wall_seconds=60.0))
    return Contender(name, threads, _in_threads(lambda: sandbox.run(job).stdout, threads))


def fresh_interpreter(name: str, threads: int) -> Contender:
    """A new interpreter for every program, and no isolation."""
    return Contender(name, threads, _in_threads(lambda: _output([*_FRESH, PROGRAM]), threads))


def fresh_interpreter_in_bubblewrap(name: str, threads: int) -> Contender | None:
    """A new interpreter for every program, in the namespaces that `bwrap` makes; None where there is no `bwrap`.

    It has neither Landlock nor a filter of system calls nor limits.
    """
    command = shutil.which("bwrap")
    if command is None:
        return None
    shown = [path for path in ("/usr", "/bin", "/lib", "/lib64") if os.path.exists(path)]
    binds = [part for path in (*shown, sys.base_prefix) for part in ("--ro-bind", path, path)]
    arguments = [command, "--unshare-all", *binds, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--"]
    return Contender(name, threads, _in_threads(lambda: _output([*arguments, *_FRESH, PROGRAM]), threads))


def bare_forks(name: str, threads: int) -> Contender:
    """Small interpreters that fork, each for itself, children that exit: no way to run a program is faster."""

    def take_turn(seconds: float) -> Turn:
        before, started = _all_processor_seconds(), time.perf_counter()
        command = [*_FRESH, _FORK_LOOP, str(seconds)]
        with ThreadPoolExecutor(threads) as executor:
            outputs = list(executor.map(lambda _: _output(command), range(threads)))
        latencies = [latency for output in outputs for latency in json.loads(output)]
        used = _all_processor_seconds() - before
        return Turn(latencies, min(seconds, time.perf_counter() - started), used)

    return Contender(name, threads, take_turn)


def take_turns(
    contenders: Sequence[Contender], *, rounds: int, seconds: float, progress: Callable[[int], None]
) -> dict[Contender, list[Turn]]:
    """Have all take turns, so that what else the machine does befalls all of them.

    Args:
        contenders: who.
        rounds: how many turns each takes.
        seconds: how long a turn takes.
        progress: told how many turns were taken.
    """
    turns: dict[Contender, list[Turn]] = {contender: [] for contender in contenders}
    for contender in contenders:  # what starts first starts now
        contender.take_turn(0.0)
    for number in range(rounds):
        for place, contender in enumerate(contenders):
            turns[contender].append(contender.take_turn(seconds))
            progress(number * len(contenders) + place + 1)
    return turns


def ratios(turns: Sequence[Turn], others: Sequence[Turn]) -> list[float]:
    """How many times as many programs a second as another in the same round, for every round."""
    return [turn.rate / other.rate for turn, other in zip(turns, others, strict=True)]


def _in_threads(run: Callable[[], bytes], threads: int) -> Callable[[float], Turn]:
    def run_until(until: float) -> list[float]:
        latencies: list[float] = []
        while (started := time.perf_counter()) < until or not latencies:
            output = run()
            latencies.append(time.perf_counter() - started)
            if output != _PRINTS:
                raise RuntimeError(f"a program printed {output!r} instead of {_PRINTS!r}")
        return latencies

    def take_turn(seconds: float) -> Turn:
        with ThreadPoolExecutor(threads) as executor:
            before, started = _all_processor_seconds(), time.perf_counter()
            futures = [executor.submit(run_until, started + seconds) for _ in range(threads)]
            latencies = [latency for future in futures for latency in future.result()]
            return Turn(latencies, time.perf_counter() - started, _all_processor_seconds() - before)

    return take_turn


def _output(command: Sequence[str]) -> bytes:
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout


def _all_processor_seconds() -> float:
    ended = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return ended + sum(processor_seconds(pid) for pid in descendants())
