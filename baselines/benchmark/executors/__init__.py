"""Where cells are trained. An executor is one file beside this one: a class with the methods of `Executor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ...outcome import Failure
from ...train import TrainRequest


@dataclass(frozen=True, slots=True)
class Begun:
    """A process has taken the cell."""

    cell: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the cell is done, of how much, and a note such as the latest score."""

    cell: int
    done: int
    total: int
    note: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The cell has ended: finished, or with a failure that its run folder knows of too."""

    cell: int
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Died:
    """The process that trained the cell is gone, and could tell no one why.

    Attributes:
        cell: the cell.
        reason: what is known of it, for a person.
        lost_machine: whether the whole machine went, which is no fault of the cell.
    """

    cell: int
    reason: str
    lost_machine: bool = False


Event = Begun | Progress | Ended | Died


class Executor(Protocol):
    """Trains cells, each in a process of its own.

    The run folder is the truth: a cell that is started again goes on from its last checkpoint, one that is finished
    stays as it is, and the folder's lock keeps two processes from writing it. So an executor keeps no state that
    matters, and may lose everything at any moment.
    """

    @property
    def has_room(self) -> bool:
        """Whether it takes another cell now."""
        ...

    def start(self, cell: int, request: TrainRequest) -> None:
        """Take a cell; `cell` is what its events call it."""
        ...

    def wait(self, seconds: float) -> Sequence[Event]:
        """What has happened since the last call; waits at most so long for something to happen."""
        ...

    def stop(self) -> None:
        """Ask the cells that run to stop at their next safe point; each of them still ends with an event."""
        ...

    def close(self) -> None:
        """End every process that still runs, at once."""
        ...
