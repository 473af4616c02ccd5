"""Finds runs wherever they are kept, run folders and Parquet files alike, and reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import RunError, UsageError
from ..runs import find_runs
from .record import Run, read_run

PARQUET_SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class UnreadableRun:
    """A run folder or Parquet file that cannot be read, and the reason in one line."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class RunCollection:
    """Runs from one or many places.

    Attributes:
        runs: those that could be read, in the order in which they were found.
        unreadable: those that could not.
    """

    runs: list[Run]
    unreadable: list[UnreadableRun]


def load_runs(paths: Iterable[str | Path], *, series: bool = True) -> RunCollection:
    """Read every run in some places.

    A run that is there twice, in its folder and in a Parquet file say, counts once, as it was written last.

    Args:
        paths: run folders, folders with runs somewhere below, or `.parquet` files that `write_parquet` made. A folder
            without a run stands for the Parquet files in it.
        series: whether metrics and episodes are read as well; without them it is many times faster, and
            `with_series` reads those of the runs that were chosen.

    Raises:
        UsageError: no path was given, or one of them is not there or holds no run.
    """
    runs: dict[tuple[str, str, str, int], Run] = {}
    unreadable: dict[Path, UnreadableRun] = {}
    for source in find_sources(paths):
        try:
            found = _read_source(source, series=series)
        except RunError as error:
            unreadable[source] = UnreadableRun(source, str(error))
            continue
        for run in found:
            identity = (run.info.id, run.info.env_id, run.info.recipe, run.info.seed)
            known = runs.get(identity)
            if known is None or run.info.updated > known.info.updated:
                runs[identity] = run
    return RunCollection(list(runs.values()), list(unreadable.values()))


def with_series(runs: Sequence[Run]) -> list[Run]:
    """Runs that were loaded without their metrics and episodes, with them.

    Raises:
        RunError: a folder or a file cannot be read any more.
    """
    files = dict.fromkeys(parquet_file(run) for run in runs if not run.path.is_dir())
    stored: dict[Path, Run] = {}
    if files:
        from .parquet import read_parquet

        stored = {run.path: run for file in files for run in read_parquet(file)}
    return [stored[run.path] if run.path in stored else read_run(run.path) for run in runs]


def parquet_file(run: Run) -> Path:
    """The Parquet file that a run is in whose path is no folder."""
    return next(parent for parent in run.path.parents if parent.is_file())


def find_sources(paths: Iterable[str | Path]) -> list[Path]:
    """The run folders and Parquet files that some paths stand for, each once.

    Raises:
        UsageError: no path was given, or one of them is not there or holds no run.
    """
    given = [Path(path) for path in paths]
    if not given:
        raise UsageError("no place to look for runs was given: name run folders, folders of runs or .parquet files")
    return list(dict.fromkeys(source for path in given for source in _sources_in(path)))


def _sources_in(path: Path) -> list[Path]:
    if path.is_file():
        if path.suffix != PARQUET_SUFFIX:
            raise UsageError(f"{path} is neither a folder of runs nor a {PARQUET_SUFFIX} file")
        return [path]
    found = [folder.path for folder in find_runs(path)] or sorted(path.glob(f"*{PARQUET_SUFFIX}"))
    if not found:
        missing = "" if path.exists() else ": it does not exist"
        raise UsageError(f"there is no run in {path}{missing}; `palaestra train` makes one")
    return found


def _read_source(source: Path, *, series: bool) -> list[Run]:
    if source.is_dir():
        return [read_run(source, series=series)]
    from .parquet import read_parquet

    return read_parquet(source, series=series)
