"""Runs as tables for DuckDB: what was run and how it scored in small tables, the series straight from the files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from ..errors import UsageError
from ..runs import RunFolder
from .filters import flat
from .record import Run
from .sources import parquet_file

TABLES = {
    "runs": {
        "run": "VARCHAR",
        "id": "VARCHAR",
        "env_id": "VARCHAR",
        "options": "VARCHAR",
        "recipe": "VARCHAR",
        "label": "VARCHAR",
        "algorithm": "VARCHAR",
        "agent_kind": "VARCHAR",
        "seed": "BIGINT",
        "status": "VARCHAR",
        "error": "VARCHAR",
        "timesteps": "BIGINT",
        "wall_time_s": "DOUBLE",
        "created": "VARCHAR",
        "updated": "VARCHAR",
        "commit": "VARCHAR",
        "versions": "JSON",
        "hardware": "JSON",
    },
    "scores": {
        "run": "VARCHAR",
        "player": "VARCHAR",
        "success_rate": "DOUBLE",
        "success_low": "DOUBLE",
        "success_high": "DOUBLE",
        "return_mean": "DOUBLE",
        "return_low": "DOUBLE",
        "return_high": "DOUBLE",
        "episodes": "BIGINT",
    },
    "config": {"run": "VARCHAR", "key": "VARCHAR", "value": "VARCHAR"},
    "metrics": {
        "run": "VARCHAR",
        "step": "BIGINT",
        "episodes": "BIGINT",
        "wall_time": "DOUBLE",
        "name": "VARCHAR",
        "value": "DOUBLE",
    },
    "episodes": {
        "run": "VARCHAR",
        "step": "BIGINT",
        "source": "VARCHAR",
        "seed": "BIGINT",
        "level": "BIGINT",
        "episode_return": "DOUBLE",
        "success": "BOOLEAN",
        "verdict": "VARCHAR",
        "turns": "JSON",
    },
}
"""The tables and their columns; `run` is the same in all of them."""

_METRICS_OF_FOLDERS = """
SELECT run, step, episodes, wall_time, entry.key AS name, coalesce(entry.value, 'nan') AS value
FROM (
    SELECT filename, step, episodes, wall_time, unnest(map_entries("values")) AS entry
    FROM read_json({files}, format = 'newline_delimited', filename = true, ignore_errors = true,
        hive_partitioning = false,
        columns = {{step: 'BIGINT', episodes: 'BIGINT', wall_time: 'DOUBLE', "values": 'MAP(VARCHAR, DOUBLE)'}})
    WHERE step IS NOT NULL
) JOIN kept ON filename = file
"""
_METRICS_OF_PARQUET = """
SELECT * FROM (
    SELECT run, unnest(metrics.step) AS step, unnest(metrics.episodes) AS episodes,
        unnest(metrics.wall_time) AS wall_time, entry.key AS name, unnest(entry.value) AS value
    FROM (
        SELECT run, metrics, unnest(map_entries(metrics."values")) AS entry
        FROM read_parquet({files}, filename = true, union_by_name = true, hive_partitioning = false) AS stored
        JOIN kept ON filename = file AND stored.path = place
    )
) WHERE value IS NOT NULL
"""
_EPISODES_OF_FOLDERS = """
SELECT run, step, source, seed, level, episode_return, success, verdict.status AS verdict, turns
FROM read_json({files}, format = 'newline_delimited', filename = true, ignore_errors = true, hive_partitioning = false,
    columns = {{step: 'BIGINT', source: 'VARCHAR', seed: 'BIGINT', level: 'BIGINT', episode_return: 'DOUBLE',
        success: 'BOOLEAN', verdict: 'STRUCT(status VARCHAR)', turns: 'JSON'}})
JOIN kept ON filename = file
WHERE step IS NOT NULL
"""
_EPISODES_OF_PARQUET = """
SELECT run, (line->>'step')::BIGINT AS step, line->>'source' AS source, (line->>'seed')::BIGINT AS seed,
    (line->>'level')::BIGINT AS level, (line->>'episode_return')::DOUBLE AS episode_return,
    (line->>'success')::BOOLEAN AS success, line->'verdict'->>'status' AS verdict, line->'turns' AS turns
FROM (
    SELECT run, unnest(stored.episodes) AS line
    FROM read_parquet({files}, filename = true, union_by_name = true, hive_partitioning = false) AS stored
    JOIN kept ON filename = file AND stored.path = place
) WHERE json_valid(line)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found.

    Attributes:
        columns: their names, each once: of those that a join brings together the later ones are numbered.
        rows: the values.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _SeriesFile:
    """A file with metrics or episodes of a run, and the run's place in it where it is a Parquet file."""

    run: str
    file: str
    place: str | None = None


def query(runs: Sequence[Run], sql: str) -> Answer:
    """Ask about runs in SQL.

    The tables are `runs`, `scores` (one row for the agent, its best checkpoint, random and the oracle), `config` (one
    row a key, by its dotted name), `metrics` (one row a value) and `episodes`; see `TABLES` for their columns. Metrics
    and episodes are read from the files when they are asked for, so that the runs need not have been read with them.
    The torn end of a file that is being written is left out, and so is any line that is no JSON to DuckDB.

    Args:
        runs: what the tables are about.
        sql: one statement in DuckDB's SQL, e.g.
            `SELECT label, avg(success_rate) FROM runs JOIN scores USING (run) WHERE player = 'agent' GROUP BY ALL`.

    Raises:
        UsageError: DuckDB refuses the statement; the message is its own, in one line.
    """
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as database:
        _make_tables(database, runs)
        try:
            found = database.execute(sql)
            if found is None:
                raise UsageError("--sql: there is no statement in it")
            return Answer(_told_apart([column[0] for column in found.description]), found.fetchall())
        except duckdb.Error as error:
            # behind the message stands the line of SQL with a mark below; between them may be what was meant
            reason = " ".join(str(error).partition("LINE ")[0].split())
            tables = f"; the tables are {', '.join(TABLES)}" if isinstance(error, duckdb.CatalogException) else ""
            raise UsageError(f"--sql: {reason}{tables}") from error


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names, `seed` and `seed_2` in place of `seed` twice."""
    found: list[str] = []
    for name in names:
        own, number = name, 2
        while own in found:
            own, number = f"{name}_{number}", number + 1
        found.append(own)
    return found


def _make_tables(database: duckdb.DuckDBPyConnection, runs: Sequence[Run]) -> None:
    _fill(database, "runs", TABLES["runs"], (_run_row(run) for run in runs))
    scores = (
        {"run": str(run.path), "player": player, **asdict(scores)}
        for run in runs
        for player, scores in run.info.scores.items()
    )
    _fill(database, "scores", TABLES["scores"], scores)
    config = (
        {"run": str(run.path), "key": key, "value": str(value)}
        for run in runs
        for key, value in flat(run.config).items()
    )
    _fill(database, "config", TABLES["config"], config)
    kept = [file for run in runs for file in _files_of(run)]
    _fill(database, "kept", dict.fromkeys(("run", "file", "place"), "VARCHAR"), map(asdict, kept))
    parquet = [kept_in.file for kept_in in kept if kept_in.place is not None]
    for table, name, of_folders, of_parquet in (
        ("metrics", "metrics.jsonl", _METRICS_OF_FOLDERS, _METRICS_OF_PARQUET),
        ("episodes", "episodes.jsonl", _EPISODES_OF_FOLDERS, _EPISODES_OF_PARQUET),
    ):
        columns = ", ".join(f"NULL::{type_} AS {column}" for column, type_ in TABLES[table].items())
        parts = [f"SELECT {columns} WHERE false"]  # DuckDB reads no empty list of files
        lines = [kept_in.file for kept_in in kept if kept_in.place is None and Path(kept_in.file).name == name]
        if lines:
            parts.append(of_folders.format(files=_literal(lines)))
        if parquet:
            parts.append(of_parquet.format(files=_literal(dict.fromkeys(parquet))))
        database.execute(f"CREATE VIEW {table} AS {' UNION ALL '.join(parts)}")


def _run_row(run: Run) -> dict[str, Any]:
    row = asdict(run.info) | {"run": str(run.path), "options": run.options, "status": run.status}
    for name in ("versions", "hardware"):
        row[name] = json.dumps(row[name])
    return row


def _files_of(run: Run) -> list[_SeriesFile]:
    """Where the series of a run are: in the files of its folder, or in a place of a Parquet file."""
    name = str(run.path)
    if run.path.is_dir():
        folder = RunFolder(run.path)
        return [_SeriesFile(name, str(path)) for path in (folder.metrics_path, folder.episodes_path) if path.exists()]
    file = parquet_file(run)
    return [_SeriesFile(name, str(file), run.path.relative_to(file).as_posix())]


def _fill(
    database: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Make a table; one list a column goes in a hundred times faster than one statement a row."""
    rows = list(rows)
    selected = ", ".join(f'unnest(?::{type_}[]) AS "{name}"' for name, type_ in columns.items())
    database.execute(f'CREATE TABLE "{table}" AS SELECT {selected}', [[row[name] for row in rows] for name in columns])


def _literal(paths: Iterable[str]) -> str:
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"
