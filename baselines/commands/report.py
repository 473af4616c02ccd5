"""`palaestra report`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tyro


@dataclass(frozen=True)
class Report:
    """Write one self-contained HTML file about runs."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, or `.parquet` files of runs."""

    out: Path = Path("report.html")
    """Where to write it."""

    def run(self) -> None:
        """Write the report and print its path."""
        from ..report import write_report

        print(f"report: {write_report(self.runs, self.out)}")
