"""Records what rliable gives for made-up scores, in `rliable_*.json` beside this file.

rliable does not import with pandas 3, so it runs in an environment of its own:

    python -m venv /tmp/rliable
    /tmp/rliable/bin/pip install rliable==1.2.0 "pandas<3" "arch<8"
    /tmp/rliable/bin/python tests/baselines/statistics/record_rliable.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rliable import library, metrics

REPETITIONS = 50_000
PROFILE_REPETITIONS = 5_000
THRESHOLDS = np.linspace(-0.25, 1.25, 13)

RNG = np.random.default_rng(20211029)
TASK_MEANS = RNG.uniform(0.1, 0.9, size=6)
CASES = {
    "even": RNG.normal(TASK_MEANS, 0.15, size=(5, 6)),
    "outlier": np.concatenate([RNG.normal(0.5, 0.1, size=(10, 19)), RNG.normal(9, 3, size=(10, 1))], axis=1),
    # shares of 20 episodes, so that many scores tie
    "ties": RNG.binomial(20, TASK_MEANS, size=(7, 6)) / 20,
    "one_task": RNG.normal(0.6, 0.2, size=(8, 1)),
}
PAIRS = {
    "even_seeds": (CASES["even"], RNG.normal(TASK_MEANS - 0.1, 0.2, size=(5, 6))),
    "other_seeds": (CASES["ties"], RNG.binomial(20, TASK_MEANS, size=(4, 6)) / 20),
    "itself": (CASES["even"], CASES["even"]),
}


def all_four(scores):
    return np.array(
        [
            metrics.aggregate_iqm(scores),
            metrics.aggregate_mean(scores),
            metrics.aggregate_median(scores),
            metrics.aggregate_optimality_gap(scores),
        ]
    )


def aggregates(scores):
    points, intervals = library.get_interval_estimates({"x": scores}, all_four, reps=REPETITIONS)
    names = ("iqm", "mean", "median", "optimality_gap")
    low, high = intervals["x"]
    return {name: {"estimate": points["x"][k], "low": low[k], "high": high[k]} for k, name in enumerate(names)} | {
        "scores": scores.tolist()
    }


def profiles(scores):
    found = {}
    for name, of_runs in (("runs", True), ("tasks", False)):
        points, bands = library.create_performance_profile(
            {"x": scores}, THRESHOLDS, use_score_distribution=of_runs, reps=PROFILE_REPETITIONS
        )
        low, high = bands["x"]
        found[name] = {"shares": points["x"].tolist(), "low": low.tolist(), "high": high.tolist()}
    return found | {"scores": scores.tolist(), "thresholds": THRESHOLDS.tolist()}


def improvement(first, second):
    points, intervals = library.get_interval_estimates(
        {"x": [first, second]}, metrics.probability_of_improvement, reps=PROFILE_REPETITIONS
    )
    low, high = intervals["x"].reshape(2)
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "estimate": points["x"],
        "low": low,
        "high": high,
    }


def write(name, cases):
    versions = {package: version(package) for package in ("rliable", "numpy", "scipy", "arch", "pandas")}
    value = {"command": "python tests/baselines/statistics/record_rliable.py", "versions": versions, "cases": cases}
    path = Path(__file__).with_name(f"rliable_{name}.json")
    path.write_text(json.dumps(value, indent=1) + "\n")


np.random.seed(0)  # noqa: NPY002 - rliable draws from the global generator
write("aggregates", {name: aggregates(scores) for name, scores in CASES.items()})
write("profiles", {name: profiles(scores) for name, scores in CASES.items()})
write("improvement", {name: improvement(*pair) for name, pair in PAIRS.items()})
