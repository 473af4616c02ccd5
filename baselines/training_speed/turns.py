"""Contestants in processes of their own, which take turns: never two at once, each beside the other in time."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Self

from ..errors import RunError
from .setting import Setting


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a contestant.

    Attributes:
        seconds: of wall time.
        processor_seconds: of processor time, which others on the machine disturb less.
        phases: of which each part took so many, where it was asked for.
    """

    seconds: float
    processor_seconds: float
    phases: dict[str, float] = field(default_factory=dict)


class Baton:
    """What a contestant holds: it waits for its turn, takes one step, and hands over.

    Args:
        connection: to the process that has the contestants take turns.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._began = self._processor_began = 0.0

    def wait(self) -> None:
        """Return when it is this contestant's turn; the clock runs from here."""
        self._connection.recv()
        self._began, self._processor_began = time.perf_counter(), time.process_time()

    def hand_over(self, phases: dict[str, float] | None = None) -> None:
        """The step is done."""
        seconds, processor_seconds = time.perf_counter() - self._began, time.process_time() - self._processor_began
        self._connection.send(Turn(seconds, processor_seconds, phases or {}))


Contestant = Callable[[Setting, Baton], None]
"""Prepares, then waits for its turn and steps for ever."""


class Process:
    """A contestant in a process of its own.

    Args:
        contestant: a function of a module, which the new process imports.
        setting: what is measured.
        name: for messages.
    """

    def __init__(self, contestant: Contestant, setting: Setting, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._name = name
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(contestant, setting, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def step(self) -> Turn:
        """One turn.

        Raises:
            RunError: the process has died or says why it cannot go on.
        """
        try:
            self._connection.send(None)
            answer = self._connection.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            raise RunError(f"the process of {self._name} ended before its turn was over") from error
        if isinstance(answer, str):
            raise RunError(f"{self._name}: {answer}")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()


def _run(contestant: Contestant, setting: Setting, connection: Connection) -> None:
    import torch

    torch.set_num_threads(setting.threads)
    try:
        contestant(setting, Baton(connection))
    except Exception as error:
        connection.recv()
        connection.send(f"{type(error).__name__}: {error}")
        raise
