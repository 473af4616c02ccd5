"""Run folders made up for the tests."""

import pytest

from palaestra.baselines.runs import MetricRow, RunFolder, RunInfo, Scores

SCORES = {
    "agent": Scores(0.9, 0.85, 0.93, 0.88, 0.8, 0.92, 200),
    "best": Scores(0.95, 0.9, 0.97, 0.9, 0.85, 0.93, 200),
    "random": Scores(0.1, 0.07, 0.15, -0.1, -0.2, 0.0, 200),
}
METRICS = [
    MetricRow(0, 0, 0.5, {"eval/return_mean": 0.1}),
    MetricRow(10, 4, 1.25, {"eval/return_mean": 0.2, "train/loss": 1 / 3}),
    MetricRow(20, None, 2.0, {"train/loss": float("nan")}),
]
EPISODES = [
    {"step": 20, "source": "agent", "seed": 7, "level": 0, "episode_return": 1.0, "success": True, "verdict": None}
    | {"turns": [{"observation": "higher · größer", "action": "\ud83d", "reward": 1.0, "reward_terms": {}}]},
]


@pytest.fixture
def make_run(tmp_path):
    """A function that writes a run folder: what it leaves out is filled with a plausible finished run."""

    def make(
        env_id="text/GuessNumber-v0",
        recipe="guess-grpo",
        algorithm="grpo",
        seed=0,
        root=tmp_path / "runs",
        params=None,
        kwargs=None,
        metrics=METRICS,
        episodes=EPISODES,
        **info,
    ):
        folder = RunFolder(root / env_id.replace("/", "-") / recipe / f"seed-{seed}")
        values = {
            "id": f"{recipe}-{seed}",
            "agent_kind": "llm",
            "label": algorithm,
            "status": "finished",
            "created": "2026-01-31T12:00:00+00:00",
            "wall_time_s": 130.5,
            "timesteps": 20,
            "versions": {"palaestra": "0.1.0", "torch": "2.13.0"},
            "hardware": {"cpu": "AMD EPYC 9B14", "cores": 2, "memory_gb": 8.2, "gpu": None},
            "scores": SCORES,
        }
        config = {
            "name": recipe,
            "env": {"id": env_id, "kwargs": kwargs or {}},
            "wrappers": [],
            "agent": {"kind": "llm", "algorithm": algorithm, "params": params or {"learning_rate": 0.001}},
            "seeds": [seed],
        }
        folder.create(
            RunInfo(recipe=recipe, env_id=env_id, algorithm=algorithm, seed=seed, **values | info),
            config,
        )
        for row in metrics:
            folder.append_metrics(row)
        for episode in episodes:
            folder.append_episode(episode)
        return folder.path

    return make
