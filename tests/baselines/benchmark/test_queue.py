from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import pytest

from palaestra.baselines.benchmark import queue
from palaestra.baselines.benchmark.executors import Begun, Died, Ended, Event, Progress
from palaestra.baselines.benchmark.queue import run_queue
from palaestra.baselines.outcome import Failure
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest


class ScriptedExecutor:
    """Ends every cell as the script says: one event for each time the cell is started; finished where there is none."""

    def __init__(self, room: int, **script: Sequence[Event]) -> None:
        self.room = room
        self.script = {int(cell.removeprefix("cell_")): deque(events) for cell, events in script.items()}
        self.running: list[int] = []
        self.started: list[int] = []
        self.forced: list[bool] = []
        self.most_running = 0
        self.stopped = False

    @property
    def has_room(self) -> bool:
        return len(self.running) < self.room

    def start(self, cell, request):
        self.running.append(cell)
        self.started.append(cell)
        self.forced.append(request.force)
        self.most_running = max(self.most_running, len(self.running))

    def wait(self, seconds):
        events: list[Event] = []
        if self.running:
            cell = self.running.pop(0)
            events = [Begun(cell), Progress(cell, 1, 1, ""), self._end(cell)]
        return events

    def _end(self, cell):
        if self.stopped:
            return Ended(cell, Failure("", "stopped", interrupted=True))
        events = self.script.get(cell)
        return events.popleft() if events else Ended(cell, None)

    def stop(self):
        self.stopped = True

    def close(self):
        pass


def ends(events):
    """How each cell ended, and that it ended once."""
    ended = [event for event in events if isinstance(event, Ended)]
    assert len({event.cell for event in ended}) == len(ended)
    return {event.cell: event.failure.message if event.failure else "finished" for event in ended}


def test_every_cell_is_started_in_order_and_no_more_at_once_than_there_is_room_for(cells):
    executor = ScriptedExecutor(room=2)
    events = run_queue(cells(0, 1, 2, 3, 4), executor, StopRequest())
    assert ends(events) == dict.fromkeys(range(5), "finished")
    assert executor.started == [0, 1, 2, 3, 4]
    assert executor.most_running == 2


def test_a_failure_takes_no_other_cell_with_it_and_is_not_tried_again(cells):
    executor = ScriptedExecutor(room=1, cell_1=[Ended(1, Failure("", "oops"))])
    assert ends(run_queue(cells(0, 1, 2), executor, StopRequest())) == {0: "finished", 1: "oops", 2: "finished"}
    assert executor.started == [0, 1, 2]


def test_a_cell_whose_process_died_is_tried_once_more(cells):
    executor = ScriptedExecutor(room=1, cell_0=[Died(0, "killed")], cell_1=[Died(1, "killed"), Died(1, "killed")])
    assert ends(run_queue(cells(0, 1, 2), executor, StopRequest())) == {
        0: "finished",
        1: "killed, 2 times",
        2: "finished",
    }
    assert executor.started == [0, 0, 1, 1, 2]


def test_a_cell_is_put_aside_once_and_goes_on_the_second_time(cells):
    executor = ScriptedExecutor(room=1, cell_0=[Died(0, "killed")])
    [request] = cells(0)
    assert ends(run_queue([replace(request, force=True)], executor, StopRequest())) == {0: "finished"}
    assert executor.forced == [True, False]


def test_a_lost_machine_is_no_fault_of_the_cell(cells):
    executor = ScriptedExecutor(room=1, cell_0=[Died(0, "gone", lost_machine=True)] * 5)
    assert ends(run_queue(cells(0), executor, StopRequest())) == {0: "finished"}
    assert len(executor.started) == 6


def test_a_stop_begins_no_other_cell_and_lets_the_running_ones_end(cells):
    stop = StopRequest()
    executor = ScriptedExecutor(room=2)
    events = []
    for event in run_queue(cells(0, 1, 2, 3), executor, stop):
        events.append(event)
        stop.request()
    assert ends(events) == {0: "finished", 1: "stopped", 2: "was not begun", 3: "was not begun"}


def test_a_cell_whose_process_dies_after_a_stop_is_not_tried_again(cells):
    stop = StopRequest()
    executor = ScriptedExecutor(room=1, cell_0=[Died(0, "killed")])
    executor.stop = lambda: None
    events = []
    for event in run_queue(cells(0), executor, stop):
        events.append(event)
        stop.request()
    assert events[-1] == Ended(0, Failure(cells(0)[0].title, "killed", interrupted=True))
    assert not any(isinstance(event, Died) for event in events)


def test_a_cell_whose_folder_another_process_writes_lets_others_go_first(cells):
    requests = cells(0, 1)
    executor = ScriptedExecutor(room=1)
    lock = RunFolder(requests[0].path).lock()
    lock.__enter__()
    events = []
    for event in run_queue(requests, executor, StopRequest()):
        events.append(event)
        if event == Ended(1, None):
            lock.__exit__(None, None, None)
    assert ends(events) == {0: "finished", 1: "finished"}
    assert executor.started == [1, 0]


def test_a_folder_that_stays_locked_is_a_failure_that_says_so(cells, monkeypatch):
    monkeypatch.setattr(queue, "LOCK_PATIENCE_S", 0.0)
    requests = cells(0)
    with RunFolder(requests[0].path).lock():
        found = ends(run_queue(requests, ScriptedExecutor(room=1), StopRequest()))
    assert "is being written by another process" in found[0]


@pytest.mark.parametrize("room", [1, 3])
def test_no_cell_is_no_work(room):
    assert list(run_queue([], ScriptedExecutor(room), StopRequest())) == []
