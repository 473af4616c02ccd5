"""The progress of a benchmark: one line about all cells, and one for each that runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from ..outcome import Failure
from ..progress import clock

_PLAIN_INTERVAL_S = 30.0


class Board(Protocol):
    """What is told of the cells, by their names."""

    def begun(self, cell: str) -> None:
        """A process has taken the cell."""
        ...

    def progress(self, cell: str, done: int, total: int, note: str) -> None:
        """How far it is."""
        ...

    def died(self, cell: str, reason: str) -> None:
        """Its process died, and it is tried again."""
        ...

    def ended(self, cell: str, failure: Failure | None) -> None:
        """It has ended."""
        ...


@contextmanager
def benchmark_board(name: str, *, cells: int, finished: int, console: Console) -> Iterator[Board]:
    """Show a benchmark: bars in a terminal, else a line for each cell that ends and one now and then.

    Args:
        name: what it is called.
        cells: how many cells there are.
        finished: how many of them were finished before.
        console: where it is shown.
    """
    tally = Tally(cells, finished)
    if not console.is_terminal:
        yield _PlainBoard(name, tally, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console) as progress:
        yield _LiveBoard(name, tally, progress)


class Tally:
    """How many cells have ended, and how long the others will take.

    Args:
        cells: how many there are.
        finished: how many of them were finished before.
    """

    def __init__(self, cells: int, finished: int) -> None:
        self.cells = cells
        self.finished = finished
        self.failed = 0
        self.running: dict[str, float] = {}
        self._ended_before = finished
        self._began = time.monotonic()

    @property
    def work(self) -> float:
        """How many cells are done, those that run counted by their share of the budget."""
        return self.finished + self.failed + sum(self.running.values())

    def begun(self, cell: str) -> None:
        """A cell runs."""
        self.running[cell] = 0.0

    def progress(self, cell: str, done: int, total: int) -> None:
        """A cell is so far; what comes after its budget, its final scores, is counted from zero again and left out."""
        self.running[cell] = max(self.running.get(cell, 0.0), min(1.0, done / max(total, 1)))

    def died(self, cell: str) -> None:
        """A cell no longer runs, and is not done."""
        self.running.pop(cell, None)

    def ended(self, cell: str, failure: Failure | None) -> None:
        """A cell has ended."""
        self.running.pop(cell, None)
        self.finished += failure is None
        self.failed += failure is not None and not failure.interrupted

    def describe(self) -> str:
        """The line about all cells."""
        parts = [f"{self.finished}/{self.cells} finished"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.running:
            parts.append(f"{len(self.running)} running")
        done = self.work - self._ended_before
        if self.running and done > 0:
            seconds = time.monotonic() - self._began
            parts.append(f"about {clock(seconds * (self.cells - self.work) / done)} left")
        return ", ".join(parts)


class _LiveBoard:
    """Bars: one for all cells, and one for each that runs."""

    def __init__(self, name: str, tally: Tally, progress: Progress) -> None:
        self._tally = tally
        self._progress = progress
        self._all = progress.add_task(name, total=tally.cells, note="")
        self._rows: dict[str, TaskID] = {}
        self._update()

    def begun(self, cell: str) -> None:
        self._tally.begun(cell)
        self._rows[cell] = self._progress.add_task(cell, total=None, note="starting")
        self._update()

    def progress(self, cell: str, done: int, total: int, note: str) -> None:
        self._tally.progress(cell, done, total)
        self._progress.update(self._rows[cell], completed=min(done, total), total=total, note=note)
        self._update()

    def died(self, cell: str, reason: str) -> None:
        self._tally.died(cell)
        self._remove(cell)
        self._tell(f"{cell}: {reason}; it is tried again")

    def ended(self, cell: str, failure: Failure | None) -> None:
        self._tally.ended(cell, failure)
        self._remove(cell)
        if failure is not None and not failure.interrupted:
            self._tell(f"{cell} failed: {failure.message}")

    def _remove(self, cell: str) -> None:
        row = self._rows.pop(cell, None)
        if row is not None:  # a cell whose folder is locked ends without having begun
            self._progress.remove_task(row)
        self._update()

    def _update(self) -> None:
        self._progress.update(self._all, completed=self._tally.work, note=self._tally.describe())

    def _tell(self, line: str) -> None:
        self._progress.console.print(line, markup=False, soft_wrap=True)


class _PlainBoard:
    """Lines."""

    def __init__(self, name: str, tally: Tally, console: Console) -> None:
        self._name = name
        self._tally = tally
        self._console = console
        self._last = time.monotonic()

    def begun(self, cell: str) -> None:
        self._tally.begun(cell)

    def progress(self, cell: str, done: int, total: int, note: str) -> None:
        self._tally.progress(cell, done, total)
        if time.monotonic() - self._last >= _PLAIN_INTERVAL_S:
            self._tell(", ".join(f"{name} {share:.0%}" for name, share in self._tally.running.items()))

    def died(self, cell: str, reason: str) -> None:
        self._tally.died(cell)
        self._tell(f"{cell}: {reason}; it is tried again")

    def ended(self, cell: str, failure: Failure | None) -> None:
        self._tally.ended(cell, failure)
        if failure is None:
            self._tell(f"{cell} finished")
        elif not failure.interrupted:
            self._tell(f"{cell} failed: {failure.message}")

    def _tell(self, line: str) -> None:
        self._last = time.monotonic()
        self._console.print(f"{self._name}: {self._tally.describe()}: {line}", markup=False, soft_wrap=True)
