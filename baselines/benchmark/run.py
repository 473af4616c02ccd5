"""Train the cells of a suite: what is finished stays, what failed is tried again, what was stopped goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from ..outcome import Failure
from ..stopping import stop_on_signals
from ..train import TrainRequest
from .board import Board, benchmark_board
from .cells import cell_name, is_finished, keep_failure
from .executors import Begun, Died, Ended, Event, Executor, Progress
from .log import BenchmarkLog, open_log
from .queue import run_queue


@dataclass(frozen=True, slots=True)
class CellResult:
    """What became of a cell.

    Attributes:
        cell: the cell.
        failure: how it ended if it is not finished.
    """

    cell: TrainRequest
    failure: Failure | None


def run_benchmark(
    name: str, cells: Sequence[TrainRequest], make_executor: Callable[[], Executor], console: Console
) -> list[CellResult]:
    """Train cells, and log what happens in `OUT/NAME.benchmark.jsonl`.

    Args:
        name: what the benchmark is called.
        cells: the cells, at least one, all of them with one folder of runs.
        make_executor: makes the executor; not called where every cell is finished already.
        console: where progress is shown.

    Returns:
        What became of each cell, in their order; a failure of one takes no other with it.

    Raises:
        RunError: another process runs this benchmark, or the log is damaged.
    """
    with open_log(cells[0].out / f"{name}.benchmark.jsonl") as log:
        waiting: list[TrainRequest] = []
        done: list[TrainRequest] = []
        for cell in cells:
            (done if not cell.force and is_finished(cell) else waiting).append(cell)
        log.started(len(cells), len(done))
        for cell in done:
            log.finished(cell_name(cell))
        failures: dict[Path, Failure] = {}
        if waiting:

            def announce() -> None:
                console.print("stopping at the next safe point; Ctrl-C again stops at once", markup=False)

            with (
                stop_on_signals(announce=announce) as stop,
                closing(make_executor()) as executor,
                benchmark_board(name, cells=len(cells), finished=len(done), console=console) as board,
            ):
                for event in run_queue(waiting, executor, stop):
                    cell = waiting[event.cell]
                    _tell(event, cell, board, log)
                    if isinstance(event, Ended) and event.failure is not None:
                        failures[cell.path] = event.failure
    return [CellResult(cell, failures.get(cell.path)) for cell in cells]


def _tell(event: Event, cell: TrainRequest, board: Board, log: BenchmarkLog) -> None:
    """Have the board, the log and the run folder know of an event."""
    name = cell_name(cell)
    match event:
        case Progress():
            board.progress(name, event.done, event.total, event.note)
        case Begun():
            log.begun(name)
            board.begun(name)
        case Died():
            log.died(name, event.reason)
            board.died(name, event.reason)
        case Ended():
            _log_end(name, event.failure, log)
            if event.failure is not None and not event.failure.interrupted:
                keep_failure(cell, event.failure)
            board.ended(name, event.failure)


def _log_end(name: str, failure: Failure | None, log: BenchmarkLog) -> None:
    if failure is None:
        log.finished(name)
    elif failure.interrupted:
        log.interrupted(name)
    else:
        log.failed(name, failure.message, failure.traceback)
