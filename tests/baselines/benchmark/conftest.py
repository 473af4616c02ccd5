import io
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.train import TrainRequest

CELL = {
    "name": "arithmetic",
    "env": {"id": "math/Arithmetic-v0"},
    "agent": {
        "kind": "llm",
        "algorithm": "grpo",
        "params": {
            "groups": 1,
            "group_size": 2,
            "warm_start": {"max_steps": 1, "episodes": 2, "evaluation_episodes": 2},
        },
    },
    "budget": {"timesteps": 4},
    "evaluation": {"episodes": 2, "every_timesteps": 2},
}
"""A cell that takes a process a second, and some seconds to import what it needs."""


@pytest.fixture
def cells(tmp_path) -> Callable[..., list[TrainRequest]]:
    """Makes cells that are small and real: one for each seed."""

    def make(*seeds: int, timesteps: int = 4) -> list[TrainRequest]:
        recipe = load_recipe(write_cell(tmp_path / "cell.yaml", timesteps))
        return [TrainRequest(recipe.with_seed(seed), tmp_path / "runs", "cpu") for seed in seeds]

    return make


def write_cell(path: Path, timesteps: int) -> Path:
    """Write the recipe of the small cells."""
    evaluation = {**CELL["evaluation"], "every_timesteps": max(2, timesteps // 10)}
    path.write_text(yaml.safe_dump({**CELL, "budget": {"timesteps": timesteps}, "evaluation": evaluation}))
    return path


@pytest.fixture
def screen() -> Console:
    """A console that is no terminal and keeps what is printed in its `file`."""
    return Console(file=io.StringIO(), width=200)
