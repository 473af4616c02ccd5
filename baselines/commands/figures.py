"""`palaestra figures`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ..errors import UsageError


@dataclass(frozen=True)
class Figures:
    """Draw figures for papers: learning curves, aggregates, performance profiles, probability of improvement."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, or .parquet files."""

    out: Path = Path("figures")
    """The folder for the figures."""

    format: Annotated[tuple[Literal["svg", "pdf", "png"], ...], tyro.conf.arg(metavar="svg|pdf|png ...")] = (
        "svg",
        "pdf",
    )
    """What to write each figure as."""

    width: str = "3.25in"
    """Of a figure that fits one column: in, cm, mm, or TeX's pt."""

    page_width: str = "6.75in"
    """Of a figure that goes over the page."""

    filter: str = ""
    """Conditions on the runs, as in `palaestra runs`: "env=robot/* algo=ppo,sac"."""

    checkpoint: Literal["last", "best"] = "last"
    """Whose scores are compared: the last checkpoint's, or the best one's."""

    references: Path | None = None
    """What random and the expert score, a file of `palaestra references`; the shipped one where none is given."""

    def run(self) -> None:
        """Write the figures and print their paths, and what to know before believing them."""
        from ..paper_figures.lengths import parse_length

        column, page = parse_length(self.width, "--width"), parse_length(self.page_width, "--page-width")
        if not self.format:
            raise UsageError("--format takes svg, pdf or png, or several of them; got none")

        from ..benchmark.references import load_references
        from ..leaderboard import leaderboard
        from ..paper_figures import write_figures
        from ..report.collect import arrange
        from .chosen_runs import chosen_runs

        references = load_references(self.references)
        runs = chosen_runs(self.paths, self.filter)
        board = leaderboard(runs, references, checkpoint="agent" if self.checkpoint == "last" else "best")
        formats = tuple(dict.fromkeys(self.format))
        written = write_figures(arrange(runs), board, self.out, formats=formats, column=column, page=page)
        for path in written:
            print(path)
        if not written:
            raise UsageError("there is nothing to draw: no run recorded a score while it learned, or at its end")
        for caveat in board.caveats:
            print(f"palaestra: note: {caveat.text}", file=sys.stderr)
