"""Progress of long work: bars with rate and remaining time in a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

_PLAIN_INTERVAL_S = 15.0

ProgressSink = Callable[[int, int, str], None]
"""Takes how much is done, of how much, and a note such as the latest score."""


def silent(done: int, total: int, note: str) -> None:
    """A sink that shows nothing."""


class _Rate:
    """How fast work goes, counted from the first report: a continued run did not do its first part now."""

    def __init__(self) -> None:
        self._start: tuple[float, int] | None = None

    def describe(self, done: int, total: int) -> str:
        now = time.monotonic()
        # preparation, before anything is done, is not part of the rate
        if self._start is None or done <= self._start[1]:
            self._start = (now, done)
        seconds, work = now - self._start[0], done - self._start[1]
        if seconds <= 0 or work <= 0:
            return ""
        rate = work / seconds
        shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        left = "" if done >= total else f", {clock((total - done) / rate)} left"
        return f"{shown}/s{left}"


@contextmanager
def progress_board(
    names: Sequence[str], *, console: Console, interval: float = _PLAIN_INTERVAL_S
) -> Iterator[list[ProgressSink]]:
    """Show several pieces of work side by side.

    Args:
        names: what the pieces are called.
        console: where they are shown.
        interval: seconds between the lines of a piece where the console is no terminal; a new note is shown at once.

    Returns:
        One sink a piece.
    """
    if not console.is_terminal:
        yield [_plain_sink(name, console, interval) for name in names]
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("[dim]{task.fields[rate]}[/dim]"),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console) as progress:
        yield [_bar_sink(progress, name) for name in names]


def _bar_sink(progress: Progress, name: str) -> ProgressSink:
    task = progress.add_task(name, total=None, rate="", note="")
    rate = _Rate()

    def show(done: int, total: int, note: str) -> None:
        progress.update(task, completed=min(done, total), total=total, rate=rate.describe(done, total), note=note)

    return show


def _plain_sink(name: str, console: Console, interval: float) -> ProgressSink:
    rate = _Rate()
    last_time, last_note = time.monotonic(), ""

    def show(done: int, total: int, note: str) -> None:
        nonlocal last_time, last_note
        now = time.monotonic()
        pace = rate.describe(done, total)
        if note == last_note and now - last_time < interval:
            return
        last_time, last_note = now, note
        parts = [f"{done:,}/{total:,} ({min(1.0, done / max(total, 1)):.0%})", pace, note]
        console.print(f"{name}: " + ", ".join(part for part in parts if part), markup=False, soft_wrap=True)

    return show


def clock(seconds: float) -> str:
    """A duration as minutes and seconds, or hours, minutes and seconds."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
