"""The final scores of a run: the agent, its best checkpoint, a random agent and the oracle on the same test seeds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import BadZipFile

import numpy as np

from ..agents.baseline_agents import OracleAgent, RandomAgent
from ..agents.evaluation import Agent, AgentBuilder, EpisodeRecord, evaluate, graded
from ..envs.core import kind_of_env
from .agents import kind_of
from .errors import RunError
from .journal import keep_lines
from .progress import ProgressSink, silent
from .recipe import MAX_EPISODES, Recipe, evaluation_environment
from .runs import EpisodeSource, RunFolder, Scores
from .samples import write_samples
from .statistics import bootstrap_mean_interval, wilson_interval

SAMPLES = 8
"""Episodes of each agent that a run keeps whole."""

ANIMATIONS = 1
"""How many of them are filmed, where the environment has a body; a picture takes some 30 ms without a GPU."""


def test_seeds(recipe: Recipe) -> range:
    """The seeds of the final test.

    They share none with the seeds that the best checkpoint was chosen on: choosing the best of many evaluations and
    reporting that very evaluation would flatter the agent. Nor are they trained on: agents that speak train on seeds
    from 2³¹ on, where the test seeds end; the environments of agents that move go on from generators whose seeds
    NumPy's `SeedSequence` draws from 32 bits at random, so that meeting one of these is very unlikely.
    """
    first = recipe.evaluation.first_seed + MAX_EPISODES
    return range(first, first + recipe.evaluation.episodes)


def batch_size_of(env_id: str) -> int:
    """How many environments an evaluation plays side by side; bodies are costly to make."""
    return 64 if kind_of_env(env_id) == "text" else 16


def random_agent(seed: int) -> AgentBuilder:
    """Builds the agent that draws from the action space."""

    def build(envs: Sequence[Any]) -> Agent:
        return RandomAgent(envs[0].action_space, seed)

    return build


def has_oracle(recipe: Recipe) -> bool:
    """Whether the environment knows an expert's action."""
    env = evaluation_environment(recipe)()
    try:
        env.reset(seed=0)
        return env.has_wrapper_attr("oracle") and env.get_wrapper_attr("oracle")() is not None
    finally:
        env.close()


def scores_of(records: Sequence[EpisodeRecord], *, seed: int = 0) -> Scores:
    """The means over episodes with their 95 % intervals; episodes whose grader broke are left out.

    Raises:
        ValueError: no episode is left.
    """
    kept = graded(records)
    returns = bootstrap_mean_interval([record.episode_return for record in kept], np.random.default_rng(seed))
    successes = [record.success for record in kept if record.success is not None]
    success = wilson_interval(sum(successes), len(successes)) if successes else None
    return Scores.from_intervals(success, returns, len(kept))


def load_agent(recipe: Recipe, checkpoint: Path, device: str) -> Agent:
    """The agent in a checkpoint, to evaluate.

    Raises:
        RunError: the checkpoint is damaged.
    """
    path = checkpoint / "agent"
    try:
        return kind_of(recipe.agent).load(recipe.agent, evaluation_environment(recipe), path, device)
    except (OSError, ValueError, RuntimeError, KeyError, EOFError, UnpicklingError, BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise RunError(f"the agent in {path} cannot be read ({type(error).__name__}: {reason})") from error


def score_agents(
    recipe: Recipe, agent: Agent, folder: RunFolder, device: str, *, step: int, progress: ProgressSink = silent
) -> dict[str, Scores]:
    """Score the agent, its best checkpoint, random and oracle, and keep sample episodes of each.

    Args:
        recipe: what was trained.
        agent: the agent at the end of training.
        folder: the run's folder, with the best checkpoint in it.
        device: where the best checkpoint is loaded to.
        step: the training step.
        progress: is told the episodes played, of all players together.

    Returns:
        The scores under `agent`, `best`, `random` and, where there is one, `oracle`.
    """
    best = load_agent(recipe, folder.best_checkpoint, device)
    players: dict[EpisodeSource, Agent | AgentBuilder] = {
        "agent": agent,
        "best": best,
        "random": random_agent(recipe.seeds[0]),
    }
    if has_oracle(recipe):
        players["oracle"] = OracleAgent
    # a run that was stopped in here writes them again
    keep_lines(folder.episodes_path, lambda line: line["source"] not in players)
    scores: dict[str, Scores] = {}
    total = len(players) * recipe.evaluation.episodes
    progress(0, total, "final scores")
    for source, player in players.items():
        played = len(scores) * recipe.evaluation.episodes

        def report(done: int, played: int = played) -> None:
            progress(played + done, total, "final scores")

        records = play(recipe, player, test_seeds(recipe), progress=report)
        scores[source] = scores_of(records)
        samples = records[:SAMPLES]
        if kind_of_env(recipe.env.id) == "body":
            samples = [*film(recipe, player, test_seeds(recipe)[:ANIMATIONS]), *records[ANIMATIONS:SAMPLES]]
        write_samples(folder, source, step, samples, fps=frames_per_second(recipe))
    return scores


def play(
    recipe: Recipe,
    player: Agent | AgentBuilder,
    seeds: Sequence[int],
    *,
    level: int | None = None,
    progress: Any = None,
) -> list[EpisodeRecord]:
    """Play a recipe's environment, one episode a seed."""
    return evaluate(
        player,
        evaluation_environment(recipe),
        seeds,
        deterministic=recipe.evaluation.deterministic,
        level=level,
        batch_size=batch_size_of(recipe.env.id),
        progress=progress,
    )


def film(recipe: Recipe, player: Agent | AgentBuilder, seeds: Sequence[int]) -> list[EpisodeRecord]:
    """Play with the camera on; without pictures where this machine cannot draw any."""
    arguments = {"deterministic": recipe.evaluation.deterministic, "batch_size": 1}
    try:
        return evaluate(
            player, evaluation_environment(recipe, render_mode="rgb_array"), seeds, render=True, **arguments
        )
    except Exception as error:  # drivers fail in many ways, and a run must not be lost for want of a picture
        warnings.warn(f"{recipe.env.id} could not be drawn, so its episodes have no pictures: {error}", stacklevel=2)
        return evaluate(player, evaluation_environment(recipe), seeds, **arguments)


def frames_per_second(recipe: Recipe) -> float:
    """How many pictures a second of an episode takes."""
    env = evaluation_environment(recipe)()
    try:
        return float(env.metadata.get("render_fps", 25))
    finally:
        env.close()
