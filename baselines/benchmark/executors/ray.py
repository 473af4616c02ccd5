"""Cells as tasks of a Ray cluster whose machines share the folder of runs."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import RunError
from ...outcome import Failure, not_begun, train_one
from ...stopping import StopRequest
from ...train import TrainRequest
from . import Begun, Died, Ended, Event, Progress


class RayExecutor:
    """A Ray cluster. It is Ray that decides how many cells run at the same time, and where.

    Args:
        address: the cluster's; None starts one on this machine.
        cores: how many cores that one has; a cluster that is there has those it has.

    Raises:
        ImportError: Ray is not installed.
        RunError: there is no cluster at the address.
    """

    has_room = True

    def __init__(self, address: str | None = None, *, cores: int | None = None) -> None:
        self._ray = _connect(address, cores)
        strategies = self._ray.util.scheduling_strategies
        here = strategies.NodeAffinitySchedulingStrategy(self._ray.get_runtime_context().get_node_id(), soft=False)
        self._mailbox = self._ray.remote(_Mailbox).options(num_cpus=0, scheduling_strategy=here).remote()
        # the queue tries cells again, and counts how often; a fresh process for each, as everywhere
        self._train_cell = self._ray.remote(max_retries=0, max_calls=1)(_train_cell)
        self._cells: dict[Any, tuple[int, int]] = {}
        self._starts = 0

    def start(self, cell: int, request: TrainRequest) -> None:
        """Hand a task to Ray, which runs it once some machine has as many cores as the cell has threads."""
        self._starts += 1
        request = replace(request, out=Path(request.out).absolute())  # tasks have a working directory of their own
        task = self._train_cell.options(
            name=request.title, num_cpus=request.recipe.threads, num_gpus=int(request.device.startswith("cuda"))
        )
        reference = task.remote(request, cell, self._starts, self._mailbox)
        self._cells[reference] = (cell, self._starts)

    def wait(self, seconds: float) -> Sequence[Event]:
        """What the tasks have told, and those that have ended."""
        if not self._cells:
            time.sleep(seconds)
            return []
        ended, _ = self._ray.wait(list(self._cells), num_returns=len(self._cells), timeout=seconds)
        starts = {start for _, start in self._cells.values()}
        # the words of a task that is dead to us would be taken for those of its successor
        events: list[Event] = [event for start, event in self._ray.get(self._mailbox.take.remote()) if start in starts]
        return [*events, *(self._end(reference) for reference in ended)]

    def stop(self) -> None:
        """Have every task be asked to stop at its next word, the ones still waiting for a machine at their first."""
        self._ray.get(self._mailbox.stop.remote())

    def close(self) -> None:
        """Leave the cluster, which ends this job's tasks; one that was started here ends too."""
        self._ray.shutdown()

    def _end(self, reference: Any) -> Event:
        cell, _ = self._cells.pop(reference)
        errors = self._ray.exceptions
        try:
            return Ended(cell, self._ray.get(reference))
        except (errors.NodeDiedError, errors.LocalRayletDiedError):
            return Died(cell, "the machine it ran on was lost", lost_machine=True)
        except errors.RayError as error:
            return Died(cell, f"its process died ({type(error).__name__})")


def _connect(address: str | None, cores: int | None) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    import ray.exceptions
    import ray.util.scheduling_strategies

    arguments: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address is None:
        arguments |= {"address": "local", "num_cpus": cores, "include_dashboard": False}
    else:
        arguments["address"] = address
    try:
        ray.init(**arguments)
    except (ConnectionError, ValueError, RuntimeError) as error:
        where = f"the cluster at {address}" if address else "a cluster on this machine"
        raise RunError(f"Ray cannot use {where}: {' '.join(str(error).split())}") from error
    return ray


class _Mailbox:
    """An actor beside the command, which tasks tell how far they are, and which tells them whether to stop."""

    def __init__(self) -> None:
        self._events: list[tuple[int, Event]] = []
        self._stop = False

    def tell(self, start: int, event: Event) -> bool:
        """Take a task's event; whether the task shall stop."""
        self._events.append((start, event))
        return self._stop

    def take(self) -> list[tuple[int, Event]]:
        """The events since the last call."""
        events, self._events = self._events, []
        return events

    def stop(self) -> None:
        """Have every task told to stop."""
        self._stop = True


def _train_cell(request: TrainRequest, cell: int, start: int, mailbox: Any) -> Failure | None:
    """What a task does: train one run and tell its progress; how it ended if it did not finish."""
    import ray
    import ray.exceptions

    from ...quiet import silence_libraries

    silence_libraries()
    stop = StopRequest()

    def tell(event: Event) -> None:
        try:
            if ray.get(mailbox.tell.remote(start, event)):
                stop.request()
        except ray.exceptions.RayError:  # the command is gone: save what there is
            stop.request()

    tell(Begun(cell))
    if stop.requested:
        return not_begun(request)
    return train_one(request, lambda done, total, note: tell(Progress(cell, done, total, note)), stop)
