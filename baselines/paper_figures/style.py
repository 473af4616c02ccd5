"""How figures look: one style for all of them, and one colour for each label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HUES = ("#0072b2", "#d55e00", "#a8578a", "#00805f", "#9a6a00", "#6a5acd", "#b5485d", "#55761c")
"""Those of the report on white, in the same order: they can be told apart by who is colour-blind."""

INK, SOFT, RULE, GRID = "#1b1d22", "#5b606b", "#9a9ea8", "#ececec"
RANDOM, ORACLE = "#74777f", "#00795b"

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Ticks of shares and probabilities."""

_DASHES = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (4, 1.5, 1, 1.5)))

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same
    "font.size": 7.5,
    "text.color": INK,
    "text.parse_math": False,  # a label is what it says
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlepad": 5,
    "axes.labelsize": 7.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.xmargin": 0.02,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "xtick.major.width": 0.6,
    "lines.linewidth": 1.3,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "legend.handlelength": 1.6,
    "legend.columnspacing": 1.4,
    "legend.handletextpad": 0.5,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "pdf.fonttype": 42,  # fonts as such: publishers refuse Type 3
    "svg.fonttype": "path",  # looks the same where the font is not there
    "svg.hashsalt": "palaestra",  # ids that are the same every time
}


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How one label is drawn, in all figures."""

    colour: str
    dash: Any


def line_styles(labels: Sequence[str]) -> dict[str, LineStyle]:
    """A colour for each label in the order in which they come; where the colours end, dashes begin."""
    return {
        label: LineStyle(HUES[number % len(HUES)], _DASHES[number // len(HUES) % len(_DASHES)])
        for number, label in enumerate(labels)
    }
