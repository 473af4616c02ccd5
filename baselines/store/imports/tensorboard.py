"""Reads TensorBoard event files: every scalar, and CleanRL's table of hyper-parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ...errors import RunError
from ...runs import MetricRow
from .foreign_run import ForeignRun, Scoring, score_of_metrics
from .identity import Identity, identity_of_path

_EVENTS = "*tfevents*"
_HYPERPARAMETERS = "hyperparameters/text_summary"
_TABLE_ROW = re.compile(r"\|([^|\n]+)\|([^|\n]*)\|")


def find(source: Path) -> list[Path]:
    """The files or folders below that are a run each: the event files in one folder are the parts of one run."""
    return [source] if source.is_file() else sorted({file.parent for file in source.rglob(_EVENTS)})


def read(source: Path, scoring: Scoring) -> ForeignRun:
    """Read one run.

    What is logged together at a step is one row. A file that is cut off is read as far as it is whole.

    Raises:
        RunError: there is no scalar in it, or none that could be its score.
    """
    from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

    events = EventAccumulator(str(source), size_guidance={SCALARS: 0})  # 0 keeps every value
    events.Reload()
    scalars = [
        (event.wall_time, event.step, tag, float(event.value))
        for tag in events.Tags()["scalars"]
        for event in events.Scalars(tag)
    ]
    if not scalars:
        raise RunError(f"{source} has no scalars of TensorBoard")
    scalars.sort(key=lambda scalar: scalar[0])
    metrics = _rows(scalars)
    params = _hyperparameters(events)
    written = Identity(
        env_id=params.get("env_id"),
        algorithm=params.get("exp_name"),
        seed=int(params["seed"]) if params.get("seed", "").isdecimal() else None,
    )
    return ForeignRun(
        tool="tensorboard",
        source=source,
        identity=written.filled_from(identity_of_path(source)),
        metrics=metrics,
        scores=score_of_metrics(metrics, scoring, source),
        started=scalars[0][0],
        params=params,
    )


def _rows(scalars: Iterable[tuple[float, int, str, float]]) -> list[MetricRow]:
    """One row for the values that were logged one after the other at one step.

    A name that comes again begins another row: environments side by side end several episodes at one step.
    """
    rows: list[MetricRow] = []
    started, values = None, {}
    for wall_time, step, tag, value in scalars:
        started = wall_time if started is None else started
        if not rows or rows[-1].step != step or tag in values:
            values = {}
            rows.append(MetricRow(step, None, round(wall_time - started, 3), values))
        values[tag] = value
    return rows


def _hyperparameters(events: Any) -> dict[str, str]:
    if _HYPERPARAMETERS not in events.Tags()["tensors"]:
        return {}
    text = events.Tensors(_HYPERPARAMETERS)[-1].tensor_proto.string_val[0].decode("utf-8", "replace")
    pairs = {name.strip(): value.strip() for name, value in _TABLE_ROW.findall(text)}
    return {name: value for name, value in pairs.items() if name not in ("param", "-")}
