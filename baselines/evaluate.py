"""Score one agent on fixed seeds: a run's checkpoint, random or the oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..agents.baseline_agents import OracleAgent
from ..agents.evaluation import Agent, AgentBuilder, EpisodeRecord, summarise
from ..envs.core import check_known
from .agents import check_device
from .errors import RunError, UsageError
from .recipe import Recipe, recipe_from_config
from .runs import RunFolder, Scores
from .scoring import has_oracle, load_agent, play, random_agent, scores_of, test_seeds

Player = Literal["random", "oracle", "last", "best"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found.

    Attributes:
        env_id: the environment.
        player: who played.
        run: the run's folder, where one was evaluated.
        scores: the means with their intervals.
        records: the episodes.
    """

    env_id: str
    player: Player
    run: Path | None
    scores: Scores
    records: list[EpisodeRecord]

    @property
    def measures(self) -> Mapping[str, float]:
        """The means of what the environment names in its metadata."""
        return summarise(self.records).measure_means


def recipe_of(target: str) -> tuple[Recipe, RunFolder | None]:
    """What to play: a run folder's recipe with the folder, or an environment's defaults.

    Raises:
        UsageError: there is neither a run nor an environment of that name.
    """
    path = Path(target)
    if (path / "run.json").exists():
        folder = RunFolder.open(path)
        return recipe_from_config(folder.read_config(), str(folder.config_path)), folder
    if path.is_dir():
        raise UsageError(f"{target} is not a run folder: it has no run.json (a run's name ends with seed-<n>)")
    try:
        check_known(target)
    except ValueError as error:
        raise UsageError(f"{target!r} is no run folder, and {error}") from error
    # nothing of this is trained: the agent stands here because a recipe has one
    value = {
        "name": "evaluation",
        "env": {"id": target},
        "agent": {"kind": "control", "algorithm": "none"},
        "budget": {"timesteps": 1},
        "evaluation": {"every_timesteps": 1},
    }
    return Recipe.model_validate(value), None


def evaluate_player(
    recipe: Recipe,
    folder: RunFolder | None,
    player: Player,
    *,
    episodes: int | None = None,
    first_seed: int | None = None,
    level: int | None = None,
    device: str = "auto",
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Play one agent in a recipe's environment.

    Args:
        recipe: the environment and how to evaluate.
        folder: the run whose checkpoints `last` and `best` are.
        player: who plays.
        episodes: how many; None takes the recipe's number.
        first_seed: of the episodes; None takes the test seeds of a run's final scores.
        level: the difficulty; None takes the environment's own.
        device: where a checkpoint is loaded to.
        progress: told the number of finished episodes.

    Raises:
        UsageError: there is no such checkpoint or oracle, or a number is out of range.
        RunError: the device is not there, or no episode could be graded.
    """
    seeds = seeds_of(recipe, episodes, first_seed)
    records = play(recipe, load_player(recipe, folder, player, device), seeds, level=level, progress=progress)
    try:
        scores = scores_of(records)
    except ValueError as error:
        raise RunError(f"the grader of {recipe.env.id} broke in every episode: {records[0].verdict}") from error
    return Evaluation(recipe.env.id, player, folder and folder.path, scores, records)


def seeds_of(recipe: Recipe, episodes: int | None, first_seed: int | None) -> range:
    """The seeds to play.

    Raises:
        UsageError: a number is out of range.
    """
    count = recipe.evaluation.episodes if episodes is None else episodes
    first = test_seeds(recipe).start if first_seed is None else first_seed
    if count < 1:
        raise UsageError(f"--episodes must be 1 or more, got {count}")
    if first < 0:
        raise UsageError(f"--first-seed must be 0 or more, got {first}")
    return range(first, first + count)


def load_player(recipe: Recipe, folder: RunFolder | None, player: Player, device: str) -> Agent | AgentBuilder:
    """The agent of a name.

    Raises:
        UsageError: there is no such checkpoint or oracle.
        RunError: the device is not there.
    """
    if player == "random":
        return random_agent(recipe.seeds[0])
    if player == "oracle":
        if not has_oracle(recipe):
            raise UsageError(f"{recipe.env.id} has no oracle; --agent random plays without one")
        return OracleAgent
    if folder is None:
        raise UsageError(f"--agent {player} needs a run folder, not the id {recipe.env.id}; take random or oracle")
    checkpoint = folder.last_checkpoint if player == "last" else folder.best_checkpoint
    if not checkpoint.exists():
        raise UsageError(f"{folder.path} has no checkpoint {player!r} yet: train it first")
    check_device(device)
    return load_agent(recipe, checkpoint, device)
