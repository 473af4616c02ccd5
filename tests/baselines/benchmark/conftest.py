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

    def make(*seeds: int, timesteps: int = 4, out: Path = tmp_path / "runs") -> list[TrainRequest]:
        file = tmp_path / "cell.yaml"
        file.write_text(yaml.safe_dump({**CELL, "budget": {"timesteps": timesteps}}))
        recipe = load_recipe(file)
        return [TrainRequest(recipe.with_seed(seed), out, "cpu") for seed in seeds]

    return make


@pytest.fixture
def screen() -> Console:
    """A console that is no terminal and keeps what is printed in its `file`."""
    return Console(file=io.StringIO(), width=200)
