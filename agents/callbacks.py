"""Callbacks for every agent: periodic evaluation, with the best agent kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnv

from .environments import MakeEnv
from .evaluation import EpisodeRecord, EvaluationSummary, evaluate, summarise


class EvaluationCallback(BaseCallback):
    """Evaluates an agent while it learns, and keeps the best one.

    It evaluates before the first step, then at the first safe point (`on_rollout_start`, where no update or rollout
    is half done) after every `every_timesteps` steps, and when training ends. The metrics go to the agent's logger
    as `eval/…`, and, where the environments of the training count them, how often somebody had to put things back
    as `train/manual_resets`. Where they have a limit on costs, the mean cost of the episodes that ended in a rollout is
    logged as `rollout/ep_cost_mean`. Better means a higher success rate and, with equal ones, a higher mean return.

    Args:
        make_env: makes one environment to evaluate in.
        seeds: the seeds of the episodes; the same every time.
        every_timesteps: environment steps between evaluations.
        deterministic: whether the agent takes its most probable action instead of sampling.
        batch_size: how many environments are played side by side.
        best_path: where the best agent so far is saved; None keeps none.

    Raises:
        ValueError: `every_timesteps` is not positive.
    """

    def __init__(
        self,
        make_env: MakeEnv,
        seeds: Sequence[int],
        every_timesteps: int,
        *,
        deterministic: bool = False,
        batch_size: int = 32,
        best_path: Path | None = None,
    ) -> None:
        super().__init__()
        if every_timesteps < 1:
            raise ValueError(f"every_timesteps must be 1 or more, got {every_timesteps}")
        self.make_env = make_env
        self.seeds = tuple(seeds)
        self.every_timesteps = every_timesteps
        self.deterministic = deterministic
        self.batch_size = batch_size
        self.best_path = best_path
        self.last_step: int | None = None
        self.best_step: int | None = None
        self.best_score: tuple[float, float] | None = None
        self._ended_costs: list[float] = []

    @property
    def due(self) -> bool:
        """Whether an evaluation is due at the agent's present step."""
        if self.last_step is None:
            return True
        return self.model.num_timesteps // self.every_timesteps > self.last_step // self.every_timesteps

    def _on_step(self) -> bool:
        for info in self.locals.get("infos") or ():
            if "cost" in info.get("episode", ()):
                self._ended_costs.append(info["episode"]["cost"])
        return True

    def _on_rollout_end(self) -> None:
        if self._ended_costs:
            self.logger.record("rollout/ep_cost_mean", float(np.mean(self._ended_costs)))
            self._ended_costs = []

    def _on_rollout_start(self) -> None:
        if self.due:
            self.evaluate_now()

    def _on_training_end(self) -> None:
        if self.last_step != self.model.num_timesteps:
            self.evaluate_now()

    def evaluate_now(self) -> None:
        """Evaluate, log, and save the agent if it is the best so far."""
        step = self.model.num_timesteps
        records = evaluate(
            self.model,
            self.make_env,
            self.seeds,
            deterministic=self.deterministic,
            batch_size=self.batch_size,
        )
        summary = summarise(records)
        for name, value in summary.metrics().items():
            self.logger.record(name, value)
        resets = manual_resets(self.model)
        if resets is not None:
            self.logger.record("train/manual_resets", resets)
        self.logger.dump(step)
        self.last_step = step
        score = score_of(summary)
        if self.best_score is None or score > self.best_score:
            self.best_score, self.best_step = score, step
            self.save_best()
        self.on_evaluated(step, records, summary)

    def save_best(self) -> None:
        """Save the agent as the best so far."""
        if self.best_path is not None:
            self.best_path.parent.mkdir(parents=True, exist_ok=True)
            self.model.save(self.best_path)

    def on_evaluated(self, step: int, records: list[EpisodeRecord], summary: EvaluationSummary) -> None:
        """What a subclass does after an evaluation."""


def manual_resets(model: Any) -> int | None:
    """How often somebody had to put things back in the environments that a model is trained in; None if none counts it.

    Args:
        model: an agent; its `env` is asked, where it is a vector of Stable-Baselines3.
    """
    env = getattr(model, "env", None)
    if not isinstance(env, VecEnv) or not env.has_attr("manual_resets"):
        return None
    return sum(env.get_attr("manual_resets"))


def score_of(summary: EvaluationSummary) -> tuple[float, float]:
    """What agents are compared by: the success rate (where there is one), then the mean return."""
    return_mean = summary.return_mean if math.isfinite(summary.return_mean) else -math.inf
    return (summary.success_rate or 0.0, return_mean)
