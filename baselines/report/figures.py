"""The geometry of the figures: dot plots as percentages of their width, learning curves as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..statistics import Interval
from ..store.record import Run
from .aggregate import Row, mean_band
from .collect import Group, Setting

AXES = ("step", "wall_time", "episodes")
GRID_POINTS = 200  # of a mean curve: finer than a panel's pixels can show
LINE_POINTS = 600  # of a single run's curve
REFERENCED = {
    "eval/success_rate": "success",
    "rollout/success_rate": "success",
    "eval/return_mean": "episode_return",
    "rollout/ep_rew_mean": "episode_return",
}


@dataclass(frozen=True, slots=True)
class Dot:
    """One row of a dot plot; positions are percentages of the plot's width."""

    row: Row
    interval: Interval
    at: float
    low: float
    high: float
    seeds: list[float]


@dataclass(frozen=True, slots=True)
class DotPlot:
    """Rows on one scale. `ticks` are (position in percent, value)."""

    measure: str
    dots: list[Dot]
    ticks: list[tuple[float, float]]


def dot_plot(rows: list[Row]) -> DotPlot | None:
    """Success of every policy on a scale from 0 to 1, or returns on their own scale where success is unknown."""
    by_success = any(row.success for row in rows)
    measure = "success" if by_success else "return"
    known = [(row, row.success if by_success else row.episode_return) for row in rows]
    known = [(row, interval) for row, interval in known if interval is not None]
    if not known:
        return None
    if by_success:
        start, end = 0.0, 1.0
    else:
        start, end = _span(
            [bound for _, interval in known for bound in (interval.low, interval.estimate, interval.high)]
        )

    def at(value: float) -> float:
        return round(100 * min(1.0, max(0.0, (value - start) / (end - start))), 2)

    dots = []
    for row, interval in known:
        seeds = row.seed_success if by_success else row.seed_return
        marks = [at(value) for value in seeds] if row.group and len(seeds) > 1 else []
        dots.append(Dot(row, interval, at(interval.estimate), at(interval.low), at(interval.high), marks))
    return DotPlot(measure, dots, [(25.0 * k, start + (end - start) * k / 4) for k in range(5)])


def _span(values: list[float]) -> tuple[float, float]:
    """A little more than the values cover, so that no dot sits on the edge."""
    low, high = min(values), max(values)
    margin = 0.06 * (high - low) or 0.5
    return low - margin, high + margin


def curves(setting: Setting, rows: list[Row]) -> dict[str, Any]:
    """Everything the page needs to draw the learning curves of one setting, as JSON-ready values.

    Returns:
        `keys`: the metric names; `references`: metric name to a list of {name, value} (random and oracle);
        `lines`: one entry a curve: {name, group (its number, for the colour), note, unfinished,
        data: metric -> axis -> {x, y, and low, high for a mean}}.
    """
    lines = [line for number, group in enumerate(setting.groups) for line in _lines(group, number)]
    references: dict[str, list[dict[str, Any]]] = {}
    for key, measure in REFERENCED.items():
        for row in rows:
            interval: Interval | None = getattr(row, measure)
            if row.group is None and interval is not None:
                references.setdefault(key, []).append({"name": row.policy, "value": _number(interval.estimate)})
    return {
        "keys": sorted({key for line in lines for key in line["data"]}),
        "references": references,
        "lines": lines,
    }


def _lines(group: Group, number: int) -> list[dict[str, Any]]:
    """The mean of the finished runs, and every run that did not finish as a line of its own."""
    finished = [run for run in group.runs if run.is_finished]
    lines: list[dict[str, Any]] = []
    if len(finished) > 1:
        note = f"mean of {len(finished)} seeds"
        lines.append(
            {"name": group.name, "group": number, "note": note, "data": _mean_data(finished), "unfinished": False}
        )
    singles = [run for run in group.runs if len(finished) < 2 or not run.is_finished]
    for run in singles:
        note = f"seed {run.info.seed}" if run.is_finished else f"seed {run.info.seed}, {run.status}"
        line = {
            "name": group.name,
            "group": number,
            "note": note,
            "data": _run_data(run),
            "unfinished": not run.is_finished,
        }
        lines.append(line)
    return [line for line in lines if line["data"]]


def _run_data(run: Run) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key in _keys(run):
        for axis in AXES:
            x, y = series(run, key, axis)
            if len(x):
                pick = np.unique(np.linspace(0, len(x) - 1, min(len(x), LINE_POINTS)).astype(int))
                data.setdefault(key, {})[axis] = {"x": _numbers(x[pick]), "y": _numbers(y[pick])}
    return data


def _mean_data(runs: list[Run]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key in dict.fromkeys(key for run in runs for key in _keys(run)):
        for axis in AXES:
            found = [series(run, key, axis) for run in runs]
            band = mean_curve([(x, y) for x, y in found if len(x)])
            if band is not None:
                names = ("x", "y", "low", "high")
                data.setdefault(key, {})[axis] = {name: _numbers(a) for name, a in zip(names, band, strict=True)}
    return data


def _keys(run: Run) -> list[str]:
    return list(dict.fromkeys(key for row in run.metrics for key in row.values))


def series(run: Run, key: str, axis: str) -> tuple[np.ndarray, np.ndarray]:
    """One metric of one run against one axis: two arrays of (N,), finite values only, x rising.

    Where a step was logged twice the later value counts.
    """
    pairs = [(getattr(row, axis), row.values.get(key)) for row in run.metrics]
    points_N2 = np.array([(x, y) for x, y in pairs if _is_number(x) and _is_number(y)], dtype=float).reshape(-1, 2)
    points_N2 = points_N2[np.isfinite(points_N2).all(axis=1)]
    x_N, last_N = np.unique(points_N2[::-1, 0], return_index=True)
    return x_N, points_N2[::-1, 1][last_N]


def mean_curve(
    series_R: list[tuple[np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None:
    """The mean of several curves with a 95 % interval over curves, where all of them have values.

    Curves with the same x are averaged point by point; others are interpolated linearly on a common grid over the range
    that all of them cover, so that no stretch is an average of fewer runs than the next.

    Returns:
        (x, mean, low, high), each (N,); None where nothing overlaps.
    """
    if not series_R:
        return None
    first = series_R[0][0]
    if all(np.array_equal(first, x) for x, _ in series_R) and len(first) <= GRID_POINTS:
        x_N, values_R_N = first, np.stack([y for _, y in series_R])
    else:
        start, end = max(x[0] for x, _ in series_R), min(x[-1] for x, _ in series_R)
        if start > end:
            return None
        points = min(GRID_POINTS, max(len(x) for x, _ in series_R)) if end > start else 1
        x_N = np.linspace(start, end, points)
        values_R_N = np.stack([np.interp(x_N, x, y) for x, y in series_R])
    return (x_N, *mean_band(values_R_N))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(values: np.ndarray) -> list[float | int]:
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | int:
    """Seven significant digits: more cannot be seen, and they would be most of the file."""
    short = float(f"{value:.7g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
