"""When agents reach a score, as a table of text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..grids import Grid
from ..leaderboard import MIN_SEEDS
from ..learning_curve import Axis
from ..statistics import Interval
from .medians import Reaching


def reaching_grid(rows: Sequence[Reaching], score: float, metric: str, against: Axis) -> Grid:
    """One line an agent: how many runs arrived, the median of all, and how many times the quickest agent's it is."""
    title = f"{against} until {metric} is first {score:g}, medians with 95 % intervals over runs"
    columns = ("setting", "agent", "reached", "median", "times the quickest", "at least")
    return Grid(title, columns, tuple(_line(row) for row in rows if row.median is not None))


def reaching_notes(rows: Sequence[Reaching], metric: str, against: Axis) -> Iterator[str]:
    """What is missing from the table or to be known with it, in sentences."""
    for row in rows:
        named = f"{row.label} in {row.setting}"
        if row.median is None:
            yield f"{named}: no finished run has measured {metric} by {against}"
            continue
        if row.left_out:
            yield f"{named}: {row.left_out} of its runs left out, which did not finish or did not measure it"
        if len(row.reaches) < MIN_SEEDS:
            yield f"{named}: fewer than {MIN_SEEDS} seeds, so its interval is a guess"
        if late := [each.compute for each in row.reaches if not each.reached]:
            yield f"{named}: {len(late)} of its runs ended at {max(late):,.0f} {against} or before without reaching it"


def _line(row: Reaching) -> tuple[str, ...]:
    assert row.median is not None
    arrived = sum(each.reached for each in row.reaches)
    return (
        str(row.setting),
        row.label,
        f"{arrived}/{len(row.reaches)}",
        _bounds(row.median, ",.0f"),
        "" if row.ratio is None else _bounds(row.ratio, ".2f"),
        "" if row.least_ratio is None or not row.least_ratio else f"{row.least_ratio:.2f}",
    )


def _bounds(interval: Interval, form: str) -> str:
    return f"{_number(interval.estimate, form)} ({_number(interval.low, form)} … {_number(interval.high, form)})"


def _number(value: float, form: str) -> str:
    return "?" if math.isnan(value) else "∞" if math.isinf(value) else format(value, form)
