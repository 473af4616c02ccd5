"""Sample episodes of a run: what was said and done, one line each, and moving pictures of bodies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ..agents.evaluation import EpisodeRecord, TurnRecord
from .animation import write_animation
from .runs import EpisodeSource, RunFolder


def write_samples(
    folder: RunFolder, source: EpisodeSource, step: int, records: Sequence[EpisodeRecord], *, fps: float
) -> None:
    """Append episodes to a run's `episodes.jsonl`; those that have pictures are written as animations too.

    Args:
        folder: the run's folder.
        source: who played.
        step: the training step it was at.
        records: the episodes.
        fps: frames a second of their pictures.
    """
    for number, record in enumerate(records):
        animation = None
        if record.frames:
            path = write_animation(record.frames, folder.animations / f"{source}-{number}.webp", fps=fps)
            animation = str(path.relative_to(folder.path))
        folder.append_episode(episode_line(record, source, step, animation))


def episode_line(record: EpisodeRecord, source: EpisodeSource, step: int, animation: str | None) -> dict[str, Any]:
    """An episode as a line of `episodes.jsonl`."""
    verdict = record.verdict
    return {
        "step": step,
        "source": source,
        "seed": record.seed,
        "level": record.level,
        "episode_return": record.episode_return,
        "success": record.success,
        "verdict": None if verdict is None else {**asdict(verdict), "status": str(verdict.status)},
        "turns": [_turn_line(turn) for turn in record.turns],
        "final_observation": record.final_observation,
        "animation": animation,
    }


def _turn_line(turn: TurnRecord) -> dict[str, Any]:
    line = {
        "observation": turn.observation,
        "action": _plain(turn.action),
        "reward": turn.reward,
        "reward_terms": dict(turn.reward_terms),
    }
    if turn.tokens:
        line["tokens"] = [[token.text, _short(token.advantage), _short(token.logp)] for token in turn.tokens]
    return line


def _short(value: float) -> float | None:
    """Four digits, enough to look at; None for what JSON has no number for."""
    return float(f"{value:.4g}") if math.isfinite(value) else None


def _plain(action: Any) -> Any:
    if isinstance(action, str):
        return action
    # six digits show an action; the seed repeats it exactly
    return np.round(np.asarray(action, dtype=np.float64), 6).tolist()
