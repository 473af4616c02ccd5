"""Train several runs, in turn or in processes of their own; one that fails takes no other with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from .errors import RunError, RunInterrupted, UsageError, os_error_line
from .progress import ProgressSink
from .stopping import StopRequest, stop_on_signals
from .train import TrainRequest, train

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Failure:
    """How a run ended that did not finish.

    Attributes:
        title: the run.
        message: one line for a person.
        usage: whether what was asked for does not fit, rather than something having failed.
        interrupted: whether it was stopped and can go on.
        traceback: where the error came from; empty for those that explain themselves.
    """

    title: str
    message: str
    usage: bool = False
    interrupted: bool = False
    traceback: str = ""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    index: int
    ended: bool = False


def train_one(request: TrainRequest, sink: ProgressSink, stop: StopRequest) -> Failure | None:
    """Train one run; how it ended if it did not finish, so that its failure takes no other run with it."""
    try:
        train(request, sink, stop)
    except RunInterrupted as error:
        return Failure(request.title, str(error), interrupted=True)
    except UsageError as error:
        return Failure(request.title, str(error), usage=True)
    except RunError as error:
        return Failure(request.title, str(error))
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            return Failure(request.title, os_error_line(error))
        message = f"{type(error).__name__}: {' '.join(str(error).split())} (--debug shows the traceback)"
        return Failure(request.title, message, traceback=traceback.format_exc())
    return None


def train_in_turn(requests: Sequence[TrainRequest], sinks: Sequence[ProgressSink], stop: StopRequest) -> list[Failure]:
    """Train runs one after the other in this process.

    Args:
        requests: the runs.
        sinks: one for each, told its progress.
        stop: once requested, the running one stops at its next safe point and no other one begins.

    Returns:
        The runs that did not finish.
    """
    failures: list[Failure] = []
    for request, sink in zip(requests, sinks, strict=True):
        interrupted = stop.requested or any(failure.interrupted for failure in failures)
        failure = _not_begun(request) if interrupted else train_one(request, sink, stop)
        if failure is not None:
            failures.append(failure)
    return failures


def train_in_processes(
    requests: Sequence[TrainRequest], sinks: Sequence[ProgressSink], *, jobs: int, stop: StopRequest
) -> list[Failure]:
    """Train runs side by side.

    Args:
        requests: the runs.
        sinks: one for each, told its progress.
        jobs: how many run at the same time.
        stop: once requested, running ones stop at their next safe point and no other one begins.

    Returns:
        The runs that did not finish.
    """
    waiting = list(enumerate(requests))
    workers: dict[Connection, _Worker] = {}
    failures: list[Failure] = []
    told = False
    try:
        while workers or (waiting and not stop.requested):
            while waiting and len(workers) < jobs and not stop.requested:
                index, request = waiting.pop(0)
                worker = _start(index, request)
                workers[worker.connection] = worker
            if stop.requested and not told:
                told = True
                for worker in workers.values():
                    _terminate(worker)
            for ready in wait(list(workers), timeout=0.2):
                worker = workers[ready]  # pyright: ignore[reportArgumentType]  (they are the connections handed in)
                try:
                    message = worker.connection.recv()
                except (EOFError, OSError):
                    worker.process.join()
                    del workers[worker.connection]
                    if not worker.ended:
                        code = worker.process.exitcode
                        failures.append(Failure(requests[worker.index].title, f"its process died (exit code {code})"))
                    continue
                if isinstance(message, tuple):
                    sinks[worker.index](*message)
                    continue
                worker.ended = True
                if isinstance(message, Failure):
                    failures.append(message)
    finally:
        for worker in workers.values():
            worker.process.kill()
            worker.process.join()
    return failures + [_not_begun(request) for _, request in waiting]


def _not_begun(request: TrainRequest) -> Failure:
    return Failure(request.title, "was not begun", interrupted=True)


def _start(index: int, request: TrainRequest) -> _Worker:
    # a fresh interpreter: torch's threads do not survive a fork, and it reads the number of threads when it loads
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(request, sending), name=request.title)
    with _pinned_threads(request.recipe.threads):
        process.start()
    sending.close()
    return _Worker(process, receiving, index)


def _terminate(worker: _Worker) -> None:
    if worker.process.is_alive():
        worker.process.terminate()


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


def _work(request: TrainRequest, connection: Connection) -> None:
    """What a process does: train one run and send its progress and its end."""
    from .quiet import silence_libraries

    silence_libraries()
    # Ctrl-C reaches every process of a terminal; the parent alone decides, and asks with a polite kill
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stop_on_signals(signal.SIGTERM) as stop:

        def report(done: int, total: int, note: str) -> None:
            try:
                connection.send((done, total, note))
            except OSError:  # the parent has died: save what there is
                stop.request()

        outcome = train_one(request, report, stop)
    with suppress(OSError):  # nobody is left to be told
        connection.send(outcome)
    connection.close()
