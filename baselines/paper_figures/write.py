"""Draws every figure there are data for, and writes each in every format asked for."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from matplotlib.figure import Figure

from ...agents.durable import replace_file
from ..leaderboard import Leaderboard, SettingId
from ..report.collect import Collection
from .canvas import drawn, undrawable
from .comparisons import aggregates_figure, improvement_figure, profiles_figure
from .learning_curves import curves_figure, panel_of
from .style import line_styles

FORMATS = ("svg", "pdf", "png")

Format = Literal["svg", "pdf", "png"]


def write_figures(
    collection: Collection,
    board: Leaderboard,
    out: Path,
    *,
    formats: Sequence[Format] = ("svg", "pdf"),
    column: float = 3.25,
    page: float = 6.75,
) -> list[Path]:
    """Write the figures about runs; the same runs give the same bytes.

    There are learning curves of each setting (`curves-…`) and of all (`curves`), and for the agents compared over the
    settings they share `aggregates`, `profiles` and `improvement`; a second comparison has `-2` behind these names.

    Args:
        collection: the runs.
        board: how they compare.
        out: the folder, which is made.
        formats: what to write each figure as.
        column: the width of a figure that fits one column, in inches.
        page: the width of one that goes over the page.

    Returns:
        The files, in the order in which they were written.

    Raises:
        OSError: a file cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    written = []
    missing = undrawable([*collection.labels, *(str(table.id) for table in board.settings)])
    if missing:
        warnings.warn(f"the figures' font has no {', '.join(missing)}: boxes stand for them", stacklevel=2)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # once in every figure that has the label
        for name, figure in figures(collection, board, column=column, page=page):
            for format in formats:
                path = out / f"{name}.{format}"
                with replace_file(path) as file:
                    file.write(drawn(figure, format))
                written.append(path)
    return written


def figures(collection: Collection, board: Leaderboard, *, column: float, page: float) -> Iterator[tuple[str, Figure]]:
    """The figures by name; arguments are those of `write_figures`."""
    styles = line_styles(collection.labels)
    tables = {table.id: table for table in board.settings}
    found = [
        panel
        for setting in collection.settings
        if (panel := panel_of(setting, tables[SettingId(setting.env_id, setting.options)]))
    ]
    if len(found) > 1:
        yield "curves", curves_figure(found, styles, page)
    names = _distinct([f"curves-{_file_name(panel.setting.env_id)}" for panel in found])
    for name, panel in zip(names, found, strict=True):
        yield name, curves_figure([panel], styles, column)
    for number, comparison in enumerate(board.comparisons, start=1):
        suffix = "" if number == 1 else f"-{number}"
        yield f"aggregates{suffix}", aggregates_figure(comparison, styles, page)
        yield f"profiles{suffix}", profiles_figure(comparison, styles, column)
        improvement = improvement_figure(comparison, styles, column)
        if improvement is not None:
            yield f"improvement{suffix}", improvement


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "setting"


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, those that come again with a number."""
    return [
        name if (before := list(names[:place]).count(name)) == 0 else f"{name}-{before + 1}"
        for place, name in enumerate(names)
    ]
