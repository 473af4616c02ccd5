"""Trains several runs with their progress on the screen, one after the other or side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from .errors import RunError, RunInterrupted, UsageError
from .outcome import Failure
from .parallel import train_in_processes, train_in_turn
from .progress import progress_board
from .runs import RunFolder
from .stopping import stop_on_signals
from .train import TrainRequest, train


def train_all(requests: Sequence[TrainRequest], *, jobs: int, console: Console) -> list[RunFolder]:
    """Train runs; those that are finished already are left as they are.

    Args:
        requests: the runs.
        jobs: how many at the same time; with one, they are trained in this process.
        console: where progress is shown.

    Returns:
        Their folders.

    Raises:
        UsageError: a run does not fit its folder, or its recipe cannot be carried out.
        RunInterrupted: training was interrupted.
        RunError: a run failed, in whatever way; the others were trained all the same.
    """
    unfinished = [request for request in requests if not _is_finished(request, console)]

    def announce() -> None:
        console.print("stopping at the next safe point; Ctrl-C again stops at once", markup=False)

    if unfinished:
        with (
            stop_on_signals(announce=announce) as stop,
            progress_board([request.title for request in unfinished], console=console) as sinks,
        ):
            if jobs == 1 or len(unfinished) == 1:
                _raise_first(train_in_turn(unfinished, sinks, stop), console)
            else:
                _raise_first(train_in_processes(unfinished, sinks, jobs=jobs, stop=stop), console)
    return [RunFolder(request.path) for request in requests]


def _is_finished(request: TrainRequest, console: Console) -> bool:
    folder = RunFolder(request.path)
    if request.force or not folder.exists or folder.read_info().status != "finished":
        return False
    train(request)  # refuses where the run in the folder is another one; trains nothing
    console.print(
        f"{request.title} is finished already ({folder.path}); --force trains it afresh", markup=False, soft_wrap=True
    )
    return True


def _raise_first(failures: Sequence[Failure], console: Console) -> None:
    """Raise the worst of the failures, with the others told before it."""
    if not failures:
        return
    worst = min(failures, key=lambda failure: (failure.interrupted, not failure.usage))
    for failure in failures:
        if failure.message != worst.message and not failure.interrupted:
            console.print(f"{failure.title}: {failure.message}", markup=False, soft_wrap=True)
    message = f"{worst.title}: {worst.message}"
    if worst.usage:
        raise UsageError(worst.message)
    if worst.interrupted:
        raise RunInterrupted(message)
    error = RunError(message)
    if worst.traceback:
        error.add_note(worst.traceback)
    raise error
