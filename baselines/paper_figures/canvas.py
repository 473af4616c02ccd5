"""Empty figures in the one style, legends beside their data, and files that are the same every time."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath

from .style import STYLE, LineStyle

_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "Palaestra"},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": "Palaestra"},
}
_LEGEND_ENTRY_IN = 0.42
_LEGEND_LETTER_IN = 0.062


in_style = matplotlib.rc_context(STYLE)
"""Decorates what draws: matplotlib reads its settings where something is made, and again where it is written."""


def panels(rows: int, columns: int, width: float, height: float, **subplots: Any) -> tuple[Figure, list[list[Axes]]]:
    """A figure of so many panels.

    Args:
        rows: of panels.
        columns: of panels.
        width: of the figure in inches.
        height: of the figure in inches, legend included.
        subplots: of `Figure.subplots`: what the panels share.
    """
    figure = Figure(figsize=(width, height))
    return figure, [list(row) for row in figure.subplots(rows, columns, squeeze=False, **subplots)]


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; the middle of a longer one is left out."""
    if len(text) <= most:
        return text
    kept = most - 1
    return f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"


def fitted(text: str, inches: float, *, size: float, bold: bool = False) -> str:
    """A text shortened until it is so many inches wide.

    Args:
        text: what to write.
        inches: the room there is.
        size: of its font in points.
        bold: whether it is.
    """
    font = FontProperties(family=STYLE["font.family"], weight="bold" if bold else "normal")
    short, most = text, len(text)
    while most > 1 and TextPath((0, 0), short, size=size, prop=font, usetex=False).get_extents().width > 72 * inches:
        most -= 1
        short = shortened(text, most)
    return short


def undrawable(texts: Iterable[str]) -> list[str]:
    """The characters of some texts that the figures' font lacks."""
    font = get_font(findfont(FontProperties(family=STYLE["font.family"])))
    return sorted({letter for text in texts for letter in text if not font.get_char_index(ord(letter))})


def legend_rows(labels: Sequence[str], width: float) -> int:
    """How many rows a legend of these labels takes in a figure of this width in inches."""
    return math.ceil(len(labels) / _legend_columns(labels, width))


def add_legend(figure: Figure, labels: Sequence[str], styles: Mapping[str, LineStyle]) -> None:
    """Put a legend under the panels, in as many rows as it needs."""
    handles = [Line2D([], [], color=styles[label].colour, linestyle=styles[label].dash) for label in labels]
    columns = _legend_columns(labels, figure.get_figwidth())
    figure.legend(handles, list(labels), loc="outside lower center", ncols=columns, borderaxespad=0.1)


@in_style
def drawn(figure: Figure, format: str) -> bytes:
    """The figure as the content of a file: no date, no random id, so that the same data give the same bytes.

    Args:
        figure: what to draw.
        format: `svg`, `pdf` or `png`.
    """
    content = io.BytesIO()
    figure.savefig(content, format=format, metadata=_METADATA.get(format), dpi=300)
    return content.getvalue()


def _legend_columns(labels: Sequence[str], width: float) -> int:
    entry = _LEGEND_ENTRY_IN + _LEGEND_LETTER_IN * max(len(label) for label in labels)
    fitting = max(1, int(width / entry))
    # rows of like length
    return math.ceil(len(labels) / math.ceil(len(labels) / fitting))
