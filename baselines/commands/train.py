"""`palaestra train`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ..errors import UsageError


@dataclass(frozen=True)
class Train:
    """Train a recipe; a run that was stopped goes on from its last checkpoint."""

    recipe: tyro.conf.Positional[str]
    """A shipped recipe's name, an environment's id, or a YAML file."""

    seed: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N [N ...]")] = ()
    """Seeds, in place of the recipe's."""

    timesteps: int | None = None
    """The budget in environment steps, in place of the recipe's."""

    set: tyro.conf.UseAppendAction[tuple[str, ...]] = ()
    """Change a key of the recipe: --set agent.params.learning_rate=3e-4."""

    model: str | None = None
    """A Hugging Face causal language model (a folder, or a name on the hub) in place of the embedded one."""

    out: Path = Path("runs")
    """The folder of all runs."""

    device: str = "auto"
    """auto, cpu or cuda."""

    jobs: int = 1
    """How many seeds are trained at the same time, each in a process of its own."""

    force: tyro.conf.FlagCreatePairsOff[bool] = False
    """Put a run that is there aside and start afresh."""

    track: Literal["wandb", "trackio"] | None = None
    """Send metrics to Weights & Biases or trackio, too."""

    def run(self) -> None:
        """Train every seed and print where the runs are."""
        from rich.console import Console

        from ..agents import check_device
        from ..recipe import load_recipe
        from ..run_all import train_all
        from ..tables import scores_table
        from ..train import TrainRequest

        if self.jobs < 1:
            raise UsageError(f"--jobs must be 1 or more, got {self.jobs}")
        overrides = list(self.set)
        if self.seed:
            overrides.append(f"seeds=[{', '.join(map(str, self.seed))}]")
        if self.timesteps is not None:
            overrides.append(f"budget.timesteps={self.timesteps}")
        recipe = load_recipe(self.recipe, overrides)
        if self.model is not None:
            if recipe.agent.kind != "llm":
                raise UsageError(f"--model is for agents that speak; {recipe.name} trains {recipe.agent.algorithm}")
            # not through YAML: a path may look like anything
            recipe = recipe.model_copy(update={"agent": recipe.agent.model_copy(update={"model": self.model})})
        check_device(self.device)
        if self.track is not None:
            importlib.import_module(self.track)  # one that is missing is found before training
        console = Console()
        requests = [
            TrainRequest(recipe.with_seed(seed), self.out, self.device, self.force, self.track) for seed in recipe.seeds
        ]
        folders = train_all(requests, jobs=self.jobs, console=console)
        console.print(scores_table([folder.read_info() for folder in folders]))
        for folder in folders:
            console.print(f"run: {folder.path}", markup=False, soft_wrap=True)
