import io
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.train import TrainRequest


@pytest.fixture
def write_cell(small_llm_recipe) -> Callable[[Path, int], Path]:
    """Writes the recipe of a cell that is small and real, with a budget in steps."""

    def write(path: Path, timesteps: int) -> Path:
        every = {"every_timesteps": max(2, timesteps // 10)}
        cell = small_llm_recipe | {"budget": {"timesteps": timesteps}}
        path.write_text(yaml.safe_dump(cell | {"evaluation": small_llm_recipe["evaluation"] | every}))
        return path

    return write


@pytest.fixture
def cells(write_cell, tmp_path) -> Callable[..., list[TrainRequest]]:
    """Makes cells that are small and real: one for each seed."""

    def make(*seeds: int, timesteps: int = 4) -> list[TrainRequest]:
        recipe = load_recipe(write_cell(tmp_path / "cell.yaml", timesteps))
        return [TrainRequest(recipe.with_seed(seed), tmp_path / "runs", "cpu") for seed in seeds]

    return make


@pytest.fixture
def screen() -> Console:
    """A console that is no terminal and keeps what is printed in its `file`."""
    return Console(file=io.StringIO(), width=200)
