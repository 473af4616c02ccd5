"""`palaestra pass-at-k`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from ..attempts import PassComparison
    from ..runs import RunFolder
    from ..statistics import Interval


@dataclass(frozen=True)
class PassAtK:
    """Let trained agents and what they were trained from try the same tasks many times: who solves what, how soon."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, or folders with runs somewhere below; finished runs of agents that speak count."""

    tasks: int = 100
    """How many tasks, from the test seeds on."""

    attempts: int = 128
    """How many attempts at each."""

    checkpoint: Literal["last", "best"] = "last"
    """Which agent is the trained one."""

    device: str = "auto"
    """auto, cpu or cuda."""

    as_json: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False
    """Print JSON in place of tables."""

    def run(self) -> None:
        """Play, and print a table a run."""
        import json
        from dataclasses import asdict

        from rich.console import Console

        from ..attempts import compare_passes
        from ..progress import progress_board

        folders = self._folders()
        total = 2 * self.tasks * self.attempts
        comparisons: list[PassComparison] = []
        for folder in folders:
            with progress_board([str(folder.path)], console=Console(stderr=True)) as (sink,):
                comparison = compare_passes(
                    folder,
                    tasks=self.tasks,
                    attempts=self.attempts,
                    checkpoint=self.checkpoint,
                    device=self.device,
                    progress=lambda done: sink(done, total, ""),
                )
            comparisons.append(comparison)
            if not self.as_json:
                _show(comparison, Console())
        if self.as_json:
            print(json.dumps([asdict(comparison) for comparison in comparisons], default=_plain))

    def _folders(self) -> list[RunFolder]:
        from ..runs import find_runs

        for path in self.runs:
            if not path.exists():
                raise UsageError(f"there is no {path}")
        kept = [folder for path in self.runs for folder in find_runs(path) if folder.start_checkpoint.exists()]
        folders = [folder for folder in kept if folder.read_info().status == "finished"]
        if not folders:
            named = ", ".join(map(str, self.runs))
            raise UsageError(
                f"no finished run in {named} keeps the policy it started from; "
                "`palaestra train` of a recipe with an LLM does"
            )
        if unfinished := len(kept) - len(folders):
            print(f"palaestra: warning: left out: runs that have not finished: {unfinished}", file=sys.stderr)
        return folders


def _show(comparison: PassComparison, console: Console) -> None:
    from rich.table import Table

    tasks = len(comparison.start.solved_P)
    console.print(f"{comparison.run}: {tasks} tasks of {comparison.env_id}", markup=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for name in ("pass@", "before", "trained"):
        table.add_column(name, justify="right")
    for k, before in comparison.start.pass_at.items():
        table.add_row(str(k), _text(before), _text(comparison.trained.pass_at[k]))
    console.print(table)
    if comparison.coverage is not None:
        console.print(
            f"of the tasks it solves now, it could solve before: {_text(comparison.coverage)}", soft_wrap=True
        )


def _text(interval: Interval) -> str:
    return f"{interval.estimate:.1%} ({100 * interval.low:.0f}–{100 * interval.high:.0f})"


def _plain(value: object) -> object:
    import numpy as np

    return value.tolist() if isinstance(value, np.ndarray) else str(value)
