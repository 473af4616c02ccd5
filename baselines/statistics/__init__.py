"""Statistics of few runs: intervals, aggregates, profiles, comparisons, pass@k and scaling curves.

NumPy vectorised over resamples; SciPy, which is slow to import, only where a curve is fitted.
"""

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
from .area import area_under
from .comparison import PairedTest, holm, paired_test, probability_of_improvement
from .intervals import Interval, bootstrap_mean_interval, interval_over_runs, percentile_interval, wilson_interval
from .passes import coverage_inclusion, pass_at_k
from .profiles import Profile, average_score_profile, run_score_profile
from .reaching import Reach, least_ratio, median_reach, ratio_of_medians, reach
from .scaling import Curve, Extrapolation, ScalingFit, Sigmoid, fit_sigmoid, scaling_fit

__all__ = [
    "Aggregates",
    "Curve",
    "Extrapolation",
    "Interval",
    "PairedTest",
    "Profile",
    "Reach",
    "ScalingFit",
    "Sigmoid",
    "aggregate_iqm",
    "aggregate_mean",
    "aggregate_median",
    "aggregate_optimality_gap",
    "aggregate_scores",
    "area_under",
    "average_score_profile",
    "bootstrap_mean_interval",
    "coverage_inclusion",
    "fit_sigmoid",
    "holm",
    "interquartile_mean",
    "interval_over_runs",
    "least_ratio",
    "median_reach",
    "paired_test",
    "pass_at_k",
    "percentile_interval",
    "probability_of_improvement",
    "ratio_of_medians",
    "reach",
    "run_score_profile",
    "scaling_fit",
    "stratified_interval",
    "wilson_interval",
]
