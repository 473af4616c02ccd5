"""What a study came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..statistics import (
    Interval,
    PairedTest,
    aggregate_iqm,
    paired_test,
    percentile_interval,
    probability_of_improvement,
    stratified_interval,
)
from ..statistics.resampling import stratified_resamples
from .study import Study
from .trials import SeedScore, Trial, filled_scores, worst_score

_RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter's value in the recipe (None where it leaves it to its default) and in the best trial."""

    parameter: str
    own: Any
    tuned: Any


@dataclass(frozen=True, slots=True)
class TuningResult:
    """What a study came to. Scores are interquartile means over runs (means where they are fewer than four).

    Attributes:
        recipe: what was tuned.
        env_id: where.
        trials: all of them, scored with the same worst for runs that failed.
        best: the number of the trial with the highest score.
        changes: what it changes in the recipe.
        tuning: its score on the tuning seeds, by which it was chosen.
        tuned: what its parameters score on the test seeds.
        own: what the recipe's own parameters score on the test seeds.
        gap: tuning minus tuned: by how much choosing the best of many flatters. Its interval is a bootstrap of both.
        improvement: the probability that a tuned run scores higher than one of the recipe, on the test seeds.
        paired: a sign-flip test of tuned minus own, seed by seed.
        tuned_seeds: the runs of the test with the tuned parameters.
        own_seeds: those with the recipe's own.
        timesteps: the environment steps of all runs together.
        wall_time_s: the time of all runs together.
    """

    recipe: str
    env_id: str
    trials: tuple[Trial, ...]
    best: int
    changes: tuple[Change, ...]
    tuning: Interval
    tuned: Interval
    own: Interval
    gap: Interval
    improvement: Interval
    paired: PairedTest
    tuned_seeds: tuple[SeedScore, ...]
    own_seeds: tuple[SeedScore, ...]
    timesteps: int
    wall_time_s: float


def conclude(
    study: Study, trials: Sequence[Trial], best: Trial, tuned: Sequence[SeedScore], own: Sequence[SeedScore]
) -> TuningResult:
    """Compare the best trial on its tuning seeds with itself and with the recipe on the test seeds.

    Args:
        study: what was tried.
        trials: what was found.
        best: the chosen one of them.
        tuned: the runs of the test with its parameters.
        own: the runs of the test with the recipe's own, on the same seeds in the same order.
    """
    runs = [*(seed for trial in trials for seed in trial.seeds), *tuned, *own]
    worst = worst_score(runs)
    tuning_S_1, tuned_S_1, own_S_1 = (_column(filled_scores(seeds, worst)) for seeds in (best.seeds, tuned, own))
    rng = np.random.default_rng(study.seed)
    parameters = study.own_parameters()
    return TuningResult(
        recipe=study.recipe.name,
        env_id=study.recipe.env.id,
        trials=tuple(trials),
        best=best.number,
        changes=tuple(Change(key, parameters[key], value) for key, value in best.parameters.items()),
        tuning=stratified_interval(tuning_S_1, aggregate_iqm, rng),
        tuned=stratified_interval(tuned_S_1, aggregate_iqm, rng),
        own=stratified_interval(own_S_1, aggregate_iqm, rng),
        gap=difference_interval(tuning_S_1, tuned_S_1, rng),
        improvement=probability_of_improvement(tuned_S_1, own_S_1, rng),
        paired=paired_test([(tuned_S_1 - own_S_1).reshape(-1)], rng),
        tuned_seeds=tuple(tuned),
        own_seeds=tuple(own),
        timesteps=sum(run.timesteps for run in runs),
        wall_time_s=round(sum(run.wall_time_s for run in runs), 3),
    )


def difference_interval(first: Any, second: Any, rng: np.random.Generator) -> Interval:
    """The difference of two interquartile means over other runs, with its percentile bootstrap interval.

    Args:
        first: scores of shape (seeds, 1).
        second: scores of shape (seeds, 1); the seeds may be of another number.
        rng: draws the runs of each apart.
    """
    first_R, second_R = (
        stratified_resamples(scores, aggregate_iqm, rng, resamples=_RESAMPLES) for scores in (first, second)
    )
    estimate = float(aggregate_iqm(np.asarray(first)) - aggregate_iqm(np.asarray(second)))
    return percentile_interval(estimate, first_R - second_R)


def to_json(result: TuningResult) -> Mapping[str, Any]:
    """The result as plain values."""
    return asdict(result)


def _column(scores: Sequence[float]) -> np.ndarray:
    return np.asarray(scores, dtype=np.float64).reshape(-1, 1)
