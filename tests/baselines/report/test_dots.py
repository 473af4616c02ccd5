from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.report.aggregate import rows_of
from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.dots import Scale, dot_plot
from palaestra.baselines.report.formats import tick
from palaestra.baselines.runs import Scores


def plot_of(folder):
    (setting,) = collect([folder]).settings
    return dot_plot(rows_of(setting))


def test_success_is_drawn_on_a_scale_from_0_to_1(make_run):
    plot = plot_of(make_run(result={"agent": Scores(0.5, 0.4, 0.6, 0, 0, 0, 10)}))
    assert plot is not None
    assert (plot.dots[0].low, plot.dots[0].at, plot.dots[0].high) == (40, 50, 60)
    assert [text for _, text in plot.ticks] == [f"{share}\u202f%" for share in (0, 25, 50, 75, 100)]
    assert [at for at, _ in plot.ticks] == [0, 25, 50, 75, 100]


def test_returns_are_drawn_where_success_is_unknown(make_run):
    result = {
        "agent": Scores(None, None, None, -20, -25, -15, 10),
        "random": Scores(None, None, None, -90, -95, -85, 10),
    }
    plot = plot_of(make_run(result=result))
    assert plot is not None
    assert plot.measure == "return"
    agent, random = plot.dots
    assert 0 < random.low < random.at < random.high < agent.low < agent.at < agent.high < 100


def test_nothing_measured_has_no_plot(make_run):
    assert plot_of(make_run(result={})) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_a_scale_around_values_has_all_of_them_inside(values):
    scale = Scale.around(values)
    assert all(0 < scale.at(value) < 100 for value in values)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_ticks_are_few_round_and_told_apart(values):
    scale = Scale.around(values)
    ticks = [value for _, value in scale.ticks()]
    assert 2 <= len(ticks) <= 6
    assert all(scale.start - scale.step < value < scale.end + scale.step for value in ticks)
    assert len({tick(value, scale.step) for value in ticks}) == len(ticks)


def test_ticks_of_a_narrow_scale_have_the_decimals_they_need():
    scale = Scale(204.1, 205.0)
    assert [tick(value, scale.step) for _, value in scale.ticks()] == ["204.25", "204.50", "204.75", "205.00"]


def test_what_lies_outside_a_scale_is_drawn_at_its_edge():
    assert [Scale(0, 1).at(value) for value in (-3, 0.5, 7)] == [0, 50, 100]
