import pytest
import yaml

from palaestra.baselines.benchmark.run import CellResult
from palaestra.baselines.outcome import Failure, train_one
from palaestra.baselines.progress import silent
from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.runs import RunFolder, Scores
from palaestra.baselines.stopping import StopRequest
from palaestra.baselines.tuning.study import Study

AGENT = """
class Steady:
    def __init__(self, number=1, style="plain", fails=False):
        self.number = number

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return [str(self.number)] * len(observation), state
"""

RECIPE = {
    "name": "steady",
    "env": {"id": "text/GuessNumber-v0", "kwargs": {"level": 0}},
    "agent": {"kind": "external", "source": "agent.py:Steady", "algorithm": "steady", "params": {"number": 2}},
    "budget": {"timesteps": 0},
    "seeds": [0],
    "evaluation": {"episodes": 5, "every_timesteps": 10},
    "search_space": {
        "agent.params.number": {"low": 1, "high": 9, "integer": True},
        "agent.params.style": {"choices": ["plain", ["bold", 1], None]},
    },
}


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "agent.py").write_text(AGENT)
    file = tmp_path / "steady.yaml"
    file.write_text(yaml.safe_dump(RECIPE))
    return load_recipe(file)


@pytest.fixture
def study(recipe):
    return Study(recipe, trials=6, timesteps=10, tuning_seeds=(100, 101), test_seeds=(0, 1, 2), batch=3)


@pytest.fixture
def train_cells():
    """Trains in this process."""

    def train(name, cells):
        return [CellResult(cell, train_one(cell, silent, StopRequest())) for cell in cells]

    return train


@pytest.fixture
def pretend():
    """Leaves run folders as training would, with scores that are best at the number 5 and differ by the seed."""

    def train(name, cells):
        return [CellResult(cell, _pretend(cell)) for cell in cells]

    return train


def _pretend(cell):
    folder = RunFolder(cell.path)
    if folder.exists and folder.read_info().status == "finished":
        return None
    info = cell.begin()
    number, fails = (cell.recipe.agent.params.get(name, 0) for name in ("number", "fails"))
    if number > 8 or (fails and cell.seed % 3 == 0):
        info.status, info.error = "failed", "the number is too large"
        folder.create(info, cell.recipe.to_config())
        return Failure(cell.title, info.error)
    info.status, info.timesteps = "finished", cell.recipe.budget.timesteps
    score = 1 - abs(number - 5) / 5 + (cell.seed * 7 % 5) / 100
    scores = Scores(None, None, None, score, score, score, 5)
    info.scores = {"agent": scores, "best": scores, "random": Scores(None, None, None, 0.0, 0.0, 0.0, 5)}
    folder.create(info, cell.recipe.to_config())
    return None
