"""`palaestra scaling`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..errors import UsageError
from .chosen_runs import chosen_runs

if TYPE_CHECKING:
    from ..store.record import Run


@dataclass(frozen=True)
class Scaling:
    """Fit sigmoids of score against compute, and say how well the first part of training foretells its end."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, or .parquet files."""

    filter: str = ""
    """Conditions on the runs, as in `palaestra runs`: "env=math/* algo=grpo"."""

    metric: str | None = None
    """What to fit, as metrics.jsonl calls it; none takes evaluations' success rate, or else their mean return."""

    against: Literal["steps", "episodes", "seconds"] = "steps"
    """What counts as compute."""

    share: float = 0.5
    """The first part of the compute, from which the end is foretold."""

    as_json: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False
    """Print JSON in place of a table."""

    def run(self) -> None:
        """Read the runs, fit, and print."""
        import json

        from rich.console import Console

        from ..grids import print_grids
        from ..plain import to_plain
        from ..progress import progress_board
        from ..scaling import scalings
        from ..scaling.grids import scaling_grids, scaling_notes

        if not 0 < self.share < 1:
            raise UsageError(f"--share must lie between 0 and 1, got {self.share:g}")
        runs = self._runs()
        total = len({(run.info.env_id, run.options, run.info.label, run.info.recipe) for run in runs})
        found = []
        with progress_board(["scaling"], console=Console(stderr=True)) as (sink,):
            for row in scalings(runs, metric=self.metric, against=self.against, share=self.share):
                found.append(row)
                sink(len(found), total, f"{row.label} in {row.setting}")
        if self.as_json:
            print(json.dumps(to_plain(found), ensure_ascii=False, allow_nan=False))
        else:
            print_grids(scaling_grids(found, self.against, self.share), scaling_notes(found, self.share))

    def _runs(self) -> list[Run]:
        runs = chosen_runs(self.paths, self.filter)
        if self.metric is not None:
            self._check_metric(self.metric, runs)
        return runs

    def _check_metric(self, metric: str, runs: list[Run]) -> None:
        from ...envs.core.names import did_you_mean

        known = {name for run in runs for row in run.metrics for name in row.values}
        if metric not in known:
            raise UsageError(f"no run has measured --metric {metric!r}{did_you_mean(metric, known)}")
