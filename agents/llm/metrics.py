"""What is logged of rollouts and updates, under the names that all agents share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from .critic import CriticMetrics
from .trainer import UpdateMetrics
from .training_sample import TrainedBatch
from .types import Episode, StopReason


def rollout_metrics(episodes: Sequence[Episode], *, seconds: float) -> dict[str, float]:
    """Metrics of freshly played episodes.

    Args:
        episodes: the episodes; those that could not be graded are only counted.
        seconds: how long playing them took.
    """
    graded = [episode for episode in episodes if episode.is_gradable]
    turns = sum(len(episode.rewards_K) for episode in episodes)
    tokens = sum(int(segment.own_T.sum()) for episode in episodes for segment in episode.last.lineage())
    metrics = {
        "rollout/ep_len_mean": turns / len(episodes),
        "rollout/tokens_per_turn": tokens / turns,
        "rollout/context_full_fraction": _share(episode.stop is StopReason.CONTEXT_FULL for episode in episodes),
        "rollout/grader_errors": float(len(episodes) - len(graded)),
        "time/rollout_seconds": seconds,
        "time/tokens_per_second_generated": tokens / seconds,
        "time/fps": turns / seconds,
    }
    if graded:
        metrics["rollout/ep_rew_mean"] = float(np.mean([episode.total_reward for episode in graded]))
    successes = [episode.success for episode in graded if episode.success is not None]
    if successes:
        metrics["rollout/success_rate"] = _share(successes)
    names = sorted({name for episode in graded for terms in episode.reward_terms_K for name in terms})
    for name in names:
        totals = [sum(terms.get(name, 0.0) for terms in episode.reward_terms_K) for episode in graded]
        metrics[f"rollout/reward_{name}"] = float(np.mean(totals))
    return metrics


def update_metrics(metrics: UpdateMetrics | CriticMetrics) -> dict[str, float]:
    """Metrics of one update by the names under which they are logged; what was not measured is left out.

    Args:
        metrics: what the trainer or the critic returned.
    """
    values = {name: float(value) for name, value in asdict(metrics).items()}
    return {f"train/{name}": value for name, value in values.items() if not math.isnan(value)}


def advantage_metrics(trained: TrainedBatch) -> dict[str, float]:
    """How the advantages of an update are spread over the tokens that could be graded; nothing where there is none.

    Args:
        trained: what the update trained on.
    """
    batch = trained.batch
    advantage_N = trained.advantage_B_T[batch.own_B_T & batch.gradable_B[:, None]]
    if not len(advantage_N):
        return {}
    return {
        "train/advantage_mean": float(advantage_N.mean()),
        "train/advantage_std": float(advantage_N.std(correction=0)),
        "train/advantage_min": float(advantage_N.min()),
        "train/advantage_max": float(advantage_N.max()),
        "train/advantage_positive_fraction": float((advantage_N > 0).float().mean()),
    }


def _share(flags: object) -> float:
    return float(np.mean(list(flags)))  # pyright: ignore[reportArgumentType, reportCallIssue]
