"""The numbers that rliable gave for the same scores; `record_rliable.py` says how they were made."""

import json
from pathlib import Path

import numpy as np
import pytest

from palaestra.baselines.statistics import (
    Interval,
    aggregate_scores,
    average_score_profile,
    probability_of_improvement,
    run_score_profile,
)


def cases(name):
    path = Path(__file__).with_name(f"rliable_{name}.json")
    return [pytest.param(case, id=id) for id, case in json.loads(path.read_text())["cases"].items()]


def assert_agrees(ours: Interval, theirs, tolerance):
    """The estimates are the same; the bounds, which are drawn, lie within a share of the interval's width."""
    assert ours.estimate == pytest.approx(theirs["estimate"], abs=1e-12)
    width = theirs["high"] - theirs["low"]
    assert ours.low == pytest.approx(theirs["low"], abs=tolerance * width + 1e-12)
    assert ours.high == pytest.approx(theirs["high"], abs=tolerance * width + 1e-12)


@pytest.mark.parametrize("case", cases("aggregates"))
@pytest.mark.parametrize("name", ["iqm", "mean", "median", "optimality_gap"])
def test_aggregates_and_their_intervals(case, name):
    found = aggregate_scores(case["scores"], np.random.default_rng(0))
    assert_agrees(getattr(found, name), case[name], tolerance=0.03)  # of tied scores: one step


@pytest.mark.parametrize("case", cases("profiles"))
@pytest.mark.parametrize(("name", "profile"), [("runs", run_score_profile), ("tasks", average_score_profile)])
def test_profiles_and_their_bands(case, name, profile):
    found = profile(case["scores"], case["thresholds"], np.random.default_rng(0), resamples=20_000)
    assert found.shares_K == pytest.approx(np.array(case[name]["shares"]))
    # a share steps by one run or one task; a bound may fall on the next step
    runs, tasks = np.shape(case["scores"])
    step = 1 / (runs * tasks) if name == "runs" else 1 / tasks
    assert np.abs(found.low_K - case[name]["low"]).max() <= step + 1e-9
    assert np.abs(found.high_K - case[name]["high"]).max() <= step + 1e-9
    assert np.mean(np.abs(found.low_K - case[name]["low"])) < 0.1 * step
    assert np.mean(np.abs(found.high_K - case[name]["high"])) < 0.1 * step


@pytest.mark.parametrize("case", cases("improvement"))
def test_probability_of_improvement_and_its_interval(case):
    found = probability_of_improvement(case["first"], case["second"], np.random.default_rng(0), resamples=50_000)
    assert_agrees(found, case, tolerance=0.05)
