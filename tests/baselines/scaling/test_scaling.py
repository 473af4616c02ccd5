from pathlib import Path

import numpy as np
import pytest

from palaestra.baselines.runs import MetricRow, RunInfo
from palaestra.baselines.scaling import scalings
from palaestra.baselines.scaling.grids import scaling_grids, scaling_notes
from palaestra.baselines.statistics import Sigmoid
from palaestra.baselines.store.record import Run

LEARNER = Sigmoid(start=0.1, asymptote=0.9, midpoint=15_000, steepness=2, rmse=0)


def rows_of(metric="eval/success_rate", points=20, scale=1.0):
    steps = np.linspace(3_000, 60_000, points)
    scores = scale * LEARNER.at(steps)
    return [MetricRow(int(c), int(c) // 10, c / 100, {metric: s}) for c, s in zip(steps, scores.tolist(), strict=True)]


def make_run(seed=0, metrics=None, status="finished", label="ppo"):
    info = RunInfo("id", label, "robot/Reach-v0", "control", label, seed, label, status)
    return Run(Path(str(seed)), info, status, {}, "", rows_of() if metrics is None else metrics, [])


def only(runs, **options):
    (found,) = scalings(runs, resamples=10, **options)
    return found


def test_the_curves_of_all_seeds_make_one_fit():
    found = only([make_run(seed) for seed in range(3)])
    assert (str(found.setting), found.label, found.metric) == ("robot/Reach-v0", "ppo", "eval/success_rate")
    assert found.seeds == (0, 1, 2)
    assert found.fit is not None
    assert found.fit.asymptote.estimate == pytest.approx(0.9, abs=1e-3)
    assert found.fit.extrapolation is not None
    assert found.fit.extrapolation.error.estimate == pytest.approx(0, abs=1e-2)


def test_every_agent_has_a_fit_of_its_own():
    assert [row.label for row in scalings([make_run(), make_run(label="sac")], resamples=2)] == ["ppo", "sac"]


@pytest.mark.parametrize(("against", "midpoint"), [("steps", 15_000), ("episodes", 1_500), ("seconds", 150)])
def test_compute_is_counted_as_one_likes(against, midpoint):
    fit = only([make_run()], against=against).fit
    assert fit is not None
    assert fit.midpoint.estimate == pytest.approx(midpoint, rel=0.01)


def test_without_a_success_rate_the_return_is_fitted_and_may_exceed_one():
    found = only([make_run(metrics=rows_of("eval/return_mean", scale=100))])
    assert found.metric == "eval/return_mean"
    assert found.fit is not None
    assert found.fit.asymptote.estimate == pytest.approx(90, rel=0.01)


def test_a_metric_can_be_named():
    assert only([make_run(metrics=rows_of("train/accuracy"))], metric="train/accuracy").fit is not None


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (make_run(status="failed"), "no run has finished"),
        (make_run(metrics=[]), "any of eval/success_rate, "),
        (make_run(metrics=rows_of(points=4)), "eval/success_rate was measured at 4 points, and a sigmoid needs 5"),
    ],
)
def test_where_there_is_nothing_to_fit_it_says_why(run, reason):
    found = only([run])
    assert found.fit is None
    assert reason in found.reason
    assert reason in next(scaling_notes([found], 0.5))
    assert list(scaling_grids([found], "steps", 0.5)) == []


def test_runs_that_did_not_finish_are_left_out_and_counted():
    found = only([make_run(0), make_run(1, status="failed"), make_run(2, metrics=rows_of()[:3], status="running")])
    assert (found.seeds, found.left_out) == ((0,), 2)
    notes = list(scaling_notes([found], 0.5))
    assert notes[0].startswith("ppo in robot/Reach-v0: 2 of its runs left out")
    assert "fewer than 5 seeds" in notes[1]


def test_one_seed_has_no_interval_over_seeds():
    parameters, _ = scaling_grids([only([make_run()])], "steps", 0.5)
    assert parameters.rows[0][2:4] == ("0.100", "0.900")


def test_parameters_and_foretold_ends_are_two_tables():
    parameters, ends = scaling_grids([only([make_run(seed) for seed in range(2)])], "steps", 0.5)
    assert parameters.columns == ("setting", "agent", "R0", "A", "C_mid", "B", "rmse", "seeds")
    assert parameters.rows[0][:4] == ("robot/Reach-v0", "ppo", "0.100", "0.900 (0.900 … 0.900)")
    assert parameters.rows[0][4].startswith("15,000 (")
    assert ends.rows[0][2:4] == ("0.853", "0.853")


def test_it_says_where_the_asymptote_is_a_guess():
    beginning = [row for row in rows_of(points=100) if row.step < 14_000]
    notes = list(scaling_notes([only([make_run(seed, beginning) for seed in range(5)])], 0.5))
    assert notes == [
        "ppo in robot/Reach-v0: C_mid lies past the last point, so A and C_mid are guesses, whatever their intervals"
    ]
    assert not list(scaling_notes([only([make_run(seed) for seed in range(5)])], 0.5))
