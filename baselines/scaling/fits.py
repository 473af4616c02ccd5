"""How agents' scores grow with compute: sigmoid fits of the learning curves of runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..leaderboard.contenders import Contender, contenders_of
from ..leaderboard.results import SettingId
from ..learning_curve import Axis, curve_of
from ..statistics import Curve, ScalingFit, scaling_fit
from ..statistics.scaling import MIN_POINTS, RESAMPLES
from ..store.record import Run

METRICS = ("eval/success_rate", "eval/return_mean", "rollout/success_rate", "rollout/ep_rew_mean")
"""What is fitted where no metric is asked for: the first of these that all runs of an agent have."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """One agent in one setting.

    Attributes:
        metric: what was fitted; None where the runs have none of those looked for.
        seeds: of the runs that were fitted.
        left_out: how many runs were not, because they did not finish or have not measured the metric.
        fit: None where there is nothing to fit.
        reason: why there is none.
    """

    setting: SettingId
    label: str
    metric: str | None
    seeds: tuple[int, ...]
    left_out: int
    fit: ScalingFit | None
    reason: str | None


def scalings(
    runs: Sequence[Run],
    *,
    metric: str | None = None,
    against: Axis = "steps",
    share: float = 0.5,
    resamples: int = RESAMPLES,
) -> Iterator[Scaling]:
    """Fit every agent in every setting; each takes about a second.

    Args:
        runs: with their metrics.
        metric: what to fit; None takes the first of `METRICS` that an agent's runs have. One that ends in
            `success_rate` is kept between 0 and 1.
        against: what counts as compute.
        share: the part of the compute from which the end is foretold, in (0, 1).
        resamples: how many the intervals are drawn from.
    """
    fit = partial(scaling_fit, share=share, resamples=resamples)
    for setting, contenders in contenders_of(runs).items():
        for contender in contenders:
            yield _scaling(setting, contender, metric, against, fit)


def _scaling(
    setting: SettingId, contender: Contender, metric: str | None, against: Axis, fit: Callable[..., ScalingFit]
) -> Scaling:
    finished = [run for run in contender.runs if run.is_finished]
    metric = metric or next((name for name in METRICS if finished and all(_has(run, name) for run in finished)), None)
    curves: dict[int, Curve] = {}
    for run in finished:
        if metric is not None and len(curve := curve_of(run.metrics, metric, against)):
            curves[run.info.seed] = curve
    points = {float(compute) for curve in curves.values() for compute in curve.compute_N}
    found, reason = None, None
    if not finished:
        reason = "no run has finished"
    elif not curves:
        reason = f"no finished run has measured {metric or 'any of ' + ', '.join(METRICS)} by {against}"
    elif len(points) < MIN_POINTS:
        reason = f"{metric} was measured at {len(points)} points, and a sigmoid needs {MIN_POINTS}"
    else:
        bounds = (0.0, 1.0) if metric and metric.endswith("success_rate") else (-math.inf, math.inf)
        found = fit(list(curves.values()), np.random.default_rng(0), bounds=bounds)
    left_out = len(contender.runs) - len(curves)
    return Scaling(setting, contender.label, metric, tuple(curves), left_out, found, reason)


def _has(run: Run, metric: str) -> bool:
    return any(metric in row.values for row in run.metrics)
