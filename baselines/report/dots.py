"""The geometry of dot plots: rows on one scale, as percentages of the plot's width."""

from __future__ import annotations

from dataclasses import dataclass

from ..statistics import Interval
from .aggregate import Row


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

    def ticks(self, intervals: int = 4) -> list[tuple[float, float]]:
        """Evenly spaced (position in percent, value)."""
        share = 1 / intervals
        return [
            (round(100 * share * k, 2), self.start + (self.end - self.start) * share * k) for k in range(intervals + 1)
        ]


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
    return DotPlot("success" if by_success else "return", dots, scale.ticks())
