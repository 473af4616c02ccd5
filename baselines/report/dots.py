"""The geometry of dot plots: rows on one scale, as percentages of the plot's width."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..statistics import Interval
from .aggregate import Row
from .formats import percent, tick


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
    """Rows on one scale. `ticks` are (position in percent, text)."""

    measure: str
    dots: list[Dot]
    ticks: list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `start` to `end` on a plot's width; what lies outside is drawn at the edge."""

    start: float
    end: float

    @classmethod
    def around(cls, values: list[float]) -> Scale:
        """A little more than the values cover, so that no dot sits on the edge."""
        low, high = min(values), max(values)
        margin = 0.06 * (high - low) or 0.5
        return cls(low - margin, high + margin)

    def at(self, value: float) -> float:
        """Where a value lies, in percent."""
        return round(100 * min(1.0, max(0.0, (value - self.start) / (self.end - self.start))), 2)

    def ticks(self) -> list[tuple[float, float]]:
        """Some four round values with their places (position in percent, value)."""
        step = self.step
        first, last = math.ceil(self.start / step - 1e-9), math.floor(self.end / step + 1e-9)
        return [(self.at(k * step), k * step) for k in range(first, last + 1)]

    @property
    def step(self) -> float:
        """The distance of ticks: 1, 2, 2.5 or 5 times a power of ten."""
        rough = (self.end - self.start) / 4
        power = 10.0 ** math.floor(math.log10(rough))
        return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))


def dot_plot(rows: list[Row]) -> DotPlot | None:
    """Success of every policy on a scale from 0 to 1, or returns on their own scale where success is unknown."""
    by_success = any(row.success for row in rows)
    known = [(row, row.success if by_success else row.episode_return) for row in rows]
    known = [(row, interval) for row, interval in known if interval is not None]
    if not known:
        return None
    bounds = [bound for _, interval in known for bound in (interval.low, interval.estimate, interval.high)]
    scale = Scale(0.0, 1.0) if by_success else Scale.around(bounds)
    dots = []
    for row, interval in known:
        seeds = row.seed_success if by_success else row.seed_return
        marks = [scale.at(value) for value in seeds] if row.group and len(seeds) > 1 else []
        positions = (scale.at(interval.estimate), scale.at(interval.low), scale.at(interval.high))
        dots.append(Dot(row, interval, *positions, marks))
    step = scale.step
    ticks = [(at, percent(value) if by_success else tick(value, step)) for at, value in scale.ticks()]
    return DotPlot("success" if by_success else "return", dots, ticks)
