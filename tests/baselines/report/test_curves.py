import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.report.aggregate import rows_of
from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.curves import MEAN_POINTS, RUN_POINTS, Log, curves_of, mean_curve, thin
from palaestra.baselines.runs import MetricRow, Scores


def curves(*folders):
    (setting,) = collect(list(folders)).settings
    return curves_of(setting, rows_of(setting))


def rows(*steps_and_losses):
    return [MetricRow(step, None, 0.0, {"train/loss": loss}) for step, loss in steps_and_losses]


def test_several_seeds_make_a_mean_with_a_band_and_a_line_each(make_run):
    mean, *runs = curves(*(make_run(seed=seed) for seed in range(3))).lines
    assert (mean.note, mean.is_mean) == ("mean of 3 seeds", True)
    assert [run.note for run in runs] == ["seed 0", "seed 1", "seed 2"]
    trace = mean.traces["eval/success_rate"]["step"]
    assert trace.x_N.tolist() == list(range(0, 20_001, 2000))
    assert trace.low_N is not None
    assert trace.high_N is not None
    assert (trace.low_N <= trace.y_N).all()
    assert (trace.y_N <= trace.high_N).all()


def test_a_run_that_did_not_finish_is_not_in_the_mean(make_run):
    lines = curves(*(make_run(seed=s) for s in range(2)), make_run(seed=2, status="failed")).lines
    assert [line.note for line in lines] == ["mean of 2 seeds", "seed 0", "seed 1", "seed 2, failed"]
    assert [line.finished for line in lines] == [True, True, True, False]


def test_one_seed_makes_a_line_without_a_band(make_run):
    (line,) = curves(make_run()).lines
    assert line.traces["train/entropy"]["wall_time"].low_N is None


def test_random_and_oracle_are_references_of_evaluation_curves(make_run):
    references = curves(make_run()).references
    assert [reference.name for reference in references["eval/success_rate"]] == ["oracle", "random"]
    assert "train/entropy" not in references


def test_missing_random_is_no_reference(make_run):
    assert curves(make_run(result={"agent": Scores(0.5, 0.4, 0.6, 0, 0, 0, 10)})).references == {}


def test_values_that_are_not_finite_are_left_out(make_run):
    folder = make_run(metrics=rows((0, 0.0), (1, math.nan), (2, 2.0), (3, 3.0)))
    traces = curves(folder).lines[0].traces["train/loss"]
    assert traces["step"].x_N.tolist() == [0, 2, 3]
    assert traces["step"].y_N.tolist() == [0, 2, 3]


def test_an_axis_that_was_not_kept_or_never_moves_has_no_curve(make_run):
    traces = curves(make_run(metrics=rows((0, 0.0), (1, 1.0)))).lines[0].traces["train/loss"]
    assert list(traces) == ["step"]


def test_a_metric_that_was_never_finite_is_not_offered(make_run):
    assert curves(make_run(metrics=rows((0, math.inf)))).keys == []


def test_a_long_run_is_thinned_says_so_and_keeps_its_ends_and_its_spike(make_run):
    losses = [float(k % 7) for k in range(3000)]
    losses[1234] = 500.0
    trace = curves(make_run(metrics=rows(*enumerate(losses)))).lines[0].traces["train/loss"]["step"]
    assert len(trace.x_N) <= RUN_POINTS
    assert trace.recorded == 3000
    assert (trace.x_N[0], trace.x_N[-1]) == (0, 2999)
    assert trace.y_N.max() == 500
    assert trace.x_N[trace.y_N.argmax()] == 1234


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300), st.integers(4, 60))
def test_thinning_keeps_extremes_ends_and_order(values, limit):
    y_N = np.array(values)
    picked = thin(y_N, limit)
    assert len(picked) <= limit
    assert (np.diff(picked) > 0).all()
    assert (picked[0], picked[-1]) == (0, len(values) - 1)
    assert (y_N[picked].min(), y_N[picked].max()) == (y_N.min(), y_N.max())


def test_series_are_ordered_and_a_step_that_was_logged_twice_counts_with_its_later_value():
    x_N, y_N = Log(rows((3, 3.0), (1, 1.0), (2, 4.0), (2, 2.0))).series("train/loss", "step")
    assert x_N.tolist() == y_N.tolist() == [1, 2, 3]


def test_curves_with_different_x_are_averaged_where_all_have_values():
    first = (np.array([0.0, 10.0]), np.array([0.0, 10.0]))
    second = (np.array([2.0, 6.0, 20.0]), np.array([4.0, 8.0, 22.0]))
    trace = mean_curve([first, second])
    assert trace is not None
    assert (trace.x_N[0], trace.x_N[-1]) == (2, 10)
    assert np.allclose(trace.y_N, trace.x_N + 1)
    assert trace.low_N == pytest.approx(trace.x_N)
    assert trace.high_N == pytest.approx(trace.x_N + 2)


def test_a_long_mean_is_thinned():
    x_N = np.arange(2000.0)
    trace = mean_curve([(x_N, np.sin(x_N)), (x_N, np.cos(x_N))])
    assert trace is not None
    assert len(trace.x_N) <= MEAN_POINTS
    assert trace.recorded == 2000


def test_curves_that_do_not_overlap_have_no_mean():
    assert mean_curve([(np.array([0.0, 1.0]), np.zeros(2)), (np.array([2.0, 3.0]), np.zeros(2))]) is None


def test_no_curve_has_no_mean():
    assert mean_curve([]) is None
