"""Many runs in one compact Parquet file: a row a run, with what a run folder says except checkpoints and pictures."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import duckdb

from ...agents.durable import replace_file
from ..errors import RunError
from ..runs import MetricRow, RunInfo, Scores, run_path
from .record import Run, check_types, options_line

_PLAIN_TYPES = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE"}
_SERIES = ("metrics", "episodes")
_METRICS_TYPE = 'STRUCT(step BIGINT[], episodes BIGINT[], wall_time DOUBLE[], "values" MAP(VARCHAR, DOUBLE[]))'
_METRICS_VALUE = (
    '{step: ?::BIGINT[], episodes: ?::BIGINT[], wall_time: ?::DOUBLE[], "values": map(?::VARCHAR[], ?::DOUBLE[][])}'
)


def write_parquet(runs: Iterable[Run], file: Path, *, episodes: bool = False) -> None:
    """Write runs to one file, compressed with zstd; a file that is there is replaced as a whole.

    The columns are `path` (where the run lies below the file), the fields of `RunInfo`, `config` and each of the
    `episodes` as JSON text, and `metrics` as one list for `step`, `episodes`, `wall_time` and each metric. In these
    lists NULL is a row without the metric, NaN a value that was not finite. A run that is still being written is kept
    as one that was interrupted, which it is once it is taken out again.

    Args:
        runs: the runs.
        file: where they go, e.g. `results.parquet`; its folder is made.
        episodes: whether their sample episodes are kept as well.

    Raises:
        ValueError: there is no run.
        RunError: a number of a run is too large for 64 bits.
        OSError: the file cannot be written; the one that is there stands.
    """
    runs = list(runs)
    if not runs:
        raise ValueError("runs must hold at least one run, got none")
    file = Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = _columns()
    with duckdb.connect() as database, tempfile.TemporaryDirectory(dir=file.parent, prefix=".parquet-") as scratch:
        declared = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
        database.execute(f"CREATE TABLE runs ({declared})")
        values = ", ".join(_placeholder(type_) for type_ in columns.values())
        for path, run in _names_in_file(runs).items():
            try:
                database.execute(f"INSERT INTO runs VALUES ({values})", _row(path, run, columns, episodes=episodes))
            except duckdb.Error as error:
                raise RunError(f"{run.path} does not fit into Parquet ({str(error).splitlines()[0]})") from error
        written = Path(scratch) / "runs"
        target = str(written).replace("'", "''")
        database.execute(f"COPY runs TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        with written.open("rb") as source, replace_file(file) as out:
            shutil.copyfileobj(source, out)


def read_parquet(file: Path, *, series: bool = True) -> list[Run]:
    """The runs in a file that `write_parquet` made.

    Each is the run that was written, but for its path, which is `FILE/ENVIRONMENT/RECIPE/seed-N`: there is no such
    folder, so nothing beside the run itself (checkpoints, moving pictures) can be had.

    Args:
        file: the file.
        series: whether metrics and episodes are read as well.

    Raises:
        RunError: the file is not there, is damaged, or holds something else than runs.
    """
    source = "read_parquet(?, hive_partitioning = false)"
    with duckdb.connect() as database:
        try:
            stored = [name for name, *_ in database.execute(f"DESCRIBE FROM {source}", [str(file)]).fetchall()]
            missing = [name for name in _needed() if name not in stored]
            if missing:
                hint = "`palaestra runs --export` writes runs"
                raise RunError(f"{file} holds no runs: it has no column {missing[0]!r}; {hint}")
            # of a column that is not named nothing is read
            names = [name for name in _columns() if name in stored and (series or name not in _SERIES)]
            chosen = ", ".join(f'"{name}"' for name in names)
            rows = database.execute(f"SELECT {chosen} FROM {source}", [str(file)]).fetchall()
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise RunError(f"{file} cannot be read as Parquet ({reason})") from error
    try:
        runs = [_run(file, dict(zip(names, row, strict=True))) for row in rows]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise RunError(f"{file} cannot be read as runs ({type(error).__name__}: {reason})") from error
    _check_places(file, [run.path for run in runs])
    return runs


def _check_places(file: Path, places: Sequence[Path]) -> None:
    """Refuse places by which a run's series would not be found, or another's would."""
    seen = set[Path]()
    for place in places:
        if not place.is_relative_to(file) or ".." in place.relative_to(file).parts:
            raise RunError(f"{file} cannot be read as runs: one would lie outside of it, in {place}")
        if place in seen:
            raise RunError(
                f"{file} cannot be read as runs: two of them are {place.relative_to(file)}; "
                "`palaestra runs FILE FILE … --export` puts files together"
            )
        seen.add(place)


def _needed() -> list[str]:
    """The columns without which there is no run; later versions may add others."""
    known = [field.name for field in fields(RunInfo) if field.default is field.default_factory is MISSING]
    return ["path", *known, "config"]


def _columns() -> dict[str, str]:
    """The columns with their types; a field that `RunInfo` gains is a column more."""
    info = {name: _column_type(annotation) for name, annotation in get_type_hints(RunInfo).items()}
    return {"path": "VARCHAR", **info, "config": "VARCHAR", "metrics": _METRICS_TYPE, "episodes": "VARCHAR[]"}


def _column_type(annotation: Any) -> str:
    if annotation == dict[str, Scores]:
        bounds = ", ".join(f'"{name}" {_column_type(hint)}' for name, hint in get_type_hints(Scores).items())
        return f"MAP(VARCHAR, STRUCT({bounds}))"
    if annotation == dict[str, str]:
        return "MAP(VARCHAR, VARCHAR)"
    for possible in (annotation, *get_args(annotation)):
        if possible in _PLAIN_TYPES:
            return _PLAIN_TYPES[possible]
    return "VARCHAR"  # one of some words, or JSON


def _placeholder(type_: str) -> str:
    if type_ == _METRICS_TYPE:
        return _METRICS_VALUE
    if type_.startswith("MAP("):
        value = type_.removeprefix("MAP(VARCHAR, ").removesuffix(")")
        return f"map(?::VARCHAR[], ?::{value}[])"
    return f"?::{type_}"


def _names_in_file(runs: Sequence[Run]) -> dict[str, Run]:
    """The runs by where they lie below the file; of several in one place, the later ones are numbered."""
    named: dict[str, Run] = {}
    for run in runs:
        info = run.info
        place = run_path(Path(), _folder_name(info.env_id), _folder_name(info.recipe), info.seed).as_posix()
        name, number = place, 2
        while name in named:
            name, number = f"{place}.{number}", number + 1
        named[name] = run
    return named


def _folder_name(name: str) -> str:
    """A name that can only be one folder's, whatever an edited `run.json` says."""
    return name.replace("/", "-") if name.strip("./") else f"unnamed{len(name)}"


def _row(path: str, run: Run, columns: Mapping[str, str], *, episodes: bool) -> list[Any]:
    """The parameters for one row, in the order of the placeholders."""
    info: dict[str, Any] = asdict(run.info)
    info["status"] = "interrupted" if run.status == "running" else run.status
    parameters: list[Any] = [path]
    for field in fields(RunInfo):
        value = info[field.name]
        if columns[field.name].startswith("MAP("):
            parameters += [list(value), list(value.values())]
        else:
            parameters.append(json.dumps(value) if isinstance(value, dict) else _storable(value))
    # JSON in ASCII: half a surrogate pair, which a model can well say, has no UTF-8
    parameters.append(json.dumps(run.config, default=str))
    parameters += _metric_lists(run.metrics)
    parameters.append([json.dumps(episode) for episode in run.episodes] if episodes else [])
    return parameters


def _storable(value: Any) -> Any:
    """A field's value; half a surrogate pair, which has no UTF-8, becomes a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _metric_lists(metrics: Sequence[MetricRow]) -> list[Any]:
    names = list(dict.fromkeys(name for row in metrics for name in row.values))
    return [
        [row.step for row in metrics],
        [row.episodes for row in metrics],
        [row.wall_time for row in metrics],
        names,
        [[row.values.get(name) for row in metrics] for name in names],
    ]


def _run(file: Path, row: Mapping[str, Any]) -> Run:
    config = json.loads(row["config"])
    info = RunInfo.from_json(
        {name: row[name] for name in get_type_hints(RunInfo) if name in row}
        | {"hardware": json.loads(row.get("hardware") or "{}")}
    )
    check_types(info)
    return Run(
        path=file / row["path"],
        info=info,
        status=info.status,
        config=config,
        options=options_line(config),
        metrics=_metric_rows(**row["metrics"]) if "metrics" in row else [],
        episodes=[json.loads(episode) for episode in row.get("episodes") or []],
    )


def _metric_rows(
    step: Sequence[int],
    episodes: Sequence[int | None],
    wall_time: Sequence[float],
    values: Mapping[str, Sequence[float | None]],
) -> list[MetricRow]:
    rows: list[dict[str, float]] = [{} for _ in step]
    for name, series in values.items():
        for row, value in zip(rows, series, strict=True):
            if value is not None:
                row[name] = value
    return [MetricRow(*line) for line in zip(step, episodes, wall_time, rows, strict=True)]
