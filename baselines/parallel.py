"""Train several runs, in turn or in processes of their own; one that fails takes no other with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from .benchmark.executors import Ended, Progress
from .benchmark.executors.local import LocalExecutor
from .benchmark.queue import run_queue
from .outcome import Failure, not_begun, train_one
from .progress import ProgressSink
from .stopping import StopRequest
from .train import TrainRequest


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
        failure = not_begun(request) if interrupted else train_one(request, sink, stop)
        if failure is not None:
            failures.append(failure)
    return failures


def train_in_processes(
    requests: Sequence[TrainRequest], sinks: Sequence[ProgressSink], *, jobs: int, stop: StopRequest
) -> list[Failure]:
    """Train runs side by side; one whose process dies is tried once more.

    Args:
        requests: the runs.
        sinks: one for each, told its progress.
        jobs: how many run at the same time.
        stop: once requested, running ones stop at their next safe point and no other one begins.

    Returns:
        The runs that did not finish.
    """
    failures: list[Failure] = []
    with closing(LocalExecutor(jobs)) as executor:
        for event in run_queue(requests, executor, stop):
            if isinstance(event, Progress):
                sinks[event.cell](event.done, event.total, event.note)
            elif isinstance(event, Ended) and event.failure is not None:
                failures.append(event.failure)
    return failures
