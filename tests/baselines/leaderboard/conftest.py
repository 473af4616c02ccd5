"""Runs made up in memory, with nothing but what a leaderboard reads."""

from pathlib import Path

import pytest

from palaestra.baselines.benchmark.references import Reference
from palaestra.baselines.runs import RunInfo, Scores
from palaestra.baselines.store.record import Run


def success(rate, spread=0.05, episode_return=0.0):
    return Scores(rate, rate - spread, rate + spread, episode_return, episode_return - 1, episode_return + 1, 200)


def returned(mean):
    return Scores(None, None, None, mean, mean - 1, mean + 1, 200)


def reference(env_id="robot/Reach-v0", random=0.2, oracle: float | None = 1.0, **kwargs):
    expert = None if oracle is None else success(oracle)
    return Reference(env_id, kwargs, (), 500_000, success(random), expert)


@pytest.fixture
def make_run():
    """A function that makes a run up: a finished one unless it is told otherwise."""

    def make(
        agent=None,
        seed=0,
        label="ppo",
        env_id="robot/Reach-v0",
        recipe=None,
        status="finished",
        options="",
        evaluation=200,
        created="2026-01-01T00:00:00+00:00",
        **others,
    ):
        scores = others if agent is None else {"agent": agent, **others}
        scores = {name: success(x) if isinstance(x, float) else x for name, x in scores.items()}
        recipe = recipe or f"reach-{label}"
        info = RunInfo(
            id=f"{label}-{recipe}-{seed}-{created}",
            recipe=recipe,
            env_id=env_id,
            agent_kind="control",
            algorithm=label,
            seed=seed,
            label=label,
            status=status,
            created=created,
            scores=scores,
        )
        config = {"evaluation": {"episodes": evaluation, "first_seed": 0}}
        return Run(Path("run"), info, status, config, options, [], [])

    return make


@pytest.fixture
def make_runs(make_run):
    """A function that makes one run for each of some scores, with the seeds 0, 1, 2 …."""

    def make(label, scores, env_id="robot/Reach-v0", **others):
        return [make_run(score, seed, label, env_id, **others) for seed, score in enumerate(scores)]

    return make
