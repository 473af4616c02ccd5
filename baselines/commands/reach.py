"""`palaestra reach`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ..errors import UsageError
from .chosen_runs import chosen_runs


@dataclass(frozen=True)
class Reach:
    """Say how much training agents need until they first reach a score."""

    score: tyro.conf.Positional[float]
    """The score: 0.6 for a success rate of 60 %."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, or .parquet files."""

    filter: str = ""
    """Conditions on the runs, as in `palaestra runs`: "env=text/* algo=ppo,archer"."""

    metric: str = "eval/success_rate"
    """What is measured, as metrics.jsonl calls it."""

    against: Literal["steps", "episodes", "seconds"] = "episodes"
    """What training is counted in."""

    as_json: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False
    """Print JSON in place of a table; what is infinite is null there."""

    def run(self) -> None:
        """Read the runs and print."""
        from ..grids import print_grids
        from ..plain import to_plain
        from ..reaching import reachings
        from ..reaching.grids import reaching_grid, reaching_notes
        from ..store.listing import print_json

        if not math.isfinite(self.score):
            raise UsageError(f"SCORE must be a finite number, got {self.score}")
        rows = reachings(chosen_runs(self.paths, self.filter), self.score, metric=self.metric, against=self.against)
        if self.as_json:
            print_json(to_plain(rows))
        else:
            grid = reaching_grid(rows, self.score, self.metric, self.against)
            print_grids([grid] if grid.rows else [], reaching_notes(rows, self.metric, self.against))
