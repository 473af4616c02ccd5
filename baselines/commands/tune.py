"""`palaestra tune`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..errors import UsageError

if TYPE_CHECKING:
    from ..benchmark.run import CellResult
    from ..train import TrainRequest


@dataclass(frozen=True)
class Tune:
    """Search for better hyper-parameters of a recipe, and test what was found on other seeds and episodes.

    A study that was stopped or killed goes on when the same command is given again; --trials may be more by then. The
    trials do not depend on --jobs.
    """

    recipe: tyro.conf.Positional[str]
    """A recipe with a search_space: a shipped one's name, an environment's id, or a YAML file."""

    trials: int = 16
    """How many settings of the hyper-parameters are tried."""

    timesteps: int | None = None
    """The budget of every run in environment steps; the recipe's unless given."""

    tuning_seeds: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N [N ...]")] = (100, 101, 102)
    """The seeds that every trial is trained with."""

    test_seeds: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N [N ...]")] = (0, 1, 2, 3, 4)
    """The seeds that the best trial and the recipe's own setting are tested with."""

    sampler: Literal["tpe", "random"] = "tpe"
    """Proposes the trials: from the scores before them, or at random."""

    sampler_seed: int = 0
    """The seed of the sampler."""

    batch: int = 4
    """How many trials are proposed at a time."""

    set: tyro.conf.UseAppendAction[tuple[str, ...]] = ()
    """Change a key of the recipe: --set env.kwargs.level=1."""

    jobs: int | None = None
    """How many runs at the same time, each in a process of its own; as many as there are cores unless given."""

    out: Path = Path("tuning")
    """The folder of all studies; this one lies in OUT/RECIPE."""

    device: str = "auto"
    """auto, cpu or cuda."""

    def run(self) -> None:
        """Tune, and show what came out."""
        import os

        from rich.console import Console

        from ..agents import check_device
        from ..benchmark.executors.local import LocalExecutor
        from ..benchmark.run import run_benchmark
        from ..recipe import load_recipe
        from ..tuning.run import StudyFolder, tune
        from ..tuning.study import Study
        from ..tuning.tables import changes_table, conclusion, scores_table, trial_line

        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"--jobs must be 1 or more, got {self.jobs}")
        check_device(self.device)
        recipe = load_recipe(self.recipe, self.set)
        study = Study(
            recipe,
            trials=self.trials,
            timesteps=recipe.budget.timesteps if self.timesteps is None else self.timesteps,
            tuning_seeds=self.tuning_seeds,
            test_seeds=self.test_seeds,
            sampler=self.sampler,
            seed=self.sampler_seed,
            batch=self.batch,
        )
        jobs = self.jobs or max(1, len(os.sched_getaffinity(0)) // recipe.threads)
        console = Console()
        folder = StudyFolder(self.out / recipe.name)

        def train_cells(name: str, cells: Sequence[TrainRequest]) -> list[CellResult]:
            return run_benchmark(name, cells, lambda: LocalExecutor(jobs), console)

        console.print(
            f"{study.trials} trials × {len(study.tuning_seeds)} tuning seeds and a test of 2 × "
            f"{len(study.test_seeds)} runs: {study.budget:,} steps",
            markup=False,
        )
        result = tune(
            study,
            folder,
            train_cells,
            device=self.device,
            on_trial=lambda trial: console.print(trial_line(trial), markup=False, soft_wrap=True),
        )
        console.print(changes_table(result), markup=False)
        console.print(scores_table(result), markup=False)
        for line in conclusion(result):
            console.print(line, markup=False, soft_wrap=True)
        console.print(f"recipe: palaestra train {folder.best}", markup=False, soft_wrap=True)
        console.print(f"runs of the test: palaestra compare {folder.test_runs}", markup=False, soft_wrap=True)
