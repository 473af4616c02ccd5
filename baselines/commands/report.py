"""`palaestra report`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tyro

from ..errors import UsageError


@dataclass(frozen=True)
class Report:
    """Write one self-contained HTML file about runs."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, or folders with runs somewhere below."""

    out: Path = Path("report.html")
    """Where to write it."""

    def run(self) -> None:
        """Write the report and print its path."""
        from ..report import write_report
        from ..runs import find_runs

        folders = [folder.path for path in self.runs for folder in find_runs(path)]
        if not folders:
            named = ", ".join(map(str, self.runs))
            raise UsageError(f"there is no run in {named}; `palaestra train` makes one")
        print(f"report: {write_report(folders, self.out)}")
