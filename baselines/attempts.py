"""Many attempts at the same tasks: what a trained agent solves, beside the policy that its training started from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..agents.evaluation import Agent, evaluate
from .errors import RunError, UsageError
from .recipe import MAX_EPISODES, Recipe, evaluation_environment, recipe_from_config
from .runs import RunFolder
from .scoring import batch_size_of, load_agent, test_seeds
from .statistics import Interval, bootstrap_mean_interval, coverage_inclusion, pass_at_k


@dataclass(frozen=True, slots=True)
class PassCurve:
    """One agent's pass@k.

    Attributes:
        solved_P: how many attempts at each task succeeded.
        pass_at: pass@k by k, the mean over tasks with its 95 % interval over tasks.
    """

    solved_P: NDArray[np.int64]
    pass_at: dict[int, Interval]


@dataclass(frozen=True, slots=True)
class PassComparison:
    """A trained agent beside the policy that its training started from.

    Attributes:
        run: the run's folder.
        env_id: the environment.
        attempts: attempts at each task.
        start: of the policy before reinforcement learning.
        trained: of the trained one.
        coverage: the share of tasks that the trained one solved at least once and the other one too; None where it
            solved none.
    """

    run: Path
    env_id: str
    attempts: int
    start: PassCurve
    trained: PassCurve
    coverage: Interval | None


def compare_passes(
    folder: RunFolder,
    *,
    tasks: int,
    attempts: int,
    checkpoint: Literal["last", "best"] = "last",
    device: str = "auto",
    progress: Callable[[int], None] = lambda done: None,
) -> PassComparison:
    """Let a run's agent, before training and after, try the same tasks many times, both sampling.

    Whether reinforcement learning teaches something new or only finds sooner what was there shows at large k: Yue et
    al., "Does reinforcement learning really incentivize reasoning capacity in LLMs beyond the base model?", 2025.

    Args:
        folder: a finished run of an agent that speaks.
        tasks: how many of the test seeds' tasks.
        attempts: at each task.
        checkpoint: which agent is the trained one.
        device: where the weights are.
        progress: told the number of finished episodes.

    Raises:
        UsageError: the run is not finished or keeps no start of its training, or a number is out of range.
        RunError: a checkpoint is damaged, or a grader broke.
    """
    if tasks < 1 or attempts < 1:
        raise UsageError(f"tasks and attempts must be 1 or more, got {tasks} and {attempts}")
    if tasks > MAX_EPISODES:
        raise UsageError(f"there are {MAX_EPISODES:,} test seeds, got tasks {tasks:,}")
    if (status := folder.read_info().status) != "finished":
        raise UsageError(f"{folder.path} is {status}: only a finished run has a trained agent to compare")
    recipe = recipe_from_config(folder.read_config(), str(folder.config_path))
    if not folder.start_checkpoint.exists():
        raise UsageError(
            f"{folder.path} keeps no policy from before its training: runs of the embedded model do (`model: tiny`)"
        )
    first = test_seeds(recipe).start
    seeds = range(first, first + tasks)

    def curve(path: Path, played: int) -> PassCurve:
        solved_P = _attempt(
            load_agent(recipe, path, device),
            recipe,
            seeds,
            attempts,
            lambda done: progress(played + done),
        )
        return pass_curve(solved_P, attempts)

    start = curve(folder.start_checkpoint, 0)
    trained_path = folder.last_checkpoint if checkpoint == "last" else folder.best_checkpoint
    trained = curve(trained_path, tasks * attempts)
    solved_P = trained.solved_P > 0
    coverage = coverage_inclusion(solved_P, start.solved_P > 0) if solved_P.any() else None
    return PassComparison(folder.path, recipe.env.id, attempts, start, trained, coverage)


def pass_curve(solved: Sequence[int] | NDArray[np.int64], attempts: int) -> PassCurve:
    """Pass@k at the powers of two up to the number of attempts, and at that number.

    Args:
        solved: how many attempts at each task succeeded, shape (tasks,).
        attempts: how many there were at each.
    """
    solved_P = np.asarray(solved, dtype=np.int64)
    ks = sorted({attempts, *(2**power for power in range(attempts.bit_length()))})
    rng = np.random.default_rng(0)
    return PassCurve(
        solved_P,
        {k: bootstrap_mean_interval(pass_at_k(solved_P, attempts, k), rng) for k in ks if k <= attempts},
    )


def _attempt(
    agent: Agent, recipe: Recipe, seeds: Sequence[int], attempts: int, progress: Callable[[int], None]
) -> NDArray[np.int64]:
    """How many of the attempts at the task of each seed succeeded, shape (tasks,)."""
    records = evaluate(
        agent,
        evaluation_environment(recipe),
        [seed for seed in seeds for _ in range(attempts)],
        deterministic=False,
        batch_size=batch_size_of(recipe.env.id),
        progress=progress,
    )
    broken = sum(record.grader_failed for record in records)
    if broken:
        raise RunError(f"the grader of {recipe.env.id} broke in {broken} of {len(records)} episodes")
    success_P_N = np.array([bool(record.success) for record in records]).reshape(len(seeds), attempts)
    return success_P_N.sum(axis=1)
