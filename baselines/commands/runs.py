"""`palaestra runs`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from ..errors import RunError, UsageError

if TYPE_CHECKING:
    from ..store.record import Run


@dataclass(frozen=True)
class Runs:
    """List runs, choose among them, ask about them in SQL, and keep them in one file."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, or .parquet files."""

    filter: str = ""
    """Conditions, all of which must hold: "env=robot/* algo=ppo,sac seed=0..4 agent.params.learning_rate>1e-4"."""

    sql: str | None = None
    """A statement of DuckDB's SQL over the tables runs, scores, config, metrics and episodes."""

    export: Path | None = None
    """Write the runs to this .parquet file."""

    episodes: tyro.conf.FlagCreatePairsOff[bool] = False
    """Export their sample episodes too."""

    metrics: Annotated[tuple[str, ...], tyro.conf.arg(metavar="PATTERN [PATTERN ...]")] = ()
    """Export only the metrics with these names: --metrics "eval/*" train/entropy. All of them unless given."""

    as_json: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False
    """Print JSON in place of a table."""

    def run(self) -> None:
        """Read the runs, choose, and show, ask or export."""
        from ..store.filters import RunFilter
        from ..store.sources import load_runs

        self._check()
        chosen_by = RunFilter.parse(self.filter)
        collection = load_runs(self.paths, series=self.export is not None)
        for unreadable in collection.unreadable:
            print(f"palaestra: warning: {unreadable.reason}", file=sys.stderr)
        if not collection.runs:
            raise RunError("no run can be read")
        runs = chosen_by.choose(collection.runs)
        if self.export is not None:
            self._export(runs, self.export)
        elif self.sql is not None:
            self._ask(runs, self.sql)
        else:
            self._list(runs)
            print(f"{len(runs)} of {len(collection.runs)} runs", file=sys.stderr)

    def _check(self) -> None:
        if self.export is not None and (self.sql is not None or self.as_json):
            raise UsageError("--export writes the runs to a file; --sql and --json print: give one or the other")
        if self.export is not None and self.export.suffix != ".parquet":
            raise UsageError(f"--export writes a .parquet file, got {self.export}")
        if self.episodes and self.export is None:
            raise UsageError("--episodes says what --export keeps; give --export FILE.parquet with it")
        if self.metrics and self.export is None:
            raise UsageError("--metrics says what --export keeps; give --export FILE.parquet with it")

    def _list(self, runs: list[Run]) -> None:
        from rich.console import Console

        from ..store.listing import print_json, print_runs, run_record

        if self.as_json:
            print_json([run_record(run) for run in runs])
        else:
            print_runs(runs, Console())

    def _ask(self, runs: list[Run], sql: str) -> None:
        from rich.console import Console

        from ..store.database import query
        from ..store.listing import print_json, print_rows

        answer = query(runs, sql)
        if self.as_json:
            print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
        else:
            print_rows(answer.columns, answer.rows, Console())

    def _export(self, runs: list[Run], file: Path) -> None:
        from ..store.parquet import write_parquet
        from ..store.record import with_metrics

        if not runs:
            raise UsageError(f"there is nothing to export: no run meets --filter {self.filter!r}")
        if self.metrics:
            runs = [with_metrics(run, self.metrics) for run in runs]
        write_parquet(runs, file, episodes=self.episodes)
        count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
        print(f"{file}: {count}, {file.stat().st_size / 1e6:.1f} MB")
