"""`palaestra quickstart`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tyro

from ..errors import UsageError


@dataclass(frozen=True)
class Quickstart:
    """Train an agent that speaks and one that moves, compare them with random and oracle, and write a report."""

    out: Path = Path("runs")
    """The folder of all runs."""

    report: Path | None = None
    """Where the report is written; quickstart.html in the folder of all runs where none is given."""

    seeds: int = 1
    """How many seeds of each recipe."""

    jobs: int | None = None
    """How many runs at the same time; as many as there are cores where none is given."""

    device: str = "auto"
    """auto, cpu or cuda."""

    force: tyro.conf.FlagCreatePairsOff[bool] = False
    """Train afresh what is finished already."""

    def run(self) -> None:
        """Run it."""
        import os

        from rich.console import Console

        from ..agents import check_device
        from ..quickstart import quickstart

        for name, value in (("--seeds", self.seeds), ("--jobs", self.jobs)):
            if value is not None and value < 1:
                raise UsageError(f"{name} must be 1 or more, got {value}")
        check_device(self.device)
        quickstart(
            self.out,
            self.report or self.out / "quickstart.html",
            seeds=self.seeds,
            jobs=self.jobs or len(os.sched_getaffinity(0)),
            device=self.device,
            force=self.force,
            console=Console(),
        )
