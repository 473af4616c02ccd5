"""`palaestra reproduce`."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tyro

from ..errors import RunError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from ..reproduction import Repetition
    from ..store.record import Run


@dataclass(frozen=True)
class Reproduce:
    """Train a random sample of finished runs again, and see whether the same numbers come out."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, or .parquet files."""

    filter: str = ""
    """Draw only from the runs that meet these conditions, as in `palaestra runs`."""

    sample: int = 10
    """How many runs are drawn."""

    seed: int = 0
    """The draw's seed."""

    jobs: int = 1
    """How many are trained at the same time, each in a process of its own."""

    device: str = "auto"
    """auto, cpu or cuda."""

    at_least: float = 0.95
    """The exit code is 1 where a smaller share of the runs comes out the same."""

    def run(self) -> None:
        """Draw, train, compare, and print what differed."""
        from rich.console import Console

        from ..agents import check_device
        from ..reproduction import draw, repeat, share_repeated
        from ..store.sources import with_series

        self._check()
        check_device(self.device)
        console = Console()
        sample = with_series(draw(self._candidates(), self.sample, self.seed))
        seconds = sum(run.info.wall_time_s for run in sample)
        count = "1 run" if len(sample) == 1 else f"{len(sample)} runs"
        console.print(f"training {count} again; the first time that took {seconds:,.0f} s of training", markup=False)
        repetitions = repeat(sample, jobs=self.jobs, device=self.device, console=Console(stderr=True))
        self._print(repetitions, console)
        share = share_repeated(repetitions)
        same = sum(repetition.is_same for repetition in repetitions)
        interval = f"{share.estimate:.0%}, 95 % interval {100 * share.low:.0f}–{100 * share.high:.0f}"
        console.print(f"{same} of {count} gave the same numbers ({interval})", markup=False, highlight=False)
        if share.estimate < self.at_least:
            raise RunError(f"{share.estimate:.0%} of the runs gave the same numbers, less than {self.at_least:.0%}")

    def _check(self) -> None:
        for name, value in (("--sample", self.sample), ("--jobs", self.jobs)):
            if value < 1:
                raise UsageError(f"{name} must be 1 or more, got {value}")
        if not 0 <= self.at_least <= 1:
            raise UsageError(f"--at-least must lie between 0 and 1, got {self.at_least}")

    def _candidates(self) -> list[Run]:
        from ..reproduction import obstacle
        from ..store.filters import RunFilter
        from ..store.sources import load_runs

        chosen_by = RunFilter.parse(self.filter)
        collection = load_runs(self.paths, series=False)
        runs = chosen_by.choose(collection.runs)
        candidates = [run for run in runs if obstacle(run) is None]
        left_out = Counter(reason for run in runs if (reason := obstacle(run)) is not None)
        left_out["unreadable"] = len(collection.unreadable)
        reasons = ", ".join(f"{number} {reason}" for reason, number in left_out.items() if number)
        if not candidates:
            found = f" (there are {reasons})" if reasons else ""
            raise UsageError(f"there is no run to repeat: only runs that finished and were trained here can be{found}")
        if reasons:
            print(f"palaestra: warning: left out are runs that cannot be repeated: {reasons}", file=sys.stderr)
        return candidates

    def _print(self, repetitions: list[Repetition], console: Console) -> None:
        from ..store.listing import print_rows

        columns = ("recipe", "seed", "numbers", "what differed", "changed since")
        print_rows(columns, [_row(repetition) for repetition in repetitions], console)


def _row(repetition: Repetition) -> tuple[str | int, ...]:
    if repetition.problem is not None:
        return repetition.run.info.recipe, repetition.run.info.seed, "none", repetition.problem, "–"
    first, *others = [str(difference) for difference in repetition.differences] or ["–"]
    differed = f"{first} and {len(others)} more" if others else first
    changed = ", ".join(map(str, repetition.changes)) or "–"
    outcome = "same" if repetition.is_same else "different"
    return repetition.run.info.recipe, repetition.run.info.seed, outcome, differed, changed
