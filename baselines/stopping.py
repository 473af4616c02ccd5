"""Stopping on Ctrl-C at a point where nothing is half done."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequest:
    """Whether someone asked the work to stop at its next safe point."""

    def __init__(self) -> None:
        self.requested = False

    def request(self) -> None:
        """Ask for it."""
        self.requested = True


@contextmanager
def stop_on_signals(*signals: signal.Signals, announce: Callable[[], None] | None = None) -> Iterator[StopRequest]:
    """Turn the first of the signals into a request to stop; a second one raises `KeyboardInterrupt` at once.

    Args:
        signals: which ones; Ctrl-C and the polite kill where none is named.
        announce: called at the first.
    """
    stop = StopRequest()

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.request()
        if announce is not None:
            announce()

    previous = {number: signal.signal(number, handle) for number in signals or (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
