"""A run of another tool as a run of this one: what is known of it, how it is scored, and what becomes of it."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import RunError, UsageError
from ...runs import MetricRow, RunInfo, RunStatus, Scores, run_path
from ...statistics import bootstrap_mean_interval, wilson_interval
from ..record import Run, options_line
from .identity import Identity

LAST_EPISODES = 100
"""How many of the last training episodes make a final score, as in Open RL Benchmark."""

SCORED_METRICS = {
    "eval/return_mean": 1,
    "eval/mean_reward": 1,
    "charts/episodic_return": LAST_EPISODES,
    "rollout/ep_rew_mean": 1,
}
"""Names that tools give to returns, the better ones first, and how many of the last values make the final score: a
mean over evaluation episodes, or over the last training episodes, is one already."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """Which metric is the score of a run, and the mean of how many of its last values; None is for the usual ones."""

    metric: str | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignRun:
    """What another tool has written about a run.

    Attributes:
        tool: the tool, or the form of its logs.
        source: the file or folder.
        identity: what it is a run of, as far as that is written there.
        metrics: the series.
        scores: its final score.
        started: when it began, in seconds since 1970.
        params: its hyper-parameters.
        status: how it ended.

    Raises:
        RunError: it began or ended at no time that the calendar knows.
    """

    tool: str
    source: Path
    identity: Identity
    metrics: list[MetricRow]
    scores: Scores
    started: float
    params: Mapping[str, Any] = field(default_factory=dict)
    status: RunStatus = "finished"

    def __post_init__(self) -> None:
        try:
            datetime.fromtimestamp(self.started + self.metrics[-1].wall_time, UTC)
        except (OSError, OverflowError, ValueError) as error:
            raise RunError(f"{self.source} says it began {self.started:g} s after 1970, which is no time") from error

    def to_run(self, given: Identity, out: Path) -> Run:
        """The run as it will lie in a folder of runs.

        Args:
            given: what the user says it is a run of, which is believed more than what is written.
            out: the folder of all runs.

        Raises:
            UsageError: its environment, algorithm or seed is known from nowhere, or cannot name a folder.
        """
        identity = given.filled_from(self.identity)
        env_id, algorithm, seed = identity.env_id, identity.algorithm, identity.seed
        if env_id is None or algorithm is None or seed is None:
            options = ((env_id, "--env"), (algorithm, "--algo"), (seed, "--seed"))
            missing = [option for value, option in options if value is None]
            raise UsageError(f"{self.source} does not say all that it is a run of: give {' and '.join(missing)}")
        recipe = re.sub(r"[^A-Za-z0-9._-]+", "-", algorithm).strip("-.")
        if not recipe or not re.fullmatch(r"[A-Za-z0-9][\w./:@+-]*", env_id) or seed < 0:
            raise UsageError(f"{self.source}: {algorithm!r} in {env_id!r} with seed {seed} is no name for a run")
        config = {
            "name": recipe,
            "env": {"id": env_id, "kwargs": {}},
            "wrappers": [],
            "agent": {"kind": "external", "algorithm": algorithm, "params": dict(self.params)},
            "seeds": [seed],
            "imported": {"from": self.tool, "source": str(self.source)},
        }
        begun = datetime.fromtimestamp(self.started, UTC)
        wall_time = self.metrics[-1].wall_time
        info = RunInfo(
            id=self._digest(identity),
            recipe=recipe,
            env_id=env_id,
            agent_kind="external",
            algorithm=algorithm,
            label=algorithm,
            seed=seed,
            status=self.status,
            created=begun.isoformat(timespec="seconds"),
            updated=datetime.fromtimestamp(self.started + wall_time, UTC).isoformat(timespec="seconds"),
            wall_time_s=round(wall_time, 3),
            timesteps=self.metrics[-1].step,
            scores={"agent": self.scores},
        )
        path = run_path(out, env_id, recipe, seed)
        return Run(path, info, info.status, config, options_line(config), self.metrics, [])

    def _digest(self, identity: Identity) -> str:
        """The same each time it is imported, so that it is known when it is there already."""
        return hashlib.sha256(repr((self.tool, identity, self.metrics)).encode()).hexdigest()[:12]


def score_of_returns(returns: Sequence[float], successes: Sequence[bool] = ()) -> Scores:
    """The score from the last values of a metric, or the last episodes; the intervals are over these.

    Raises:
        ValueError: there is no finite return.
    """
    finite = [value for value in returns if math.isfinite(value)]
    mean = bootstrap_mean_interval(finite, np.random.default_rng(0))
    success = wilson_interval(sum(successes), len(successes)) if successes else None
    return Scores.from_intervals(success, mean, len(finite))


def score_of_metrics(metrics: Sequence[MetricRow], scoring: Scoring, source: Path) -> Scores:
    """The score of a run of which only metrics are known.

    Raises:
        RunError: it has no metric that could be its score.
    """
    names = list(dict.fromkeys(name for row in metrics for name in row.values))
    name = scoring.metric or next((name for name in SCORED_METRICS if name in names), None)
    values = [row.values.get(name, math.nan) for row in metrics] if name else []
    finite = [value for value in values if math.isfinite(value)]
    if name is None or not finite:
        wanted = repr(name) if name else f"any of {', '.join(SCORED_METRICS)}"
        some = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
        raise RunError(f"{source} has no values of {wanted}; choose its score with --metric among {some or 'none'}")
    return score_of_returns(finite[-(scoring.last or SCORED_METRICS.get(name, 1)) :])
