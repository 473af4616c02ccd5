import pytest

from palaestra.baselines.paper_figures.comparisons import aggregates_figure, improvement_figure, profiles_figure
from palaestra.baselines.paper_figures.style import HUES, line_styles

STYLES = line_styles(["grpo", "rloo"])


@pytest.fixture
def comparison(two_agents, read):
    _, board = read()
    return board.comparisons[0]


def names(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_aggregates_are_drawn_where_they_lie_the_best_on_top(comparison):
    figure = aggregates_figure(comparison, STYLES, 6.75)
    assert [axes.get_title() for axes in figure.axes] == ["IQM", "Median", "Mean", "Optimality gap ↓"]
    iqm = figure.axes[0]
    assert names(iqm) == [entry.label for entry in comparison.entries]
    for place, entry in enumerate(comparison.entries):
        bar, dot = iqm.lines[2 * place : 2 * place + 2]
        assert list(bar.get_xdata()) == [entry.aggregates.iqm.low, entry.aggregates.iqm.high]
        assert list(dot.get_xdata()) == [entry.aggregates.iqm.estimate]
        assert dot.get_color() == HUES[list(STYLES).index(entry.label)]
    low, high = iqm.get_ylim()
    assert low > high


def test_a_narrow_figure_puts_its_panels_below_each_other(comparison):
    figure = aggregates_figure(comparison, STYLES, 3.25)
    assert figure.axes[0].get_subplotspec().get_gridspec().get_geometry() == (2, 2)


def test_profiles_are_drawn_for_everyone(comparison):
    [axes] = profiles_figure(comparison, STYLES, 3.25).axes
    for line, entry in zip(axes.lines, comparison.entries, strict=True):
        assert list(line.get_ydata()) == list(entry.run_profile.shares_K)


def test_every_pair_has_its_row(comparison):
    figure = improvement_figure(comparison, STYLES, 3.25)
    assert figure is not None
    axes = figure.axes[0]
    [pair] = comparison.pairs
    assert names(axes) == [pair.first]
    assert names(axes.child_axes[0]) == [pair.second]
    assert list(axes.lines[-1].get_xdata()) == [pair.improvement.estimate]


def test_one_agent_alone_improves_on_nobody(make_run, read):
    make_run()
    _, board = read()
    assert improvement_figure(board.comparisons[0], STYLES, 3.25) is None
