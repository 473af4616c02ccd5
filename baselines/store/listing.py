"""Runs, and what a query found, as rows for the terminal, for a pipe and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from ..tables import score_text
from .record import Run

RUN_COLUMNS = ("recipe", "agent", "seed", "status", "steps", "last", "best")
"""What is shown of a run; `last` and `best` are the scores of its last and of its best checkpoint."""


def print_runs(runs: Sequence[Run], console: Console) -> None:
    """The runs as a table for each setting in a terminal; elsewhere one line a run, with tabs between its cells."""
    if not console.is_terminal:
        print_rows(("environment", *RUN_COLUMNS), [(_setting(run), *_run_row(run)) for run in runs], console)
        return
    for setting in dict.fromkeys(map(_setting, runs)):
        console.print(setting, style="bold", markup=False, highlight=False)
        print_rows(RUN_COLUMNS, [_run_row(run) for run in runs if _setting(run) == setting], console)
        console.print()


def run_record(run: Run) -> dict[str, Any]:
    """All that is known of a run but its series, for JSON."""
    return asdict(run.info) | {
        "path": str(run.path),
        "status": run.status,
        "options": run.options,
        "config": run.config,
    }


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    """A table in a terminal; elsewhere one line a row, with tabs between its cells and their names in the first."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not console.is_terminal:
        for line in (columns, *cells):
            print("\t".join(" ".join(cell.split()) for cell in line))
        return
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], int | float | None) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    console.print(table, markup=False)


def print_json(records: Sequence[Mapping[str, Any]]) -> None:
    """Records as JSON; a number that is not finite, which JSON does not know, is null."""
    print(json.dumps([_finite(record) for record in records], ensure_ascii=False, default=str))


def _setting(run: Run) -> str:
    return f"{run.info.env_id} ({run.options})" if run.options else run.info.env_id


def _run_row(run: Run) -> tuple[Any, ...]:
    info = run.info
    scores = [score_text(info.scores[name]) if name in info.scores else None for name in ("agent", "best")]
    return info.recipe, info.label, info.seed, run.status, f"{info.timesteps:,}", *scores


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
