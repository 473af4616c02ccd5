"""Learning curves: what single runs logged, thinned to what a chart can show, and means over seeds with their bands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..runs import MetricRow
from ..store.record import Run
from .aggregate import Row, mean_band
from .collect import Group, Setting

AXES = ("step", "wall_time", "episodes")
MEAN_POINTS = 200  # of a mean curve: a point every two pixels of a chart
RUN_POINTS = 400  # of a single run's curve
REFERENCED = {
    "eval/success_rate": "success",
    "rollout/success_rate": "success",
    "eval/return_mean": "episode_return",
    "rollout/ep_rew_mean": "episode_return",
}

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trace:
    """One metric against one axis, ready to draw.

    Attributes:
        x_N: places on the axis, rising.
        y_N: values.
        low_N: the lower edge of the band; None for a single run.
        high_N: its upper edge.
        recorded: how many points there were before it was thinned.
    """

    x_N: Array
    y_N: Array
    recorded: int
    low_N: Array | None = None
    high_N: Array | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a setting's charts.

    Attributes:
        label: what the agent is called, which decides the colour.
        note: what the line is, e.g. `mean of 5 seeds`.
        is_mean: whether it stands for several runs.
        finished: whether its runs went through their budget.
        traces: metric to axis to what is drawn.
    """

    label: str
    note: str
    is_mean: bool
    finished: bool
    traces: dict[str, dict[str, Trace]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A level that curves are read against: the score of random or of the oracle."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Curves:
    """The learning curves of one setting. `references` are by metric."""

    keys: list[str]
    lines: list[Line]
    references: dict[str, list[Reference]]


@dataclass(slots=True)
class Log:
    """The metrics of a run as arrays, one entry a row; NaN where a row lacks a value."""

    rows: list[MetricRow]
    axes: dict[str, Array] = field(init=False)
    values: dict[str, Array] = field(init=False)

    def __post_init__(self) -> None:
        self.axes = {axis: _column([getattr(row, axis) for row in self.rows]) for axis in AXES}
        keys = dict.fromkeys(key for row in self.rows for key in row.values)
        self.values = {key: _column([row.values.get(key) for row in self.rows]) for key in keys}

    def series(self, key: str, axis: str) -> tuple[Array, Array]:
        """One metric against one axis: two arrays of (N,), finite values only, x rising.

        Where a place was logged twice the later value counts. An axis that never moves (the wall time of a run from a
        tool that did not keep it) has no points.
        """
        if key not in self.values:
            return np.empty(0), np.empty(0)
        x_N, y_N = self.axes[axis], self.values[key]
        known_N = np.isfinite(x_N) & np.isfinite(y_N)
        # from the back, because unique keeps the first of equals
        x_M, last_M = np.unique(x_N[known_N][::-1], return_index=True)
        if len(x_M) == 1 and known_N.sum() > 1:
            return np.empty(0), np.empty(0)
        return x_M, y_N[known_N][::-1][last_M]


def thin(y_N: Array, limit: int) -> NDArray[np.intp]:
    """The indices of at most `limit` points that keep what a curve shows.

    The curve is cut into stretches of equal length, of which the lowest and the highest point stay, as do both ends of
    the curve: a spike of a single point is never lost.

    Args:
        y_N: values, at least one.
        limit: the most indices, 4 or more.
    """
    count = len(y_N)
    if count <= limit:
        return np.arange(count)
    size = -(-count // ((limit - 2) // 2))
    stretches = -(-count // size)
    # the last stretch is filled up with the last point, which is kept anyway
    padded_S_P = np.pad(y_N, (0, stretches * size - count), mode="edge").reshape(stretches, size)
    starts_S = np.arange(stretches) * size
    extremes = [starts_S + padded_S_P.argmin(axis=1), starts_S + padded_S_P.argmax(axis=1)]
    return np.unique(np.minimum(np.concatenate([[0], *extremes, [count - 1]]), count - 1))


def mean_curve(series_R: list[tuple[Array, Array]]) -> Trace | None:
    """The mean of several curves with a 95 % interval over curves, where all of them have values.

    Curves with the same x are averaged point by point; others are interpolated linearly on a common grid over the range
    that all of them cover, so that no stretch is an average of fewer runs than the next. The mean is then thinned as a
    single curve is; it is not smoothed.

    Returns:
        None where there is no curve, or nothing overlaps.
    """
    if not series_R or any(len(x) == 0 for x, _ in series_R):
        return None
    first = series_R[0][0]
    if all(np.array_equal(first, x) for x, _ in series_R):
        x_N, values_R_N = first, np.stack([y for _, y in series_R])
    else:
        start, end = max(x[0] for x, _ in series_R), min(x[-1] for x, _ in series_R)
        if start > end:
            return None
        x_N = np.linspace(start, end, max(len(x) for x, _ in series_R) if end > start else 1)
        values_R_N = np.stack([np.interp(x_N, x, y) for x, y in series_R])
    picked = thin(values_R_N.mean(axis=0), MEAN_POINTS)
    mean_N, low_N, high_N = mean_band(values_R_N[:, picked])
    return Trace(x_N[picked], mean_N, len(x_N), low_N, high_N)


def curves_of(setting: Setting, rows: list[Row]) -> Curves:
    """The learning curves of a setting: the mean of each recipe's finished runs first, then every run by itself.

    Args:
        setting: its runs.
        rows: its scores, which hold the references.
    """
    lines = [line for group in setting.groups for line in _lines(group)]
    references: dict[str, list[Reference]] = {}
    for key, measure in REFERENCED.items():
        for row in rows:
            interval = getattr(row, measure)
            if row.group is None and interval is not None:
                references.setdefault(key, []).append(Reference(row.policy, interval.estimate))
    return Curves(sorted({key for line in lines for key in line.traces}), lines, references)


def _lines(group: Group) -> list[Line]:
    logs = [(run, Log(run.metrics)) for run in group.runs]
    finished = [log for run, log in logs if run.is_finished]
    lines = [_run_line(group.label, run, log) for run, log in logs]
    if len(finished) > 1:
        lines.insert(0, _mean_line(group.label, finished))
    return [line for line in lines if line.traces]


def _mean_line(label: str, logs: list[Log]) -> Line:
    traces: dict[str, dict[str, Trace]] = {}
    for key in dict.fromkeys(key for log in logs for key in log.values):
        for axis in AXES:
            series_R = [(x, y) for x, y in (log.series(key, axis) for log in logs) if len(x)]
            trace = mean_curve(series_R)
            if trace is not None:
                traces.setdefault(key, {})[axis] = trace
    return Line(label, f"mean of {len(logs)} seeds", True, True, traces)


def _run_line(label: str, run: Run, log: Log) -> Line:
    traces: dict[str, dict[str, Trace]] = {}
    for key in log.values:
        for axis in AXES:
            x_N, y_N = log.series(key, axis)
            if len(x_N):
                picked = thin(y_N, RUN_POINTS)
                traces.setdefault(key, {})[axis] = Trace(x_N[picked], y_N[picked], len(x_N))
    note = f"seed {run.info.seed}" if run.is_finished else f"seed {run.info.seed}, {run.status}"
    return Line(label, note, False, run.is_finished, traces)


def _column(values: list[Any]) -> Array:
    return np.array(values, dtype=np.float64)  # None becomes NaN
