import numpy as np
import pytest

from palaestra.baselines.paper_figures.canvas import drawn
from palaestra.baselines.paper_figures.learning_curves import curves_figure, panel_of, short_number
from palaestra.baselines.paper_figures.style import line_styles
from palaestra.baselines.runs import MetricRow, Scores


def rows(metric, values):
    return [MetricRow(10 * k, k, float(k), {metric: value}) for k, value in enumerate(values)]


@pytest.fixture
def panel(read):
    def panel():
        collection, board = read()
        return panel_of(collection.settings[0], board.settings[0])

    return panel


def test_a_curve_is_the_mean_over_seeds_with_a_band(make_run, panel):
    for seed, values in enumerate([(0.0, 0.5), (0.2, 0.7)]):
        make_run(seed=seed, metrics=rows("eval/success_rate", values))
    [curve] = panel().curves
    assert (curve.label, curve.seeds) == ("grpo", 2)
    assert curve.trace.x_N.tolist() == [0, 10]
    assert curve.trace.y_N.tolist() == pytest.approx([0.1, 0.6])
    assert curve.trace.low_N.tolist() == pytest.approx([0.0, 0.5])
    assert curve.trace.high_N.tolist() == pytest.approx([0.2, 0.7])


def test_success_is_shown_where_the_environment_says_what_it_is(make_run, panel):
    make_run()
    assert panel().metric == "eval/success_rate"
    assert (panel().random, panel().oracle) == (0.11, 1.0)


def test_returns_are_shown_where_it_does_not(make_run, panel):
    make_run(result={"agent": Scores(None, None, None, -3.0, -4.0, -2.0, 10)})
    assert panel().metric == "eval/return_mean"
    assert (panel().random, panel().oracle) == (None, None)


def test_the_metric_is_the_one_that_most_agents_have(make_run, panel):
    make_run(recipe="ours", algorithm="ours", metrics=rows("eval/success_rate", [0.1, 0.2]))
    for name in ("theirs", "others"):
        make_run(recipe=name, algorithm=name, metrics=rows("rollout/success_rate", [0.1, 0.2]))
    with pytest.warns(UserWarning, match="ours: no rollout/success_rate was recorded in text/GuessNumber-v0"):
        found = panel()
    assert found.metric == "rollout/success_rate"
    assert {curve.label for curve in found.curves} == {"theirs", "others"}


def test_failed_runs_are_left_out_of_the_mean_while_there_are_finished_ones(make_run, panel):
    make_run(metrics=rows("eval/success_rate", [0.5, 0.5]))
    make_run(seed=1, status="failed", metrics=rows("eval/success_rate", [0.0, 0.0]))
    [curve] = panel().curves
    assert (curve.seeds, curve.trace.y_N.tolist()) == (1, [0.5, 0.5])


def test_there_is_no_panel_without_a_score_over_time(make_run, panel):
    make_run(metrics=rows("train/loss", [1.0, 0.5]))
    assert panel() is None


def test_the_panel_reaches_to_random_and_oracle(make_run, panel):
    result = {name: Scores(None, None, None, value, value, value, 9) for name, value in (("agent", 0), ("random", -50))}
    make_run(result=result, metrics=rows("eval/return_mean", [-1.0, 0.0]))
    [axes] = curves_figure([panel()], line_styles(["grpo"]), 3.25).axes
    assert axes.get_ylim()[0] <= -50


def test_a_single_point_and_values_that_are_not_numbers_can_be_drawn(make_run, panel):
    make_run(metrics=rows("eval/success_rate", [np.nan, 0.5, np.nan]))
    assert drawn(curves_figure([panel()], line_styles(["grpo"]), 3.25), "svg")


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (2.5e6, "2.5M"), (-40_000, "−40k"), (0.5, "0.5"), (999, "999"), (3e9, "3B")]
)
def test_ticks_are_short(value, text):
    assert short_number(value) == text


def test_a_long_title_keeps_inside_its_figure(make_run, panel):
    make_run(env_id="domain/" + "AVeryLongName" * 5 + "-v0", kwargs={"corpus": "m" * 90})
    figure = curves_figure([panel()], line_styles(["grpo"]), 3.25)
    drawn(figure, "svg")
    [axes] = figure.axes
    for text in (axes._left_title, axes.texts[0]):
        assert "…" in text.get_text()
        assert text.get_window_extent().x1 <= figure.bbox.x1


def test_a_wide_figure_has_panels_beside_each_other(make_run, panel):
    make_run()
    styles = line_styles(["grpo"])
    wide, narrow = (curves_figure([panel()] * 5, styles, width) for width in (6.75, 3.25))
    assert narrow.get_figheight() > wide.get_figheight()
    assert [axes.axison for axes in wide.axes].count(False) == 1
    assert sum(bool(axes.get_xlabel()) for axes in wide.axes) == 3
