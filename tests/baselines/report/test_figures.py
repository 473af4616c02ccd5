import json
import math

import numpy as np

from palaestra.baselines.report.aggregate import rows_of
from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.figures import LINE_POINTS, curves, dot_plot, mean_curve, series
from palaestra.baselines.runs import MetricRow, Scores
from palaestra.baselines.store.record import read_run


def rows_and_setting(*folders):
    (setting,) = collect(list(folders)).settings
    return rows_of(setting), setting


def test_success_is_drawn_on_a_scale_from_0_to_1(make_run):
    rows, _ = rows_and_setting(make_run(result={"agent": Scores(0.5, 0.4, 0.6, 0, 0, 0, 10)}))
    plot = dot_plot(rows)
    assert plot is not None
    assert (plot.dots[0].low, plot.dots[0].at, plot.dots[0].high) == (40, 50, 60)
    assert plot.ticks[0] == (0, 0)
    assert plot.ticks[-1] == (100, 1)


def test_returns_are_drawn_where_success_is_unknown(make_run):
    result = {
        "agent": Scores(None, None, None, -20, -25, -15, 10),
        "random": Scores(None, None, None, -90, -95, -85, 10),
    }
    rows, _ = rows_and_setting(make_run(result=result))
    plot = dot_plot(rows)
    assert plot is not None
    assert plot.measure == "return"
    agent, random = plot.dots
    assert 0 < random.low < random.at < random.high < agent.low < agent.at < agent.high < 100


def test_nothing_measured_has_no_plot(make_run):
    rows, _ = rows_and_setting(make_run(result={}))
    assert dot_plot(rows) is None


def test_several_seeds_make_one_line_with_a_band(make_run):
    rows, setting = rows_and_setting(*(make_run(seed=seed) for seed in range(3)))
    (line,) = curves(setting, rows)["lines"]
    assert line["note"] == "mean of 3 seeds"
    band = line["data"]["eval/success_rate"]["step"]
    assert band["x"] == list(range(0, 20_001, 2000))
    assert all(low <= y <= high for low, y, high in zip(band["low"], band["y"], band["high"], strict=True))


def test_a_run_that_did_not_finish_is_a_line_of_its_own(make_run):
    rows, setting = rows_and_setting(*(make_run(seed=s) for s in range(2)), make_run(seed=2, status="failed"))
    assert [line["note"] for line in curves(setting, rows)["lines"]] == ["mean of 2 seeds", "seed 2, failed"]


def test_one_seed_makes_a_line_without_a_band(make_run):
    rows, setting = rows_and_setting(make_run())
    (line,) = curves(setting, rows)["lines"]
    assert set(line["data"]["train/entropy"]["wall_time"]) == {"x", "y"}


def test_random_and_oracle_are_references_of_evaluation_curves(make_run):
    rows, setting = rows_and_setting(make_run())
    references = curves(setting, rows)["references"]
    assert [reference["name"] for reference in references["eval/success_rate"]] == ["oracle", "random"]
    assert "train/entropy" not in references


def test_missing_random_is_no_reference(make_run):
    rows, setting = rows_and_setting(make_run(result={"agent": Scores(0.5, 0.4, 0.6, 0, 0, 0, 10)}))
    assert curves(setting, rows)["references"] == {}


def test_values_that_are_not_finite_are_left_out_and_the_rest_is_json(make_run):
    metrics = [MetricRow(k, None, float(k), {"train/loss": math.nan if k == 1 else 1.0 * k}) for k in range(4)]
    rows, setting = rows_and_setting(make_run(metrics=metrics))
    found = curves(setting, rows)
    json.dumps(found, allow_nan=False)
    data = found["lines"][0]["data"]["train/loss"]
    assert data["step"] == {"x": [0, 2, 3], "y": [0, 2, 3]}
    assert "episodes" not in data


def test_a_metric_that_was_never_finite_is_not_offered(make_run):
    rows, setting = rows_and_setting(make_run(metrics=[MetricRow(0, 0, 0.0, {"train/loss": math.inf})]))
    assert curves(setting, rows)["keys"] == []


def test_a_long_run_is_thinned_and_keeps_its_ends(make_run):
    metrics = [MetricRow(k, k, float(k), {"train/loss": float(k)}) for k in range(3000)]
    rows, setting = rows_and_setting(make_run(metrics=metrics))
    x = curves(setting, rows)["lines"][0]["data"]["train/loss"]["step"]["x"]
    assert len(x) == LINE_POINTS
    assert (x[0], x[-1]) == (0, 2999)


def test_series_are_ordered(make_run):
    metrics = [MetricRow(step, None, 0.0, {"train/loss": float(step)}) for step in (3, 1, 2)]
    x_N, y_N = series(read_run(make_run(metrics=metrics)), "train/loss", "step")
    assert x_N.tolist() == y_N.tolist() == [1, 2, 3]


def test_a_step_that_was_logged_twice_counts_with_its_later_value(make_run):
    metrics = [MetricRow(step, None, 0.0, {"train/loss": loss}) for step, loss in ((1, 5.0), (2, 4.0), (2, 3.0))]
    x_N, y_N = series(read_run(make_run(metrics=metrics)), "train/loss", "step")
    assert (x_N.tolist(), y_N.tolist()) == ([1, 2], [5, 3])


def test_curves_with_different_x_are_averaged_where_all_have_values():
    first = (np.array([0.0, 10.0]), np.array([0.0, 10.0]))
    second = (np.array([2.0, 6.0, 20.0]), np.array([4.0, 8.0, 22.0]))
    band = mean_curve([first, second])
    assert band is not None
    x_N, mean_N, low_N, high_N = band
    assert (x_N[0], x_N[-1]) == (2, 10)
    assert np.allclose(mean_N, x_N + 1)
    assert np.allclose(low_N, x_N)
    assert np.allclose(high_N, x_N + 2)


def test_curves_that_do_not_overlap_have_no_mean():
    assert mean_curve([(np.array([0.0, 1.0]), np.zeros(2)), (np.array([2.0, 3.0]), np.zeros(2))]) is None
