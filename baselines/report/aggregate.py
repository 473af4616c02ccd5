"""Seeds into one number: means over runs with 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from ..runs import Scores
from ..statistics import Interval, interval_over_runs
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
_EXACT_RUNS = 6
"""Six runs have 462 different resamples; seven have 1,716, and drawing is as good."""


@dataclass(frozen=True, slots=True)
class Row:
    """One policy of a setting, over all the runs that count.

    Attributes:
        group: the label of the recipe that trained it; None for a reference (random, oracle): that is the setting's.
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

    Of a handful of runs there are few different resamples, so all are taken, each as often as chance would draw it:
    that is exact, and faster than drawing. Of more, `RESAMPLES` are drawn. All N share them.
    """
    runs = values_R_N.shape[0]
    mean_N = values_R_N.mean(axis=0)
    if runs > _EXACT_RUNS:
        low_N, high_N = np.quantile(_drawn_resamples(runs) @ values_R_N, [0.025, 0.975], axis=0)
        return mean_N, low_N, high_N
    weights_M_R, chances_M = _all_resamples(runs)
    means_M_N = weights_M_R @ values_R_N
    order_M_N = means_M_N.argsort(axis=0)
    means_M_N = np.take_along_axis(means_M_N, order_M_N, axis=0)
    reached_M_N = chances_M[order_M_N].cumsum(axis=0)
    # half a rounding error below, so that a chance of exactly 2.5 % counts
    first_N, last_N = ((reached_M_N >= share - 1e-12).argmax(axis=0) for share in (0.025, 0.975))
    columns = np.arange(means_M_N.shape[1])
    return mean_N, means_M_N[first_N, columns], means_M_N[last_N, columns]


@cache
def _all_resamples(runs: int) -> tuple[np.ndarray, np.ndarray]:
    """All M different resamples of some runs: the weight of each run in each (M, R), and how likely each is (M,)."""
    counts_M_R = np.array(
        [np.bincount(drawn, minlength=runs) for drawn in combinations_with_replacement(range(runs), runs)]
    )
    orders = [math.factorial(runs) // math.prod(map(math.factorial, counts)) for counts in counts_M_R.tolist()]
    return counts_M_R / runs, np.array(orders) / runs**runs


@cache
def _drawn_resamples(runs: int) -> np.ndarray:
    """The weight of each run in each of `RESAMPLES` resamples drawn at random (B, R)."""
    drawn_B_R = np.random.default_rng(0).integers(runs, size=(RESAMPLES, runs))
    return np.stack([(drawn_B_R == run).mean(axis=1) for run in range(runs)], axis=1)


def over_runs(intervals: Iterable[Interval | None]) -> Interval | None:
    """One estimate from one per run, of those that have one: `interval_over_runs`.

    Runs that agree to the digit measured the same thing on the same episodes (an oracle does, which draws nothing).
    """
    known = [interval for interval in intervals if interval is not None]
    return interval_over_runs(known) if known else None


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
