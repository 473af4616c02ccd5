"""Cells in processes of this machine, with pinned threads."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from ...outcome import Failure, train_one
from ...stopping import StopRequest, stop_on_signals
from ...train import TrainRequest
from . import Begun, Died, Ended, Event, Progress

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_STOPPING = (signal.SIGINT, signal.SIGTERM)

ORPHAN_GRACE_S = 5.0
"""How long a process whose parent died has to come to a safe point, before it ends itself where it is."""


@dataclass(slots=True)
class _Worker:
    cell: int
    process: BaseProcess
    connection: Connection
    ended: bool = False


class LocalExecutor:
    """Processes of this machine.

    Args:
        jobs: how many train at the same time.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._workers: dict[Connection, _Worker] = {}
        self._begun: list[Event] = []

    @property
    def has_room(self) -> bool:
        """Whether fewer than `jobs` processes run."""
        return len(self._workers) < self._jobs

    def start(self, cell: int, request: TrainRequest) -> None:
        """Start a process."""
        # a fresh interpreter: torch's threads do not survive a fork, and it reads the number of threads when it loads
        context = multiprocessing.get_context("spawn")
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(request, sending), name=request.title)
        with _pinned_threads(request.recipe.threads), _held_signals():
            process.start()
        sending.close()
        self._workers[receiving] = _Worker(cell, process, receiving)
        self._begun.append(Begun(cell))

    def wait(self, seconds: float) -> list[Event]:
        """What the processes have sent, one message each at most."""
        events, self._begun = self._begun, []
        for ready in wait(list(self._workers), timeout=0 if events else seconds):
            worker = self._workers[ready]  # pyright: ignore[reportArgumentType]  (they are the connections handed in)
            event = self._receive(worker)
            if event is not None:
                events.append(event)
        return events

    def stop(self) -> None:
        """Send the polite kill."""
        for worker in self._workers.values():
            if worker.process.is_alive():
                worker.process.terminate()

    def close(self) -> None:
        """Send the other one."""
        for worker in self._workers.values():
            worker.process.kill()
            worker.process.join()
            worker.connection.close()
        self._workers.clear()

    def _receive(self, worker: _Worker) -> Event | None:
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            worker.connection.close()
            del self._workers[worker.connection]
            return None if worker.ended else Died(worker.cell, _cause_of_death(worker.process.exitcode))
        if isinstance(message, tuple):
            return Progress(worker.cell, *message)
        worker.ended = True
        return Ended(worker.cell, message)


def _cause_of_death(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return f"its process died (exit code {exit_code})"
    name = signal.Signals(-exit_code).name
    guess = "; did the machine run out of memory?" if name == "SIGKILL" else ""
    return f"its process was killed by {name}{guess}"


@contextmanager
def _pinned_threads(threads: int) -> Iterator[None]:
    previous = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(threads)))
    try:
        yield
    finally:
        for name, value in previous.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _held_signals() -> Iterator[None]:
    """Hold Ctrl-C and the polite kill back, also in a process that is started here: its imports take seconds."""
    resource_tracker.ensure_running()  # it lets them through when it starts, which the first process would have it do
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def _work(request: TrainRequest, connection: Connection) -> None:
    """What a process does: train one run and send its progress and its end."""
    from ...quiet import silence_libraries

    silence_libraries()
    # Ctrl-C reaches every process of a terminal; the parent alone decides, and asks with a polite kill
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stop_on_signals(signal.SIGTERM) as stop:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
        threading.Thread(target=_end_with_parent, args=(stop,), daemon=True).start()

        def report(done: int, total: int, note: str) -> None:
            with suppress(OSError):  # the parent has died, and the thread above knows
                connection.send((done, total, note))

        outcome: Failure | None = train_one(request, report, stop)
    with suppress(OSError):  # nobody is left to be told
        connection.send(outcome)
    connection.close()


def _end_with_parent(stop: StopRequest) -> None:
    """Wait until the parent is dead; then leave the run folder soon to whoever resumes the benchmark."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # only ever called in a child
    parent.join()
    stop.request()
    time.sleep(ORPHAN_GRACE_S)
    os._exit(1)  # as safe as a kill -9: the run folder stands that at any moment
