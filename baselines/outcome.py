"""Train one run and say how it ended, so that its failure takes no other run with it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from .errors import RunError, RunInterrupted, UsageError, os_error_line
from .progress import ProgressSink
from .stopping import StopRequest
from .train import TrainRequest, train


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


def train_one(request: TrainRequest, sink: ProgressSink, stop: StopRequest) -> Failure | None:
    """Train one run; how it ended if it did not finish."""
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


def not_begun(request: TrainRequest) -> Failure:
    """How a run ended that a stop kept from beginning."""
    return Failure(request.title, "was not begun", interrupted=True)
