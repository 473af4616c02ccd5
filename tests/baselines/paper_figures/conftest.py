"""The run folders of the report's tests."""

import pytest

from palaestra.baselines.leaderboard import leaderboard
from palaestra.baselines.report.collect import arrange
from palaestra.baselines.store.sources import load_runs

from ..report.conftest import make_run

__all__ = ["make_run"]


@pytest.fixture
def read(tmp_path):
    """A function that reads the runs of the test: sorted, and compared."""

    def read():
        runs = load_runs([tmp_path]).runs
        return arrange(runs), leaderboard(runs, {})

    return read


@pytest.fixture
def two_agents(make_run):
    """Two agents in two settings, three seeds each."""
    for env_id in ("text/GuessNumber-v0", "math/Countdown-v0"):
        for algorithm in ("grpo", "rloo"):
            for seed in range(3):
                make_run(env_id=env_id, recipe=f"{env_id[:4]}-{algorithm}", algorithm=algorithm, seed=seed)
