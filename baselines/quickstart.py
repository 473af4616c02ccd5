"""The quickstart: train an agent that speaks and one that moves, compare them with random and oracle, report."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from .recipe import load_recipe
from .run_all import train_all
from .runs import RunFolder
from .tables import scores_table
from .train import TrainRequest

RECIPES = ("guess-number-grpo", "reach-ppo")
"""What it trains."""


def quickstart(
    out: Path,
    report: Path,
    *,
    seeds: int = 1,
    jobs: int,
    device: str = "auto",
    force: bool = False,
    console: Console,
) -> list[RunFolder]:
    """Train `RECIPES`, print the scores and write the report; what is finished is not trained again.

    Args:
        out: the folder of all runs.
        report: where the report is written.
        seeds: how many of each recipe's seeds.
        jobs: how many run at the same time.
        device: `auto`, `cpu` or `cuda`.
        force: train everything afresh.
        console: where progress and scores are shown.

    Returns:
        The runs' folders.

    Raises:
        UsageError: a folder holds a run of another configuration.
        RunError: a run failed or was interrupted.
    """
    from .report import write_report

    requests = [
        TrainRequest(recipe.with_seed(seed), out, device, force)
        for recipe in map(load_recipe, RECIPES)
        for seed in recipe.seeds[:seeds]
    ]
    folders = train_all(requests, jobs=jobs, console=console)
    written = write_report([folder.path for folder in folders], report)
    console.print(scores_table([folder.read_info() for folder in folders]))
    console.print(f"report: {written.resolve()}", markup=False, soft_wrap=True)
    return folders
