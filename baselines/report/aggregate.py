"""Seeds into one number: means over runs with 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..runs import Scores
from ..statistics import Interval, bootstrap_mean_interval
from ..store.record import Run
from .collect import Group, Setting

POLICIES = {
    "oracle": "Oracle",
    "best": "Agent, best",
    "agent": "Agent, last",
    "warm_start": "Warm start",
    "random": "Random",
}
REFERENCES = ("oracle", "random")
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """One policy of a setting, over all the runs that count.

    Attributes:
        group: the label of the recipe that trained it; None for a reference (random, oracle), which belongs to the setting.
        seed_success: the success rate of every run, for the marks beside the mean.
        episodes: evaluation episodes altogether.
        timesteps: of training, the mean over runs; None for a reference.
        wall_time: of training in seconds, the mean over runs; None for a reference.
    """

    policy: str
    label: str
    group: str | None
    success: Interval | None
    episode_return: Interval | None
    seed_success: list[float]
    seed_return: list[float]
    episodes: int
    runs: int
    timesteps: float | None = None
    wall_time: float | None = None


def mean_band(values_R_N: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean over R runs of N quantities with its 95 % percentile bootstrap interval over runs: three arrays of (N,).

    All N share their resamples, so a band costs one matrix product.
    """
    runs = values_R_N.shape[0]
    drawn_B_R = np.random.default_rng(0).integers(runs, size=(RESAMPLES, runs))
    weights_B_R = np.stack([(drawn_B_R == run).mean(axis=1) for run in range(runs)], axis=1)
    low_N, high_N = np.quantile(weights_B_R @ values_R_N, [0.025, 0.975], axis=0)
    return values_R_N.mean(axis=0), low_N, high_N


def over_runs(intervals: Iterable[Interval | None]) -> Interval | None:
    """One estimate from one per run.

    A single run keeps its own interval, which is over episodes. Runs that agree to the digit measured the same thing on
    the same episodes (an oracle does, which draws nothing), so they keep that interval too. Otherwise the interval is
    over runs; that is so of random as well, whose draws are seeded with the run's seed.
    """
    known = [interval for interval in intervals if interval is not None]
    if not known:
        return None
    if all(interval.estimate == known[0].estimate for interval in known):
        return known[0]
    return bootstrap_mean_interval([interval.estimate for interval in known], np.random.default_rng(0))


def rows_of(setting: Setting) -> list[Row]:
    """The policies of a setting from the ceiling to the floor: oracle, each recipe's checkpoints, random."""
    rows = [_reference(setting, "oracle"), *(row for group in setting.groups for row in _trained(group))]
    rows.append(_reference(setting, "random"))
    return [row for row in rows if row is not None]


def _trained(group: Group) -> list[Row]:
    names = dict.fromkeys([*POLICIES, *(name for run in group.runs for name in run.info.scores)])
    rows = []
    for name in names:
        runs = [run for run in group.scored_runs if name in run.info.scores]
        if name not in REFERENCES and runs:
            rows.append(_row(name, group.label, runs))
    return rows


def _reference(setting: Setting, name: str) -> Row | None:
    runs = [run for run in setting.runs if name in run.info.scores]
    return _row(name, None, runs) if runs else None


def _row(policy: str, group: str | None, runs: Sequence[Run]) -> Row:
    success = [_success(run.info.scores[policy]) for run in runs]
    returns = [_return(run.info.scores[policy]) for run in runs]
    return Row(
        policy=policy,
        label=POLICIES.get(policy, policy.replace("_", " ").capitalize()),
        group=group,
        success=over_runs(success),
        episode_return=over_runs(returns),
        seed_success=[interval.estimate for interval in success if interval],
        seed_return=[interval.estimate for interval in returns if interval],
        episodes=sum(run.info.scores[policy].episodes for run in runs),
        runs=len(runs),
        timesteps=float(np.mean([run.info.timesteps for run in runs])) if group else None,
        wall_time=float(np.mean([run.info.wall_time_s for run in runs])) if group else None,
    )


def _success(scores: Scores) -> Interval | None:
    return _interval(scores.success_rate, scores.success_low, scores.success_high)


def _return(scores: Scores) -> Interval | None:
    return _interval(scores.return_mean, scores.return_low, scores.return_high)


def _interval(estimate: float | None, low: float | None, high: float | None) -> Interval | None:
    """What was measured; unknown bounds lie on the estimate."""
    if estimate is None or not math.isfinite(estimate):
        return None
    known = [bound if bound is not None and math.isfinite(bound) else estimate for bound in (low, high)]
    return Interval(estimate, *known)
