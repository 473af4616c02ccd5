"""Agents compared over settings: aggregates, performance profiles, probability of improvement.

The figures are those of Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", 2021.
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, PercentFormatter

from ..leaderboard import Comparison
from ..statistics import Interval
from .canvas import add_legend, in_style, legend_rows, panels, shortened
from .style import INK, QUARTERS, RULE, LineStyle

_AGGREGATES = {"iqm": "IQM", "median": "Median", "mean": "Mean", "optimality_gap": "Optimality gap ↓"}
_ROW_IN = 0.2
_AROUND_IN = 0.62
_NARROW_IN = 5.0
_LEGEND_ROW_IN = 0.16
_LONGEST_NAME, _LONGEST_OF_TWO = 24, 18


@in_style
def aggregates_figure(comparison: Comparison, styles: Mapping[str, LineStyle], width: float) -> Figure:
    """Interquartile mean, median, mean and optimality gap of each agent with their 95 % intervals.

    Args:
        comparison: whose scores.
        styles: of each label.
        width: of the figure in inches; a narrow one puts two panels beside each other instead of four.
    """
    columns = 4 if width >= _NARROW_IN else 2
    rows = len(_AGGREGATES) // columns
    count = len(comparison.entries)
    figure, axes = panels(rows, columns, width, rows * (_AROUND_IN + _ROW_IN * count), sharey=True)
    cells = [cell for row in axes for cell in row]
    for cell, (name, title) in zip(cells, _AGGREGATES.items(), strict=True):
        cell.set_title(title)
        for place, entry in enumerate(comparison.entries):
            _interval(cell, place, getattr(entry.aggregates, name), styles[entry.label].colour)
        cell.grid(axis="y", visible=False)
        cell.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        cell.margins(x=0.08)
    _rows(cells[0], [shortened(entry.label, _LONGEST_NAME) for entry in comparison.entries])
    figure.supxlabel("Normalised score (random 0, expert 1)", fontsize=7.5, color=INK)
    return figure


@in_style
def profiles_figure(comparison: Comparison, styles: Mapping[str, LineStyle], width: float) -> Figure:
    """The share of runs that score above each threshold, with pointwise 95 % bands.

    Args:
        comparison: whose scores.
        styles: of each label.
        width: of the figure in inches.
    """
    labels = [label for label in styles if any(entry.label == label for entry in comparison.entries)]
    legend = _LEGEND_ROW_IN * legend_rows(labels, width) + 0.05
    figure, [[axes]] = panels(1, 1, width, min(2.6, 0.62 * width + 0.2) + legend)
    for entry in comparison.entries:
        style, profile = styles[entry.label], entry.run_profile
        axes.fill_between(
            profile.thresholds_K, profile.low_K, profile.high_K, color=style.colour, alpha=0.16, linewidth=0
        )
        axes.plot(profile.thresholds_K, profile.shares_K, color=style.colour, linestyle=style.dash)
    axes.set_xlabel("Normalised score τ (random 0, expert 1)")
    axes.set_ylabel("Runs that score above τ")
    axes.set_ylim(-0.03, 1.03)
    axes.margins(x=0)
    axes.yaxis.set_major_locator(FixedLocator(QUARTERS))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    add_legend(figure, labels, styles)
    return figure


@in_style
def improvement_figure(comparison: Comparison, styles: Mapping[str, LineStyle], width: float) -> Figure | None:
    """How likely a run of one agent beats a run of another, for every pair, with 95 % intervals.

    Args:
        comparison: whose scores.
        styles: of each label.
        width: of the figure in inches.

    Returns:
        None where there is no pair.
    """
    pairs = comparison.pairs
    if not pairs:
        return None
    figure, [[axes]] = panels(1, 1, width, _AROUND_IN + _ROW_IN * len(pairs))
    axes.axvline(0.5, color=RULE, linewidth=0.8, zorder=1)
    for place, pair in enumerate(pairs):
        _interval(axes, place, pair.improvement, styles[pair.first].colour)
    _rows(axes, [shortened(pair.first, _LONGEST_OF_TWO) for pair in pairs])
    losers = axes.secondary_yaxis("right")
    losers.set_yticks(range(len(pairs)), [shortened(pair.second, _LONGEST_OF_TWO) for pair in pairs])
    losers.tick_params(length=0, labelcolor=INK)
    losers.spines["right"].set_visible(False)
    losers.patch.set_visible(False)  # it would lie over what reaches 1
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_locator(FixedLocator((0.0, 0.5, 1.0)))
    axes.grid(axis="y", visible=False)
    axes.set_title("X", loc="left")
    axes.set_title("Y", loc="right")
    axes.set_xlabel("P(X > Y)")
    return figure


def _interval(axes: Axes, place: int, interval: Interval, colour: str) -> None:
    """A bar from bound to bound, and the estimate on it."""
    axes.plot(
        [interval.low, interval.high], [place, place], color=colour, linewidth=5, alpha=0.3, solid_capstyle="butt"
    )
    axes.plot([interval.estimate], [place], color=colour, marker="o", markersize=4, markeredgewidth=0)


def _rows(axes: Axes, names: list[str]) -> None:
    """Names for the rows, the first one on top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", labelcolor=INK)
