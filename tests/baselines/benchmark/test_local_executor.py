import multiprocessing
import os
import signal
import time
from contextlib import closing

from palaestra.baselines.benchmark.executors import Begun, Died, Ended, Progress
from palaestra.baselines.benchmark.executors.local import LocalExecutor
from palaestra.baselines.benchmark.queue import run_queue
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest


def test_a_killed_process_is_tried_again_and_goes_on_from_its_checkpoint(cells):
    [request] = cells(0, timesteps=40)
    folder = RunFolder(request.path)
    events = []
    with closing(LocalExecutor(jobs=1)) as executor:
        for event in run_queue([request], executor, StopRequest()):
            events.append(event)
            first = not any(isinstance(event, Died) for event in events)
            if first and isinstance(event, Progress) and folder.last_checkpoint.exists():
                [process] = multiprocessing.active_children()
                os.kill(process.pid or 0, signal.SIGKILL)
    assert [event for event in events if not isinstance(event, Progress)] == [
        Begun(0),
        Died(0, "its process was killed by SIGKILL; did the machine run out of memory?"),
        Begun(0),
        Ended(0, None),
    ]
    assert folder.read_info().status == "finished"


def test_closing_ends_what_runs(cells):
    with closing(LocalExecutor(jobs=2)) as executor:
        executor.start(0, cells(0)[0])
        [process] = multiprocessing.active_children()
    assert not process.is_alive()
    assert multiprocessing.active_children() == []


def test_a_process_that_is_asked_to_stop_while_it_starts_stops_as_politely_as_any_other(cells):
    ended = None
    with closing(LocalExecutor(jobs=1)) as executor:
        executor.start(0, cells(0)[0])
        [process] = multiprocessing.active_children()
        os.kill(process.pid or 0, signal.SIGINT)  # Ctrl-C reaches every process of a terminal
        executor.stop()
        while not isinstance(ended, Ended | Died):
            ended = next(iter(executor.wait(0.2)), None)
    assert isinstance(ended, Ended)
    assert ended.failure is not None
    assert ended.failure.interrupted


def test_waiting_for_nothing_takes_its_time():
    with closing(LocalExecutor(jobs=1)) as executor:
        began = time.monotonic()
        assert executor.wait(0.1) == []
        assert time.monotonic() - began >= 0.09
