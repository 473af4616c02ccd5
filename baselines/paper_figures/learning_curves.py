"""Learning curves: what each agent scored while it learned, as a mean over seeds with its 95 % interval."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, PercentFormatter

from ..leaderboard import SettingTable
from ..report.collect import Group, Setting
from ..report.curves import Log, Trace, mean_curve
from .canvas import add_legend, fitted, in_style, legend_rows, panels
from .style import ORACLE, QUARTERS, RANDOM, SOFT, LineStyle

_METRICS = {
    "success": ("eval/success_rate", "rollout/success_rate"),
    "return": ("eval/return_mean", "rollout/ep_rew_mean"),
}
_NAMES = {
    "eval/success_rate": "Success rate",
    "rollout/success_rate": "Success rate in training",
    "eval/return_mean": "Return",
    "rollout/ep_rew_mean": "Return in training",
}
_LEGEND_ROW_IN = 0.16
_PANEL_IN = 2.1
_LEFT_IN = 0.43  # of a panel, for what stands left of its axis
_CROWDED = 0.07  # of the height: names closer than that would lie on each other


@dataclass(frozen=True, slots=True)
class Curve:
    """One agent in one setting.

    Attributes:
        label: what it is called.
        seeds: how many runs the mean is over.
        trace: the mean and its band.
    """

    label: str
    seeds: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class Panel:
    """One setting's curves.

    Attributes:
        setting: where they were trained.
        metric: what is shown.
        curves: one for each agent that recorded it.
        random: what random actions score in the same measure; None where it is not known.
        oracle: what the expert scores.
    """

    setting: Setting
    metric: str
    curves: tuple[Curve, ...]
    random: float | None
    oracle: float | None


def panel_of(setting: Setting, table: SettingTable) -> Panel | None:
    """What there is to draw of a setting; None where no run recorded its score while it learned.

    A setting has one metric, so that all its curves can be compared: the one most agents have recorded, evaluations
    before training episodes; who is left out with it is warned of. Finished runs count, or all of them where an agent
    has none.

    Args:
        setting: its runs.
        table: its measure, random and oracle.
    """
    logs = {group.label: [Log(run.metrics) for run in group.scored_runs] for group in setting.groups}
    best: tuple[str, list[Curve]] = ("", [])
    for metric in _METRICS[table.measure]:
        curves = [curve for group in setting.groups if (curve := _curve(group, logs[group.label], metric))]
        if len(curves) > len(best[1]):
            best = metric, curves
    metric, curves = best
    if not curves:
        return None
    missing = [label for label in logs if label not in {curve.label for curve in curves}]
    if missing:
        warnings.warn(
            f"{', '.join(missing)}: no {metric} was recorded in {table.id}, so no curve is drawn", stacklevel=2
        )
    random, oracle = (interval and interval.estimate for interval in (table.random, table.oracle))
    return Panel(setting, metric, tuple(curves), random, oracle)


@in_style
def curves_figure(found: Sequence[Panel], styles: Mapping[str, LineStyle], width: float) -> Figure:
    """The curves of settings, a panel each, over a common legend.

    Args:
        found: what to draw, at least one.
        styles: of each label.
        width: of the figure in inches.
    """
    columns = min(len(found), max(1, round(width / _PANEL_IN)))
    rows = math.ceil(len(found) / columns)
    labels = [label for label in styles if any(curve.label == label for panel in found for curve in panel.curves)]
    legend = _LEGEND_ROW_IN * legend_rows(labels, width) + 0.05
    height = rows * min(2.1, 0.72 * width / columns + 0.35) + legend
    figure, axes = panels(rows, columns, width, height)
    cells = [cell for row in axes for cell in row]
    room = width / columns - _LEFT_IN
    for place, (cell, panel) in enumerate(zip(cells, found, strict=False)):
        _draw(cell, panel, styles, room)
        if place + columns >= len(found):
            cell.set_xlabel("Environment steps")
        if place % columns == 0 or found[place - 1].metric != panel.metric:
            cell.set_ylabel(_NAMES[panel.metric])
    for cell in cells[len(found) :]:
        cell.set_axis_off()
    add_legend(figure, labels, styles)
    return figure


def _curve(group: Group, logs: Sequence[Log], metric: str) -> Curve | None:
    series_R = [(x, y) for x, y in (log.series(metric, "step") for log in logs) if len(x)]
    trace = mean_curve(series_R)
    return None if trace is None else Curve(group.label, len(series_R), trace)


def _draw(axes: Axes, panel: Panel, styles: Mapping[str, LineStyle], room: float) -> None:
    title = fitted(panel.setting.env_id, room, size=8, bold=True)
    axes.set_title(title, loc="left", pad=13 if panel.setting.options else None)
    if panel.setting.options:
        options = fitted(panel.setting.options, room, size=6.5)
        axes.text(0, 1.02, options, transform=axes.transAxes, fontsize=6.5, color=SOFT, va="bottom")
    for curve in panel.curves:
        style, trace = styles[curve.label], curve.trace
        if curve.seeds > 1 and trace.low_N is not None and trace.high_N is not None:
            axes.fill_between(trace.x_N, trace.low_N, trace.high_N, color=style.colour, alpha=0.18, linewidth=0)
        marker = "o" if len(trace.x_N) == 1 else None
        axes.plot(trace.x_N, trace.y_N, color=style.colour, linestyle=style.dash, marker=marker, markersize=3)
    axes.set_xlim(left=min(0.0, *(float(np.min(curve.trace.x_N)) for curve in panel.curves)))
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    if panel.metric.endswith("success_rate"):
        axes.set_ylim(-0.03, 1.03)
        axes.yaxis.set_major_locator(FixedLocator(QUARTERS))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    _draw_references(axes, panel)


def _draw_references(axes: Axes, panel: Panel) -> None:
    """Draw random and oracle as levels, with their names right of the panel."""
    levels = [
        (name, value) for name, value in (("random", panel.random), ("oracle", panel.oracle)) if value is not None
    ]
    for _, value in levels:
        axes.axhline(value, linewidth=0)  # the panel reaches to it
    low, high = axes.get_ylim()
    levels.sort(key=lambda level: level[1])
    crowded = len(levels) == 2 and levels[1][1] - levels[0][1] < _CROWDED * (high - low)
    for place, (name, value) in enumerate(levels):
        colour = RANDOM if name == "random" else ORACLE
        axes.axhline(value, color=colour, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        axes.annotate(
            name,
            (1, value),
            xycoords=("axes fraction", "data"),
            xytext=(3, (place - 0.5) * 7 if crowded else 0),
            textcoords="offset points",
            color=colour,
            fontsize=6.5,
            va="center",
        )


def short_number(value: float) -> str:
    """A tick's number in few characters: `2.5M`, `−40k`, `0.5`."""
    units = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
    size, unit = next((one for one in units if abs(value) >= one[0]), (1.0, ""))
    return f"{value / size:g}{unit}".replace("-", "−")
