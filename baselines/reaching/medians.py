"""For every agent in every setting, the median compute at which its runs first reach a score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..leaderboard.contenders import Contender, contenders_of
from ..leaderboard.results import SettingId
from ..learning_curve import Axis, curve_of
from ..statistics import Interval, Reach, least_ratio, median_reach, ratio_of_medians, reach
from ..store.record import Run


@dataclass(frozen=True, slots=True)
class Reaching:
    """One agent in one setting.

    Attributes:
        seeds: of the finished runs.
        reaches: when each of them reached the score, or how far it went without.
        left_out: how many runs did not finish or have not measured the metric.
        median: over runs; None without one.
        ratio: how many times as much as the quickest agent of the setting it needs; None for that agent, and where no
            agent has a median.
        least_ratio: the same, if its runs that never arrived had arrived as they ended.
    """

    setting: SettingId
    label: str
    seeds: tuple[int, ...]
    reaches: tuple[Reach, ...]
    left_out: int
    median: Interval | None
    ratio: Interval | None = None
    least_ratio: float | None = None


def reachings(
    runs: Sequence[Run], score: float, *, metric: str = "eval/success_rate", against: Axis = "episodes"
) -> list[Reaching]:
    """When agents reach a score.

    Args:
        runs: with their metrics.
        score: what is to be reached, from below.
        metric: what is measured.
        against: what counts as compute.
    """
    return [
        row
        for setting, contenders in contenders_of(runs).items()
        for row in _in_setting(setting, contenders, score, metric, against)
    ]


def _in_setting(
    setting: SettingId, contenders: Sequence[Contender], score: float, metric: str, against: Axis
) -> list[Reaching]:
    rows = [_alone(setting, contender, score, metric, against) for contender in contenders]
    quickest = min((row for row in rows if _estimate(row) < math.inf), key=_estimate, default=None)
    return [row if quickest is None or row is quickest else _beside(row, quickest) for row in rows]


def _alone(setting: SettingId, contender: Contender, score: float, metric: str, against: Axis) -> Reaching:
    found = {
        run.info.seed: reach(curve_of(run.metrics, metric, against), score) for run in contender.runs if run.is_finished
    }
    reaches = {seed: each for seed, each in found.items() if each is not None}
    median = median_reach(list(reaches.values()), np.random.default_rng(0)) if reaches else None
    left_out = len(contender.runs) - len(reaches)
    return Reaching(setting, contender.label, tuple(reaches), tuple(reaches.values()), left_out, median)


def _beside(row: Reaching, quickest: Reaching) -> Reaching:
    if not row.reaches:
        return row
    return replace(
        row,
        ratio=ratio_of_medians(row.reaches, quickest.reaches, np.random.default_rng(0)),
        least_ratio=least_ratio(row.reaches, quickest.reaches),
    )


def _estimate(row: Reaching) -> float:
    return math.inf if row.median is None else row.median.estimate
