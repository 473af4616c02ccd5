"""Logs as the other tools write them."""

import json

import pytest


@pytest.fixture
def write_monitor(tmp_path):
    """A function that writes a monitor file of Stable-Baselines3; episodes are (return, length, seconds)."""

    def write(episodes, name="ppo/HalfCheetah-v4_1/0.monitor.csv", env_id="HalfCheetah-v4", started=1000.0, end=""):
        file = tmp_path / "logs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"#{json.dumps({'t_start': started, 'env_id': env_id})}", "r,l,t"]
        lines += [",".join(map(str, episode)) for episode in episodes]
        file.write_text("\n".join(lines) + "\n" + end)
        return file

    return write


@pytest.fixture
def write_history(tmp_path):
    """A function that writes what Open RL Benchmark keeps of a run: the history as pandas writes it, and run.json."""

    def write(rows, folder="dataset/openrlbenchmark/cleanrl/2ubdvbbt", described=None):
        file = tmp_path / folder / "run_df.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        columns = ("_step", "_runtime", "_timestamp", "global_step", "charts/episodic_return", "losses/value_loss")
        lines = [",".join(["", *columns])]
        lines += [",".join([str(number), *map(str, row)]) for number, row in enumerate(rows)]
        file.write_text("\n".join(lines) + "\n")
        if described is not None:
            file.with_name("run.json").write_text(json.dumps(described))
        return file

    return write
