"""The runs that a command is about."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..store.record import Run


def chosen_runs(paths: Sequence[Path], conditions: str, *, series: bool = True) -> list[Run]:
    """The runs in some places that meet conditions; those that cannot be read are named on stderr.

    Args:
        paths: run folders, folders with runs somewhere below, or `.parquet` files.
        conditions: as in `palaestra runs --filter`.
        series: whether metrics and episodes are read as well.

    Raises:
        UsageError: a path holds no run, a condition is none, or no run is left.
    """
    from ..store.filters import RunFilter
    from ..store.sources import load_runs

    wanted = RunFilter.parse(conditions)
    collection = load_runs(paths, series=series)
    for unreadable in collection.unreadable:
        print(f"palaestra: warning: left out: {unreadable.reason}", file=sys.stderr)
    runs = wanted.choose(collection.runs)
    if not runs:
        why = f"none meets --filter {conditions!r}" if collection.runs else "none can be read"
        raise UsageError(f"no run is left: {why}")
    return runs
