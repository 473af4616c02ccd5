"""Reads what Open RL Benchmark keeps of a run: `run_df.csv`, the whole history at Weights & Biases, beside `run.json`.

Any other history that was exported from Weights & Biases as CSV has the same columns and can be read as well.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import RunError
from ...runs import MetricRow, RunStatus
from .foreign_run import ForeignRun, Scoring, score_of_metrics
from .identity import Identity, identity_of_path

_HISTORY = "run_df.csv"
_STEPS = ("global_step", "_step")
_ENVIRONMENT_KEYS = ("env_id", "env", "gym_id")
_ALGORITHM_KEYS = ("exp_name", "algo")
_STATUS: dict[str, RunStatus] = {"finished": "finished", "running": "interrupted"}


def find(source: Path) -> list[Path]:
    """The histories below."""
    return [source] if source.is_file() else sorted(source.rglob(_HISTORY))


def read(source: Path, scoring: Scoring) -> ForeignRun:
    """Read one run; its score is the mean of the last 100 episodic returns, as in Open RL Benchmark's tables.

    Raises:
        RunError: the file is no history of a run, or has no metric that could be its score.
    """
    text = source.read_text(encoding="utf-8")
    table = csv.DictReader(io.StringIO(text, newline=""))
    try:
        counters = [name for name in _STEPS if name in (table.fieldnames or ())]
        records = list(table)
    except csv.Error as error:
        raise RunError(f"{source}:{table.line_num + 1} cannot be read as CSV ({error})") from error
    if not counters:
        what = "a table of means ± deviations, which holds no single runs" if "±" in text else "no history of a run"
        raise RunError(f"{source} is {what}: expected a column {' or '.join(_STEPS)}, as in {_HISTORY}")
    # a column that no record fills counts nothing
    counted = (name for name in counters if any(_number(record[name]) is not None for record in records))
    counter = next(counted, counters[0])
    metrics = list(_rows(records, counter))
    described, config = _description(source.with_name("run.json"))
    return ForeignRun(
        tool="openrlbenchmark",
        source=source,
        identity=_identity(config).filled_from(identity_of_path(source.parent)),
        metrics=metrics,
        scores=score_of_metrics(metrics, scoring, source),
        started=_started(records, source),
        params=config,
        status=_STATUS.get(described.get("state", "finished"), "failed"),
    )


def _rows(records: list[dict[str, str]], counter: str) -> Iterator[MetricRow]:
    """One row for each record that has a metric; one without a step is of the step before."""
    step, wall_time = 0, 0.0
    for record in records:
        numbers = {name: _number(text) for name, text in record.items() if name}
        step = int(numbers[counter] or step)
        wall_time = numbers.get("_runtime") or wall_time
        values = {
            name: number
            for name, number in numbers.items()
            if number is not None and not name.startswith("_") and name not in _STEPS
        }
        if values:
            yield MetricRow(step, None, round(wall_time, 3), values)


def _number(text: Any) -> float | None:
    """The number in a cell; None where there is none, which the table writes as nothing or as nan."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _description(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `run.json` says of the run, the attributes of the run at Weights & Biases, and its configuration."""
    if not file.exists():
        return {}, {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        described = content | content.get("_attrs", {})
        return described, _config(described)
    except (AttributeError, TypeError, ValueError) as error:
        raise RunError(f"{file} is not the description of a run ({type(error).__name__}: {error})") from error


def _config(described: Mapping[str, Any]) -> dict[str, Any]:
    config = described.get("config") or {}
    config = json.loads(config) if isinstance(config, str) else config
    plain = {
        key: value["value"] if isinstance(value, dict) and "value" in value else value for key, value in config.items()
    }
    return {key: value for key, value in plain.items() if not key.startswith("_")}


def _identity(config: Mapping[str, Any]) -> Identity:
    env_id = next((str(config[key]) for key in _ENVIRONMENT_KEYS if key in config), None)
    algorithm = next((str(config[key]) for key in _ALGORITHM_KEYS if key in config), None)
    seed = config.get("seed")
    return Identity(env_id, algorithm, seed if isinstance(seed, int) else None)


def _started(records: list[dict[str, str]], source: Path) -> float:
    first = records[0] if records else {}
    ended, passed = _number(first.get("_timestamp")), _number(first.get("_runtime")) or 0.0
    return source.stat().st_mtime if ended is None else ended - passed
