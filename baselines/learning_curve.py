"""The learning curve of a run, of what it logged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

import numpy as np

from .runs import MetricRow
from .statistics import Curve

Axis = Literal["steps", "episodes", "seconds"]


def curve_of(rows: Iterable[MetricRow], metric: str, against: Axis) -> Curve:
    """A run's scores over its training, of the rows that have both; of several at one point the last counts."""
    points: dict[float, float] = {}
    for row in rows:
        spent = {"steps": row.step, "episodes": row.episodes, "seconds": row.wall_time}[against]
        score = row.values.get(metric, math.nan)
        if spent is not None and math.isfinite(score):
            points[float(spent)] = score
    return Curve(np.array(list(points)), np.array(list(points.values())))
