"""The benchmark's log: every cell that began, ended or died, over all invocations of the command."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import RunError
from ..journal import append_line, keep_lines, read_lines


class BenchmarkLog:
    """A file with one line an event: `{time, event, cell, attempt, …}`.

    `started` stands for an invocation; `begun`, `died`, `failed`, `interrupted` and `finished` for an attempt at a
    cell. A cell has one `finished` line however often the command was killed.

    Args:
        path: the file; a line that a crash tore is taken out.

    Raises:
        RunError: the file is no such log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._attempts: Counter[str] = Counter()
        self._finished: set[str] = set()
        self._running: set[str] = set()
        try:
            keep_lines(path, lambda line: True)
            for line in read_lines(path):
                self._attempts[line.get("cell", "")] += line["event"] == "begun"
                if line["event"] == "finished":
                    self._finished.add(line["cell"])
        except (KeyError, ValueError) as error:
            raise RunError(f"{path} cannot be read as the log of a benchmark ({error}): move it away") from error

    def started(self, cells: int, finished: int) -> None:
        """An invocation of the command begins."""
        self._append("started", cells=cells, finished=finished)

    def begun(self, cell: str) -> None:
        """An attempt at a cell begins."""
        self._attempts[cell] += 1
        self._running.add(cell)
        self._append("begun", cell=cell, attempt=self._attempts[cell])

    def finished(self, cell: str) -> None:
        """A cell is finished; one that this log has seen finish already, or never begin, is passed over."""
        if self._attempts[cell] and cell not in self._finished:
            self._finished.add(cell)
            self._append("finished", cell=cell, attempt=self._attempts[cell])

    def died(self, cell: str, reason: str) -> None:
        """The process of an attempt died."""
        self._append("died", cell=cell, attempt=self._attempts[cell], error=reason)

    def failed(self, cell: str, error: str, traceback: str) -> None:
        """An attempt failed."""
        more = {"traceback": traceback} if traceback else {}
        self._append("failed", cell=cell, attempt=self._attempts[cell], error=error, **more)

    def interrupted(self, cell: str) -> None:
        """A cell was stopped; one that this invocation had not begun is passed over."""
        if cell in self._running:
            self._append("interrupted", cell=cell, attempt=self._attempts[cell])

    def _append(self, event: str, **more: Any) -> None:
        append_line(self._path, {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **more})


@contextmanager
def open_log(path: Path) -> Iterator[BenchmarkLog]:
    """Open a log, and be the only benchmark that writes it.

    Raises:
        RunError: another process runs this benchmark, or the file is no such log.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError(f"another process runs this benchmark ({path}): wait for it, or stop it") from error
        yield BenchmarkLog(path)
