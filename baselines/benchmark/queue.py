"""The queue of cells: what is started when, and what becomes of those whose process died."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..outcome import Failure, not_begun
from ..runs import RunFolder
from ..stopping import StopRequest
from ..train import TrainRequest
from .executors import Died, Ended, Event, Executor

DEATHS = 2
"""How often the process of a cell may die before the cell has failed; machines that are lost are not counted."""

LOCK_PATIENCE_S = 30.0
"""How long a cell waits for another process to leave its folder: one that a killed benchmark left behind, say."""

_TICK_S = 0.2


def run_queue(requests: Sequence[TrainRequest], executor: Executor, stop: StopRequest) -> Iterator[Event]:
    """Train cells on an executor; whoever made the executor closes it.

    Args:
        requests: the cells, started in this order; one whose folder another process writes lets others go first.
        executor: where they are trained.
        stop: once requested, running cells stop at their next safe point and no other one begins.

    Returns:
        What happens, as it happens. Every cell comes to exactly one `Ended`; a `Died` before it means that the cell is
        tried again.
    """
    return _Queue(requests, executor, stop).run()


class _Queue:
    def __init__(self, requests: Sequence[TrainRequest], executor: Executor, stop: StopRequest) -> None:
        self._requests = list(requests)
        self._executor = executor
        self._stop = stop
        self._waiting = deque(range(len(requests)))
        self._running: set[int] = set()
        self._deaths: Counter[int] = Counter()
        self._locked_since: dict[int, float] = {}

    def run(self) -> Iterator[Event]:
        told = False
        while self._running or (self._waiting and not self._stop.requested):
            if self._stop.requested and not told:
                told = True
                self._executor.stop()
            if not self._stop.requested:
                yield from self._start_cells()
            for event in self._executor.wait(_TICK_S):
                yield from self._take(event)
        for cell in self._waiting:
            yield Ended(cell, not_begun(self._requests[cell]))

    def _start_cells(self) -> Iterator[Event]:
        """Start what there is room for; cells whose folder stays locked have failed."""
        for cell in list(self._waiting):
            if not self._executor.has_room:
                return
            request = self._requests[cell]
            if RunFolder(request.path).locked:
                since = self._locked_since.setdefault(cell, time.monotonic())
                if time.monotonic() - since > LOCK_PATIENCE_S:
                    self._waiting.remove(cell)
                    yield Ended(cell, _locked(request))
                continue
            self._waiting.remove(cell)
            self._locked_since.pop(cell, None)
            self._running.add(cell)
            self._executor.start(cell, request)
            # what was put aside is out of the way: a second try goes on with what the first one left
            self._requests[cell] = replace(request, force=False)

    def _take(self, event: Event) -> Iterator[Event]:
        if isinstance(event, Ended | Died):
            self._running.discard(event.cell)
        if isinstance(event, Died) and self._stop.requested:
            yield Ended(event.cell, Failure(self._requests[event.cell].title, event.reason, interrupted=True))
            return
        if isinstance(event, Died):
            self._deaths[event.cell] += not event.lost_machine
            if self._deaths[event.cell] >= DEATHS:
                yield Ended(event.cell, Failure(self._requests[event.cell].title, f"{event.reason}, {DEATHS} times"))
                return
            self._waiting.appendleft(event.cell)
        yield event


def _locked(request: TrainRequest) -> Failure:
    return Failure(request.title, f"{request.path} is being written by another process: wait for it, or stop it")
