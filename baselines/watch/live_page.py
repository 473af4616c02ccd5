"""The report page as the runs are now."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import RunError, UsageError
from ..report import collect, render_page
from ..store.sources import find_sources
from .fingerprint import fingerprint
from .waiting_page import waiting_page

_LEAST_REST_S = 1.0

_RESTS_PER_RENDERING = 3
"""A page that takes a second is made every four seconds at most, so that training keeps its core."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The page at one moment.

    Attributes:
        version: what `LivePage.version` said when the runs were read.
        html: the page.
        compressed: the same in gzip.
    """

    version: str
    html: bytes
    compressed: bytes


class LivePage:
    """Makes the report page anew when runs have changed, and rests in between; any thread may ask.

    Args:
        paths: run folders, folders with runs somewhere below, or files of runs, now or later.
        clock: seconds that go on and on.
    """

    def __init__(self, paths: Sequence[Path], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._paths = tuple(paths)
        self._clock = clock
        self._looking = threading.Lock()
        self._rendering = threading.Lock()
        self._version = ""
        self._look_again = float("-inf")
        self._running: tuple[Path, ...] = ()
        self._snapshot: Snapshot | None = None

    def version(self) -> str:
        """A short text that changes when the runs do, at most once in a while."""
        with self._looking:
            now = self._clock()
            if now >= self._look_again:
                self._version = fingerprint(self._sources(), self._running)
                self._look_again = now + _LEAST_REST_S
            return self._version

    def snapshot(self) -> Snapshot:
        """The page of the present version."""
        with self._rendering:
            version = self.version()
            if self._snapshot is None or self._snapshot.version != version:
                began = self._clock()
                html = self._render(version).encode("utf-8", "replace")
                self._snapshot = Snapshot(version, html, gzip.compress(html, compresslevel=3, mtime=0))
                now = self._clock()
                with self._looking:
                    self._look_again = now + max(_LEAST_REST_S, _RESTS_PER_RENDERING * (now - began))
            return self._snapshot

    def _sources(self) -> list[Path]:
        found: list[Path] = []
        for path in self._paths:
            with suppress(UsageError):  # there is nothing yet
                found += find_sources([path])
        return found

    def _render(self, version: str) -> str:
        sources = self._sources()
        places = [str(path) for path in self._paths]
        if not sources:
            return waiting_page(places, [], version)
        try:
            collection = collect(sources)
        except (RunError, UsageError) as error:  # damaged, or gone in this moment
            return waiting_page(places, [str(error)], version)
        self._running = tuple(run.path for run in collection.runs if run.status == "running")
        return render_page(collection, live=version)
