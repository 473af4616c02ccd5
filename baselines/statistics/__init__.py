"""Statistics of few runs: intervals, aggregates, profiles, comparisons. Pure NumPy, vectorised over resamples."""

from .aggregates import (
    Aggregates,
    aggregate_iqm,
    aggregate_mean,
    aggregate_median,
    aggregate_optimality_gap,
    aggregate_scores,
    interquartile_mean,
    stratified_interval,
)
from .comparison import PairedTest, holm, paired_test, probability_of_improvement
from .intervals import Interval, bootstrap_mean_interval, interval_over_runs, percentile_interval, wilson_interval
from .profiles import Profile, average_score_profile, run_score_profile

__all__ = [
    "Aggregates",
    "Interval",
    "PairedTest",
    "Profile",
    "aggregate_iqm",
    "aggregate_mean",
    "aggregate_median",
    "aggregate_optimality_gap",
    "aggregate_scores",
    "average_score_profile",
    "bootstrap_mean_interval",
    "holm",
    "interquartile_mean",
    "interval_over_runs",
    "paired_test",
    "percentile_interval",
    "probability_of_improvement",
    "run_score_profile",
    "stratified_interval",
    "wilson_interval",
]
