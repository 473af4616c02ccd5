"""`palaestra import`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..errors import RunError, UsageError

if TYPE_CHECKING:
    from ..store.imports.foreign_run import ForeignRun, Scoring
    from ..store.record import Run


@dataclass(frozen=True)
class ImportRuns:
    """Bring runs from Parquet files or the logs of other tools into run folders."""

    kind: tyro.conf.Positional[Literal["parquet", "tensorboard", "openrlbenchmark", "monitor"]]
    """parquet: what `palaestra runs --export` wrote; tensorboard: event files; openrlbenchmark: run_df.csv and other
    histories of Weights & Biases as CSV; monitor: the monitor.csv files of Stable-Baselines3."""

    sources: tyro.conf.Positional[tuple[Path, ...]]
    """Files, or folders with such files somewhere below."""

    out: Path = Path("runs")
    """The folder of all runs."""

    env: str | None = None
    """The environment's id, in place of what the logs say."""

    algo: str | None = None
    """The algorithm's name, in place of what the logs say."""

    seed: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N [N ...]")] = ()
    """The seeds, one for each run in the order of their paths, in place of what the logs say."""

    metric: str | None = None
    """The metric that is the score, in place of the first known one for returns."""

    last: int | None = None
    """The score is the mean of so many last values (100 episodes, or the last evaluation)."""

    def run(self) -> None:
        """Read everything, then write it."""
        from ..store.imports.folders import write_run_folders

        if not self.sources:
            raise UsageError("there is nothing to import: name files or folders")
        for source in self.sources:
            if not source.exists():
                raise UsageError(f"there is no {source}")
        if self.last is not None and self.last < 1:
            raise UsageError(f"--last must be 1 or more, got {self.last}")
        runs = self._stored_runs() if self.kind == "parquet" else self._foreign_runs()
        imported = write_run_folders(runs, self.out)
        for run in imported.written:
            print(f"run: {run.path}")
        known = f", {len(imported.known)} were there already" if imported.known else ""
        count = "1 run" if len(imported.written) == 1 else f"{len(imported.written)} runs"
        print(f"{count} imported{known}", file=sys.stderr)

    def _stored_runs(self) -> list[Run]:
        from ..store.parquet import read_parquet

        if self.env is not None or self.algo is not None or self.seed or self.metric is not None or self.last:
            raise UsageError(
                "Parquet files say all about their runs: --env, --algo, --seed, --metric and --last do not fit"
            )
        files = [file for source in self.sources for file in _parquet_files(source)]
        return [
            replace(run, path=self.out / run.path.relative_to(file)) for file in files for run in read_parquet(file)
        ]

    def _foreign_runs(self) -> list[Run]:
        from ..store.imports.foreign_run import Scoring
        from ..store.imports.identity import Identity

        if self.kind == "monitor" and self.metric is not None:
            raise UsageError("--metric does not fit monitor files: their score is the return of the last episodes")
        found = self._read(Scoring(self.metric, self.last))
        if self.seed and len(self.seed) != len(found):
            named = ", ".join(str(run.source) for run in found[:5]) + (" …" if len(found) > 5 else "")
            raise UsageError(f"--seed has {len(self.seed)} seeds for {len(found)} runs ({named}): give one for each")
        seeds: Sequence[int | None] = self.seed or [None] * len(found)
        return [
            run.to_run(Identity(self.env, self.algo, seed), self.out) for run, seed in zip(found, seeds, strict=True)
        ]

    def _read(self, scoring: Scoring) -> list[ForeignRun]:
        """What can be read; what cannot is told, and an error only where nothing else is there."""
        from ..store.imports import monitor, openrlbenchmark, tensorboard

        tools = {"monitor": monitor, "openrlbenchmark": openrlbenchmark, "tensorboard": tensorboard}
        tool = tools[self.kind]
        places = [place for source in self.sources for place in tool.find(source)]
        runs, problems = [], []
        for place in dict.fromkeys(places):
            try:
                runs.append(tool.read(place, scoring))
            except RunError as error:
                problems.append(str(error))
            except UnicodeDecodeError:
                problems.append(f"{place} is no text")
        if not runs:
            named = ", ".join(map(str, self.sources))
            raise RunError(problems[0] if problems else f"there are no runs of {self.kind} in {named}")
        for problem in problems:
            print(f"palaestra: warning: left out: {problem}", file=sys.stderr)
        return runs


def _parquet_files(source: Path) -> list[Path]:
    found = [source] if source.is_file() else sorted(source.rglob("*.parquet"))
    if not found:
        raise UsageError(f"there is no .parquet file in {source}")
    return found
