"""`palaestra benchmark`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..errors import RunError, RunInterrupted, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from ..benchmark.executors import Executor
    from ..benchmark.run import CellResult
    from ..train import TrainRequest


@dataclass(frozen=True)
class Benchmark:
    """Train every cell of a suite; what was stopped or killed goes on when the same command is given again."""

    suite: tyro.conf.Positional[str]
    """A shipped suite (an unknown name lists them), or a YAML file."""

    out: Path = Path("runs")
    """The folder of all runs."""

    seeds: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N [N ...]")] = ()
    """Seeds, in place of the suite's."""

    filter: str = ""
    """Only the cells that pass it, as in `palaestra runs`: --filter "env=robot/* algo=ppo seed=0..2"."""

    agent: str | None = None
    """Your own agent in the suite's settings, in place of its agents: file.py:NAME, package.module:NAME, the .zip of a
    Stable-Baselines3 model, or a Hugging Face model."""

    label: str | None = None
    """What to call it where it is compared."""

    list: tyro.conf.FlagCreatePairsOff[bool] = False
    """Show the cells and what has become of them, and train nothing."""

    jobs: int | None = None
    """How many cells are trained at the same time; as many as the cores allow unless given."""

    executor: Literal["local", "ray"] = "local"
    """Where: processes of this machine, or a Ray cluster."""

    ray_address: str | None = None
    """The Ray cluster's address; one is started on this machine where none is given."""

    device: str = "auto"
    """auto, cpu or cuda."""

    force: tyro.conf.FlagCreatePairsOff[bool] = False
    """Put runs that failed, or that are other runs than the suite's, aside and start them afresh."""

    report: Path | None = None
    """Where to write the report; OUT/SUITE.html unless given."""

    no_report: tyro.conf.FlagCreatePairsOff[bool] = False
    """Write no report."""

    def run(self) -> None:
        """Train the cells, compare the agents, write the report."""
        from rich.console import Console

        from ..agents import check_device
        from ..benchmark.cells import cells_of, settle_conflicts, with_agent
        from ..benchmark.run import run_benchmark
        from ..benchmark.suite import load_suite

        self._check()
        suite = load_suite(self.suite)
        if self.agent is not None:
            suite = with_agent(suite, self.agent, self.label)
        cells = cells_of(suite, self.out, seeds=self.seeds, chosen=self.filter, device=self.device)
        console = Console()
        if self.list:
            _show(cells, console)
            return
        check_device(self.device)
        cells = settle_conflicts(cells, force=self.force)
        results = run_benchmark(suite.name, cells, lambda: self._make_executor(cells), console)
        _raise_interrupted(results)
        self._conclude(results, suite.name, console)

    def _check(self) -> None:
        from ..benchmark.suite import check_seeds

        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"--jobs must be 1 or more, got {self.jobs}")
        if self.ray_address is not None and self.executor != "ray":
            raise UsageError("--ray-address is for --executor ray")
        if self.ray_address is not None and self.jobs is not None:
            raise UsageError("--jobs is for this machine; a Ray cluster takes as many cells as it has cores")
        if self.label is not None and self.agent is None:
            raise UsageError("--label is for --agent: the suite's agents have labels of their own")
        if self.no_report and self.report is not None:
            raise UsageError("--report and --no-report exclude each other")
        if self.report is not None and self.report.is_dir():
            raise UsageError(
                f"--report {self.report} is a folder: name a file in it, {self.report / 'report.html'} say"
            )
        try:
            check_seeds(self.seeds)
        except ValueError as error:
            raise UsageError(f"--seeds: {error}") from error

    def _make_executor(self, cells: Sequence[TrainRequest]) -> Executor:
        threads = max(cell.recipe.threads for cell in cells)
        jobs = self.jobs or max(1, len(os.sched_getaffinity(0)) // threads)
        if self.executor == "ray":
            from ..benchmark.executors.ray import RayExecutor

            return RayExecutor(self.ray_address, cores=jobs * threads)
        from ..benchmark.executors.local import LocalExecutor

        return LocalExecutor(jobs)

    def _conclude(self, results: Sequence[CellResult], name: str, console: Console) -> None:
        """Show what came out and write the report; failures are told at the end, after all else is done."""
        from ..benchmark.summary import failures_table

        failed = [result.failure for result in results if result.failure is not None]
        console.print(f"{name}: {len(results) - len(failed)} of {len(results)} cells are finished", markup=False)
        if failed:
            console.print(failures_table(results))
        paths = [result.cell.path for result in results if (result.cell.path / "run.json").exists()]
        if paths:
            _compare(paths)
        if paths and not self.no_report:
            from ..report import write_report

            report = write_report(paths, self.report or self.out / f"{name}.html")
            console.print(f"report: {report}", markup=False, soft_wrap=True)
        console.print(f"next: palaestra compare {self.out} sets all runs there side by side", markup=False)
        if failed:
            error = RunError(
                f"{len(failed)} of {len(results)} cells failed; the same command tries them again, and with --force "
                "starts them afresh"
            )
            for trace in filter(None, (failure.traceback for failure in failed)):
                error.add_note(trace)
            raise error


def _show(cells: Sequence[TrainRequest], console: Console) -> None:
    from ..benchmark.summary import cell_rows, cells_table

    if console.is_terminal:
        console.print(cells_table(cells))
        return
    for row in cell_rows(cells):  # in a pipe a row is a line, whatever its width
        print("\t".join(row))


def _compare(paths: Sequence[Path]) -> None:
    """Print the table of agents in every setting, with its caveats."""
    from ..benchmark.references import load_references
    from ..grids import print_grids
    from ..leaderboard import leaderboard
    from ..leaderboard.grids import scores_by_setting, standings
    from ..store.sources import load_runs

    board = leaderboard(load_runs(paths, series=False).runs, load_references())
    print_grids([*scores_by_setting(board), *standings(board)], [caveat.text for caveat in board.caveats])


def _raise_interrupted(results: Sequence[CellResult]) -> None:
    if any(result.failure is not None and result.failure.interrupted for result in results):
        finished = sum(result.failure is None for result in results)
        raise RunInterrupted(f"interrupted: {finished} of {len(results)} cells are finished; the same command goes on")
